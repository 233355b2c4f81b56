import type { Pieces } from '../../base/source.ts';
import type { RunResult } from '../../cosim/index.ts';
import { type CsvColumn, columnPieces } from './csv.ts';

/** inferences.csv: one row per inference that was started, with the end of each of its layers counted from its start. */
export function inferencesCsv({ inferences, deadline, layers: all }: RunResult): Pieces {
  const { releaseS, startS, endS, layers, layerEndS } = inferences;
  // Cells of something that has not ended are empty.
  const ended = (of: (i: number) => number): CsvColumn => Float64Array.from(endS, (_, i) => of(i));
  const columns: [string, CsvColumn][] = [
    ['inference', startS.map((_, i) => i)],
    ['release_s', releaseS],
    ['start_s', startS],
    ['end_s', endS],
    ['latency_s', ended((i) => endS[i] - releaseS[i])],
    ...(deadline ? [['slack_s', ended((i) => releaseS[i] + deadline.limitS - endS[i])] as [string, CsvColumn]] : []),
    ['duration_s', ended((i) => endS[i] - startS[i])],
    ...layers.map((layer, k): [string, CsvColumn] => [
      `layer_end_s:${all[layer].name}`,
      ended((i) => (layerEndS[i * layers.length + k] ?? Number.NaN) - startS[i]),
    ]),
  ];
  return columnPieces(
    columns.map(([name]) => name),
    columns.map(([, column]) => column),
    startS.length,
  );
}

import type { SourceText } from '../../base/source.ts';
import { readLayerTable } from '../../formats/maestro/index.ts';
import type { ConfuciuxLayer, ConfuciuxQuestion, Design } from '../../mapping/index.ts';

const DEPTHWISE = 2;
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'convolution'],
  [DEPTHWISE, 'depthwise'],
]);

/** Reads a network of ConfuciuX: a row K,C,Y,X,R,S,T for each layer, T = 1 for a convolution and 2 for a depthwise one. */
export function readConfuciuxNetwork(source: SourceText): ConfuciuxLayer[] {
  return readLayerTable(source, ['K,C,Y,X,R,S,T'], TYPES).map(({ sizes: [K, C, Y, X, R, S], type }) => ({
    sizes: { K, C, Y, X, R, S },
    isDepthwise: type === DEPTHWISE,
  }));
}

export function solutionCsv({ table }: ConfuciuxQuestion, design: Design): string {
  const rows = design.map(([pes, tile], layer) => {
    const { cycles, energyNj, areaUm2, powerMw } = table.point(layer, pes, tile);
    return [layer, pes, tile, cycles, energyNj, areaUm2, powerMw].join(',');
  });
  return `layer,pes,tile,cycles,energy_nj,area_um2,power_mw\n${rows.join('\n')}\n`;
}

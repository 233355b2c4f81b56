import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX as at } from '../../src/base/counters.ts';
import { scheduleLayer } from '../../src/systolic/index.ts';
import { readTopology } from '../../src/workload/index.ts';

/** Printed by SCALE-Sim; tool, version and command in test/golden/scalesim/README.md. */
interface Golden {
  forms: Record<string, 'conv' | 'gemm'>;
  cases: {
    topology: string;
    dataflow: string;
    array: [number, number];
    layers: [number, number, number, number, string][];
  }[];
}

const read = (name: string) => readFileSync(new URL(`../golden/scalesim/${name}`, import.meta.url), 'utf8');
const golden: Golden = JSON.parse(read('schedule.json'));

// Partial sums that never force T into tiles, as SCALE-Sim never splits it.
const memory = {
  wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
  scratchpadBytes: { ifmap: 65536, filter: 65536, ofmap: 65536 },
  psum: 'spill',
  prefetchAcrossLayers: true,
} as const;

describe.each(golden.cases)(
  '$topology, $dataflow, $array: cycles and scratchpad words are those of SCALE-Sim',
  (run) => {
    const file = `topology/${run.topology}.csv`;
    const { layers } = readTopology({ file, text: read(file) }, { form: `scalesim-${golden.forms[run.topology]}` });
    const [rows, columns] = run.array;

    test('layer by layer', () => {
      expect(layers.length).toBe(run.layers.length);
      layers.forEach((layer, i) => {
        const { cycles, counts, folds } = scheduleLayer(layer, {
          array: { rows, columns },
          dataflow: run.dataflow,
          memory,
        });
        const [printedCycles, ifmapReads, filterReads, ofmapWrites] = run.layers[i];
        // SCALE-Sim prints the number of cycles minus one (SEMANTICS quirk 1).
        expect(cycles).toBe(printedCycles + 1);
        expect(counts[at.ifmap_sram_reads]).toBe(ifmapReads);
        expect(counts[at.filter_sram_reads]).toBe(filterReads);
        // Under os it reports R + C writes too many in every fold (quirk 2).
        const tooMany = run.dataflow === 'os' ? folds * (rows + columns) : 0;
        expect(counts[at.ofmap_sram_writes]).toBe(ofmapWrites - tooMany);
      });
    });
  },
);

import { addCounts, zeroCounts } from '../../base/counters.ts';
import { BUNDLED, type Files, readText } from '../../base/files.ts';
import {
  bindActions,
  describeDesign,
  designTable,
  type Ert,
  type Estimator,
  type Handover,
  readDesignFile,
} from '../../energy/index.ts';
import type { SimulateConfig } from '../../formats/scalesim/index.ts';
import type { LayerOutcome } from './model.ts';

/** The technology, which Accelergy needs but a SCALE-Sim configuration does not contain. */
const TECHNOLOGY = '45nm';
const CYCLE_S = 1e-9;

/**
 * The design of a SCALE-Sim configuration in our component classes, with the activity of all layers together, for
 * Accelergy. A scratchpad row holds one word for each lane it feeds, if its size is a multiple of that.
 */
export function scaleSimDesign(
  files: Files,
  config: SimulateConfig,
  results: readonly LayerOutcome[],
): [Ert, Handover] {
  const paths = ['smart_buffer', 'systolic_pe', 'mac_int8'].map((name) => `${BUNDLED}components/${name}.yaml`);
  const described = describeDesign([
    readDesignFile({ file: 'architecture.yaml', text: architectureText(config) }),
    ...paths.map((file) => readDesignFile(readText(files, file))),
  ]);
  const { classes } = described;
  const ert = designTable(described, [NO_FIGURES]);
  const counts = zeroCounts();
  for (const result of results) addCounts(counts, result.counts);
  const bound = bindActions(ert, bindings(config), new Map());
  return [ert, { classes, bound, counts, technology: TECHNOLOGY, globalCycleSeconds: CYCLE_S }];
}

/** Answers every query with zero. Accelergy has its own estimators; only the form of the design matters here. */
const NO_FIGURES: Estimator = {
  name: 'no figures',
  priority: 0,
  classes: ['SRAM', 'DRAM', 'counter', 'reg', 'intmultiplier', 'intadder'],
  estimateAction: () => ({ energyJ: 0, voltageV: null, temperatureK: 300, source: 'none' }),
  estimateArea: () => ({ areaM2: 0, source: 'none' }),
  estimateLeakage: () => ({ reason: 'there are no figures' }),
};

const DRAM_BITS = 64;

function architectureText(config: SimulateConfig): string {
  const { rows, columns } = config.array;
  const words = rowWords(config);
  const scratchpad = (operand: keyof typeof words): string => `
        - name: ${operand}_spad
          class: smart_buffer
          attributes: { width: ${8 * words[operand]}, depth: ${(config.sramKb[operand] * 1024) / words[operand]} }`;
  return `architecture:
  version: 0.4
  subtree:
    - name: accelerator
      attributes: { technology: "${TECHNOLOGY}", global_cycle_seconds: ${CYCLE_S} }
      local:
        - name: pe[0..${rows * columns - 1}]
          class: systolic_pe${scratchpad('ifmap')}${scratchpad('filter')}${scratchpad('ofmap')}
        - name: dram
          class: DRAM
          attributes: { type: "LPDDR4", width: ${DRAM_BITS} }
          required_actions: [read, write]
`;
}

/** Words per row of each scratchpad. */
function rowWords({ array: { rows, columns }, dataflow, sramKb }: SimulateConfig) {
  const lanes = {
    ifmap: dataflow === 'is' ? columns : rows,
    filter: dataflow === 'is' ? rows : columns,
    ofmap: columns,
  };
  const wordsOf = (operand: keyof typeof lanes): number => commonDivisor(sramKb[operand] * 1024, lanes[operand]);
  return { ifmap: wordsOf('ifmap'), filter: wordsOf('filter'), ofmap: wordsOf('ofmap') };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function bindings(config: SimulateConfig) {
  const words = rowWords(config);
  return {
    pe: {
      mac: 'macs',
      ifmap_read: 'ifmap_reg_reads',
      ifmap_write: 'ifmap_reg_writes',
      filter_read: 'filter_reg_reads',
      filter_write: 'filter_reg_writes',
      psum_read: 'psum_reg_reads',
      psum_write: 'psum_reg_writes',
    },
    ifmap_spad: { read: `ifmap_sram_reads / ${words.ifmap}`, write: `dram_ifmap_reads / ${words.ifmap}` },
    filter_spad: { read: `filter_sram_reads / ${words.filter}`, write: `dram_filter_reads / ${words.filter}` },
    ofmap_spad: {
      read: `ofmap_sram_read_bits / ${8 * words.ofmap}`,
      write: `ofmap_sram_write_bits / ${8 * words.ofmap}`,
    },
    dram: { read: `dram_read_bits / ${DRAM_BITS}`, write: `dram_write_bits / ${DRAM_BITS}` },
  };
}

import type { Diagnostic } from '../base/errors.ts';
import { BUNDLED, type Files, readText } from '../base/files.ts';
import type { SourceText } from '../base/source.ts';
import { readSimulateConfig, type SimulateConfig } from '../formats/scalesim/index.ts';
import { readTopology } from '../workload/index.ts';
import { experimentText } from './bundled.ts';
import { type Project, readme } from './project.ts';

/** Bytes of DRAM a second where the configuration gives no bandwidth. */
const USUAL_BANDWIDTH = '8GB/s';
/** The fastest clock of the project, Hz. SCALE-Sim's bandwidth is in words of one byte a cycle. */
const FASTEST_HZ = 800e6;
/**
 * PEs and KiB of scratchpads that the package of edge-npu can cool and enclose: twice its own PEs at full speed are at some 150 °C, and
 * 8 MiB have a quarter of its lid.
 */
const EDGE = { pes: 2048, kib: 8192 };
/** Bits of a scratchpad's row. Energies of memories are known for rows of this width. */
const ROW_BITS = 256;

/**
 * A project from the two files of a SCALE-Sim run: array, dataflow, scratchpads, bandwidth and layers are theirs, and
 * everything that SCALE-Sim does not know is chosen and named. `warn` receives settings without effect. Errors: those
 * of `readSimulateConfig` and `readTopology`.
 */
export function scaleSimProject(
  files: Files,
  { config, topology }: { readonly config: SourceText; readonly topology: SourceText },
  name: string,
  warn: (warning: Diagnostic) => void,
): Project {
  const { config: design } = readSimulateConfig(config, warn);
  const { layers } = readTopology(topology);
  const edge = (file: string): string => readText(files, `${BUNDLED}accelerators/edge-npu/${file}`).text;
  return {
    files: {
      'experiment.yaml': experimentText(name, './topology.csv', `${layers.length} layers on the array of ${name}`),
      'topology.csv': topology.text,
      'accelerator/accelerator.yaml': acceleratorText(name, design),
      'accelerator/architecture.yaml': architectureText(edge('architecture.yaml')),
      'accelerator/package.config': readText(files, `${BUNDLED}accelerators/${packageOf(design)}/package.config`).text,
      'README.md': readme(name, [
        'experiment.yaml says what runs, under which policy and until when',
        'accelerator/accelerator.yaml has the array, the scratchpads and the bandwidth of the SCALE-Sim configuration',
        'topology.csv is the SCALE-Sim topology as it was',
      ]),
    },
    chosen: [
      'words of 8 bit, partial sums of 32 bit; SCALE-Sim counts words of any width',
      'a clock of 200 to 800 MHz at 0.75 to 1.05 V, in one domain',
      bandwidthOf(design).note,
      'components of 45 nm with low-leakage scratchpads, as in the bundled edge-npu',
      `a floorplan made from the areas, in the package of ${packageOf(design)}`,
      'one inference every 5 ms, each with a deadline of 5 ms, under the policy "pace"',
    ],
  };
}

/** The bundled design whose package suits the array: one without a heat sink, or one with. */
function packageOf({ array: { rows, columns }, sramKb }: SimulateConfig): string {
  const kib = sramKb.ifmap + sramKb.filter + sramKb.ofmap;
  return rows * columns > EDGE.pes || kib > EDGE.kib ? 'cloud-tpu' : 'edge-npu';
}

/** DRAM's bandwidth, and where it comes from. */
function bandwidthOf({ bandwidth }: SimulateConfig): { readonly value: string; readonly note: string } {
  if (bandwidth === 'CALC') {
    return { value: USUAL_BANDWIDTH, note: `a DRAM bandwidth of ${USUAL_BANDWIDTH}; the configuration says CALC` };
  }
  const words = bandwidth.ifmap + bandwidth.filter + bandwidth.ofmap;
  const gigabytes = (words * FASTEST_HZ) / 1e9;
  return {
    value: `${gigabytes}GB/s`,
    note: `a DRAM bandwidth of ${gigabytes} GB/s: ${words} words of 8 bit a cycle, all operands together, at 800 MHz`,
  };
}

function acceleratorText(name: string, config: SimulateConfig): string {
  const { array, sramKb, dataflow } = config;
  const { rows, columns } = array;
  // Weight and input stationary arrays read and write a partial sum of 32 bit in every column and cycle.
  const ofmapBits = dataflow === 'os' ? 8 * columns : 64 * columns;
  const wide = (bits: number): number => Math.max(ROW_BITS, bits);
  const pads = {
    ifmap: [sramKb.ifmap, wide(8 * (dataflow === 'is' ? columns : rows))],
    filter: [sramKb.filter, wide(8 * (dataflow === 'is' ? rows : columns))],
    ofmap: [sramKb.ofmap, wide(ofmapBits)],
  } as const;
  const padLines = Object.entries(pads).map(
    ([operand, [kib, bits]]) => `  ${operand}: { capacity: ${kib}KiB, port: ${bits}bit, domain: core }`,
  );
  return `# Array, dataflow, scratchpads and layers are those of the SCALE-Sim configuration. The rest was chosen: the clock, the widths of
# words and ports, DRAM, the cells (architecture.yaml), the package.
version: 1
name: ${name}
description: ${rows} x ${columns} array of a SCALE-Sim configuration

array:
  rows: ${rows}
  columns: ${columns}
  dataflow: ${dataflow}
  domain: core

words: { ifmap: 8bit, filter: 8bit, ofmap: 8bit, psum: 32bit }

# A port is wide enough for all lanes of the array in every cycle, as SCALE-Sim assumes.
scratchpads:
${padLines.join('\n')}

# SCALE-Sim's bandwidth is in words a cycle, and its DRAM has no latency and no power.
dram:
  bandwidth: ${bandwidthOf(config).value}
  latency: 100ns
  background_power: 30mW
  component: dram

domains:
  core:
    operating_points:
      - { frequency: 200MHz, voltage: 0.75V }
      - { frequency: 400MHz, voltage: 0.85V }
      - { frequency: 600MHz, voltage: 0.95V }
      - { frequency: 800MHz, voltage: 1.05V }
    nominal: 800MHz

# The floorplan follows from the areas of the components.
thermal:
  floorplan: auto
  package: package.config

# How often each action of architecture.yaml happens, from the simulator's counters.
bindings:
  pe:
    domain: core
    actions:
      mac: macs
      ifmap_read: ifmap_reg_reads
      ifmap_write: ifmap_reg_writes
      filter_read: filter_reg_reads
      filter_write: filter_reg_writes
      psum_read: psum_reg_reads
      psum_write: psum_reg_writes
  ifmap_spad:
    domain: core
    pipelined: true
    actions:
      read: ifmap_sram_reads * ifmap_bits / ${ROW_BITS}
      write: ifmap_sram_write_bits / ${ROW_BITS}
  filter_spad:
    domain: core
    pipelined: true
    actions:
      read: filter_sram_read_bits / ${ROW_BITS}
      write: filter_sram_write_bits / ${ROW_BITS}
  ofmap_spad:
    domain: core
    pipelined: true
    actions:
      read: ofmap_sram_read_bits / ${ROW_BITS}
      write: ofmap_sram_write_bits / ${ROW_BITS}
  dram:
    off_die: true
    actions:
      read: dram_read_bits / 64
      write: dram_write_bits / 64

assumptions:
  - DRAM, the operating points, the cells and the package were chosen for a SCALE-Sim configuration, which has none of them
`;
}

/** The architecture of edge-npu fits any array, because its sizes are names. Its first comment is about edge-npu. */
function architectureText(edge: string): string {
  return edge
    .replace(
      /^#.*\n/,
      "# Components in Accelergy's format, with sizes from accelerator.yaml; a copy of the bundled edge-npu.\n",
    )
    .replace('name: edge_npu', 'name: chip');
}

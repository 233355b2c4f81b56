import type { AccelergyHardware, ScaleSimConfig } from '../../formats/scalesim/index.ts';
import { OPERANDS } from '../../systolic/index.ts';
import { pythonFloat, type ScaleSimReports } from '../scalesim/reports.ts';
import type { LayerRecording } from '../scalesim-traces/recording.ts';
import { type ActionCount, actionCounts, type ComponentCounts, type LayerAccesses } from './action-counts.ts';
import { elementAccesses } from './element-accesses.ts';
import { repeatsOf } from './repeats.ts';

export type { LayerAccesses } from './action-counts.ts';

/** The files of SCALE-Sim's branch for Accelergy, and a text for each of its counts below zero. */
export interface AccelergyHandover {
  readonly files: Readonly<
    Record<'DETAILED_ACCESS_REPORT.csv' | 'REPEAT_CYCLE.csv' | 'action_count.yaml' | 'architecture.yaml', string>
  >;
  readonly negative: readonly string[];
}

/** The accesses of a recorded layer that the hand-over needs. Error: `out-of-range` for 2^31 results or more. */
export function layerAccesses(recording: LayerRecording): LayerAccesses {
  const { report, schedule } = recording;
  return { report, elements: elementAccesses(schedule), repeats: repeatsOf(recording) };
}

/** The hand-over of a network, from its reports. */
export function scaleSimAccelergy(
  layers: readonly LayerAccesses[],
  config: ScaleSimConfig,
  hardware: AccelergyHardware,
  reports: ScaleSimReports,
): AccelergyHandover {
  const counts = actionCounts(layers, config, hardware.dramRowSize);
  const elements = config.array.rows * config.array.columns;
  return {
    files: {
      'DETAILED_ACCESS_REPORT.csv': detailedReport(reports['DETAILED_ACCESS_REPORT.csv'], layers, config),
      'REPEAT_CYCLE.csv': repeatReport(layers),
      'action_count.yaml': actionCountText(counts, elements),
      'architecture.yaml': architectureText(config, hardware),
    },
    negative: counts.flatMap(({ name, actions }) => {
      return actions
        .filter(({ count }) => count < 0)
        .map(({ name: action, delta, count }) => `${name} ${action}${delta === null ? '' : `(${delta})`} ${count}`);
    }),
  };
}

const ELEMENT_COLUMNS = ['IFMAP', 'Filter', 'OFMAP'].flatMap((name) => [`${name} Write Count`, `${name} Read Count`]);

/** v2's report with added columns for accesses to element registers. Counts that come from half a square are floats. */
function detailedReport(report: string, layers: readonly LayerAccesses[], { dataflow }: ScaleSimConfig): string {
  const halved = { os: 'ofmap', ws: 'filter', is: 'ifmap' }[dataflow];
  const [header, ...rows] = report.trimEnd().split('\n');
  const cells = layers.map(({ elements }) => {
    return OPERANDS.flatMap((operand) => {
      const text = operand === halved ? pythonFloat : String;
      return [text(elements[`${operand}Writes`]), text(elements[`${operand}Reads`])];
    });
  });
  const lines = [`${header} ${ELEMENT_COLUMNS.join(', ')},`, ...rows.map((row, i) => `${row} ${cells[i].join(', ')},`)];
  return lines.map((line) => `${line}\n`).join('');
}

function repeatReport(layers: readonly LayerAccesses[]): string {
  // The branch misspells the last name.
  const names = ['ifmap_sram', 'filter_sram', 'ofmap_sram', 'ifmap_dram', 'filter_dram', 'ofmap_dram'];
  const header = ['layer_num', ...names.map((name) => `${name}_repeat`)].join();
  const rows = layers.map(({ repeats: { sram, dram } }, i) => {
    return [i, sram.ifmap, sram.filter, sram.ofmap, dram.ifmap, dram.filter, dram.ofmap].join();
  });
  return [`${header}n`, ...rows].map((line) => `${line},\n`).join('');
}

/** The counts as PyYAML writes them, with keys in alphabetical order. Every element is listed. */
function actionCountText(counts: readonly ComponentCounts[], elements: number): string {
  const components = counts.flatMap(({ name, ofElement, actions }) => {
    const text = `  - action_counts:\n${actions.map(actionText).join('')}    name: systolic_array.`;
    if (!ofElement) return [`${text}${name}\n`];
    return Array.from({ length: elements }, (_, i) => `${text}PE[${i}].${name}\n`);
  });
  return `action_counts:\n  local:\n${components.join('')}  version: 0.3\n`;
}

function actionText({ name, delta, count, float }: ActionCount): string {
  const lines = [
    ...(delta === null ? [] : ['arguments:', `  address_delta: ${delta}`, `  data_delta: ${delta}`]),
    // YAML requires a point in a float, Python does not.
    `counts: ${float ? pythonFloat(count).replace(/^(\d+)e/, '$1.0e') : count}`,
    `name: ${name}`,
  ];
  return lines.map((line, i) => `    ${i === 0 ? '- ' : '  '}${line}\n`).join('');
}

/** The components of the branch. Its buffers have as many 32-bit words as there should be bytes, which is four times too much. */
function architectureText({ array, sramKb }: ScaleSimConfig, { memoryBanks }: AccelergyHardware): string {
  const buffer = (name: string, kb: number): string => `    - attributes:
        bank_depth: ${1024 * kb}
        memory_depth: bank_depth * n_banks
        memory_width: 32
        n_banks: ${memoryBanks}
        n_buffets: 1
      class: smartbuffer_SRAM
      name: ${name}_glb
`;
  const dram = (name: string): string => `    - attributes:
        width: 32
      class: DRAM
      name: ${name}_dram
`;
  const register = (name: string): string => `      - attributes:
          depth: 1
          n_rdwr_ports: 1
          width: 1
        class: regfile
        name: ${name}_spad
`;
  return `architecture:
  subtree:
  - attributes:
      technology: 40nm
    local:
${buffer('weights', sramKb.filter)}${buffer('ifmap', sramKb.ifmap)}${buffer('psum', sramKb.ofmap)}${['weights', 'ifmap', 'psum'].map(dram).join('')}    name: systolic_array
    subtree:
    - attributes:
        memory_width: 16
      local:
      - attributes:
          datawidth: 8
        class: intmac
        name: mac
${['ifmap', 'weights', 'psum'].map(register).join('')}      name: PE[0..${array.rows * array.columns - 1}]
  version: 0.3
`;
}

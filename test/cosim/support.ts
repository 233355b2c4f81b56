import { readdirSync, readFileSync } from 'node:fs';
import { BUNDLED, type Files } from '../../src/base/files.ts';
import { parseOverride } from '../../src/base/overrides.ts';
import {
  type Experiment,
  loadExperiment,
  type PreparedPlant,
  preparePlant,
  type RunResult,
  runExperiment,
  runScenario,
} from '../../src/cosim/index.ts';
import type { PolicyKind } from '../../src/policy/index.ts';
import type { ResultCache } from '../../src/thermal/index.ts';
import { diagnosticsOf } from '../energy/support.ts';

const FOLDERS = ['accelerators', 'components', 'experiments', 'policies', 'tech-tables', 'workloads'];

/** Texts by path. */
export type Texts = Readonly<Record<string, string>>;

/** Every bundled file, by its bundled path. */
export const BUNDLED_TEXTS: Texts = Object.fromEntries(
  FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.\w+$/.test(name))
      .map((name) => [`${BUNDLED}${folder}/${name}`, readFileSync(`${folder}/${name}`, 'utf8')]),
  ),
);

/** The sweep of SRAM sizes cut down to the rows the bundled designs use: reading all of it takes longer than all the rest. */
export const SRAM = `${BUNDLED}tech-tables/45nm/cacti-sram.csv`;
export const LEAN_SRAM = BUNDLED_TEXTS[SRAM]
  .split('\n')
  .filter((line) => /^size|^(32768,512|(16384|32768),256),1,itrs-lstp|^(32768|262144),256,1,itrs-hp/.test(line))
  .join('\n');

/** The bundled files and others laid over them, in memory as in a browser. */
export function memoryFiles(overlay: Texts = {}): Files {
  const texts: Texts = { ...BUNDLED_TEXTS, ...overlay };
  return {
    read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
    list(folder) {
      const inside = Object.keys(texts).filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0]))].sort();
    },
  };
}

/** A bundled accelerator without its floorplan: one constant temperature, no thermal model to build. */
const withoutDie = (name: string): string =>
  BUNDLED_TEXTS[`${BUNDLED}accelerators/${name}/accelerator.yaml`]
    .replace(/# The die and its package;[\s\S]*?\n\n/, '')
    .replace('block: pe_{row}_{column}\n    tiles: { rows: 4, columns: 4 }\n', 'block: pe_array\n');

export const EDGE = withoutDie('edge-npu');
export const EDGE_ARCHITECTURE = BUNDLED_TEXTS[`${BUNDLED}accelerators/edge-npu/architecture.yaml`];
/** The same, whose memories have sizes of their own: those of the accelerator file may then be anything. */
export const SIZED_ARCHITECTURE = EDGE_ARCHITECTURE.replace('ifmap_bytes * 8 / 256', '8192')
  .replace('filter_bytes * 8 / 256', '16384')
  .replace('ofmap_bytes * 8 / 256', '2048')
  .replace('ifmap_bytes', '262144')
  .replace('filter_bytes', '524288')
  .replace('ofmap_bytes', '65536');
/** One inference at a fixed point. */
export const QUICKSTART = `# The energy of every layer of ResNet-18 on an edge accelerator, at one clock.
version: 1
name: quickstart
description: ResNet-18 on the edge NPU at a fixed operating point
accelerator: edge-npu
workload: resnet18
policy:
  name: fixed
  frequency: 800MHz
`;

export const LEAN: Texts = {
  [SRAM]: LEAN_SRAM,
  [`${BUNDLED}accelerators/edge-npu/accelerator.yaml`]: EDGE,
  [`${BUNDLED}accelerators/cloud-tpu/accelerator.yaml`]: withoutDie('cloud-tpu'),
};

/** edge-npu with its floorplan on a coarse grid, which takes milliseconds to reduce, and a network of three small products. */
export const COARSE: Texts = {
  [SRAM]: LEAN_SRAM,
  [`${BUNDLED}accelerators/edge-npu/accelerator.yaml`]: BUNDLED_TEXTS[
    `${BUNDLED}accelerators/edge-npu/accelerator.yaml`
  ].replace('  package:', '  grid: { rows: 8, columns: 8 }\n  package:'),
  'net.csv': 'layer,type,m,n,k\na,gemm,400,96,256\nb,gemm,100,64,640\nc,gemm,1,500,500\n',
};

const models = new Map<string, readonly Float64Array[]>();
/** Reduced models, made once for all test files of a worker: a key names everything that a model depends on. */
export const MODELS: ResultCache = {
  get: (key) => models.get(key),
  put: (key, columns) => void models.set(key, columns),
};

/** A text with a part replaced, which must be there. */
export function edit(text: string, from: string | RegExp, to: string): string {
  const edited = text.replace(from, () => to);
  if (edited === text) throw new Error(`nothing to replace: ${from}`);
  return edited;
}

export interface Loading {
  readonly overlay?: Texts;
  readonly policy?: string;
  readonly set?: readonly string[];
  readonly like?: Experiment;
  readonly kinds?: readonly PolicyKind[];
}

/** Loads an experiment text as the file `exp.yaml`, with the lean sweep. */
export function load(text: string, { overlay, policy, set = [], like, kinds }: Loading = {}): Experiment {
  return loadExperiment(
    memoryFiles({ ...LEAN, ...overlay }),
    { file: 'exp.yaml', text },
    { policy, like, kinds, overrides: set.map((override) => parseOverride(override)) },
  );
}

/**
 * Runs experiments on edge-npu with a coarse grid and a network of three small products. Design and network are loaded, and the plant
 * is made, once for each set of overrides. `common` are lines of all experiments.
 */
export function coarseRuns(common = ''): (lines: string, loading?: Loading) => RunResult {
  const made = new Map<string, { readonly experiment: Experiment; readonly plant: PreparedPlant }>();
  return (lines, { set = [], overlay = {} } = {}) => {
    const text = `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\n${common}\n${lines}\n`;
    const key = JSON.stringify([set, overlay['net.csv'] ?? null]);
    const like = made.get(key)?.experiment;
    const experiment = load(text, { set, overlay: { ...COARSE, ...overlay }, ...(like ? { like } : {}) });
    const { plant } = made.get(key) ?? { plant: preparePlant(experiment, { cache: MODELS }) };
    if (!like) made.set(key, { experiment, plant });
    return runScenario(plant, experiment);
  };
}

export function run(text: string, loading: Loading = {}): RunResult {
  return runExperiment(load(text, loading));
}

/** `code file:line:column marked text` of everything that is wrong. */
export function problemsOf(doing: () => unknown): string[] {
  return diagnosticsOf(doing).map(({ code, span }) => {
    if (!span) return code;
    const { file, line, column, length, lineText } = span;
    return `${code} ${file}:${line}:${column} ${lineText.slice(column - 1, column - 1 + length)}`;
  });
}

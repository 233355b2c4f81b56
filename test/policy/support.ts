import { parseYaml, type YamlDocument } from '../../src/base/document.ts';
import { InputError } from '../../src/base/errors.ts';
import type {
  LayerWork,
  Observation,
  PointByDomain,
  PolicyContext,
  PolicyDomain,
  PolicyStack,
  RunningInference,
  StackDecision,
  StackEntry,
  WorkModel,
} from '../../src/policy/index.ts';
import { createStack } from '../../src/policy/index.ts';

export const domain = (name: string, mhz: readonly number[], nominal = mhz.length - 1): PolicyDomain => ({
  name,
  nominal,
  points: mhz.map((f, i) => ({ frequencyHz: f * 1e6, voltageV: 0.6 + 0.1 * i })),
});

export const ARRAY = domain('array', [200, 400, 600, 800, 1000]);
export const MEMORY = domain('memory', [500, 1000], 0);
export const NOC = domain('noc', [100, 200, 300]);

/** The clocks of a decision, MHz by domain. */
export function mhzOf({ points }: { readonly points: PointByDomain }): Record<string, number> {
  const clock = (name: string): number =>
    [ARRAY, MEMORY, NOC].find((one) => one.name === name)!.points[points[name]].frequencyHz / 1e6;
  return Object.fromEntries(Object.keys(points).map((name) => [name, clock(name)]));
}

export const arrayMhz = (decision: StackDecision): number => mhzOf(decision).array;

/** The point of the array at a clock. */
export const arrayAt = (mhz: number): PointByDomain => ({ array: mhz / 200 - 1 });

/** A layer of `cycles` on the array beside `memoryCycles` in the memory, whichever takes longer. */
export const layer = (cycles: number, dramBytes: number, memoryCycles = 0): LayerWork => ({
  name: `l${cycles}`,
  cycles,
  dramBytes,
  timeS: ({ array, memory }) =>
    Math.max(
      cycles / ARRAY.points[array].frequencyHz,
      memory === undefined ? 0 : memoryCycles / MEMORY.points[memory].frequencyHz,
    ),
  energyJ: () => 0,
});

/** 1e6 array cycles; energy and idle power by the array's point, from the tables. */
export function workOf({
  inferenceJ = [5, 4, 3, 4, 5],
  idleW = [1, 1, 1, 1, 1],
  layers = [layer(1e6, 0)],
  dramBytesPerS = 1e9,
  memoryDomains = [],
}: Partial<{
  inferenceJ: readonly number[];
  idleW: readonly number[];
  layers: readonly LayerWork[];
  dramBytesPerS: number;
  memoryDomains: readonly string[];
}> = {}): WorkModel {
  return {
    inferenceS: ({ array }) => 1e6 / ARRAY.points[array].frequencyHz,
    inferenceJ: ({ array }) => inferenceJ[array],
    idleW: ({ array }) => idleW[array],
    wake: () => ({ wakeS: 0, wakeJ: 0 }),
    layers,
    dramBytesPerS,
    arrayDomains: ['array'],
    memoryDomains,
  };
}

export const contextOf = (more: Partial<PolicyContext> = {}): PolicyContext => ({
  domains: [ARRAY],
  blocks: ['pe_array', 'ifmap_spad'],
  epochS: 1e-3,
  deadlineS: 5e-3,
  transitionS: () => 0,
  places: ['pe_array', 'ifmap_spad'].map((name, b) => ({
    name,
    leftM: b * 1e-3,
    bottomM: 0,
    widthM: 1e-3,
    heightM: 1e-3,
    neighbours: [1 - b],
    components: [name],
    domains: ['array'],
    region: b === 0 ? 0 : null,
  })),
  limitK: null,
  seed: 0,
  below: false,
  resistanceKPerW: new Float64Array([8, 4, 4, 8]),
  responseKPerW: () => new Float64Array([0.8, 0.1, 0.1, 0.8]),
  ambientK: 318.15,
  work: workOf(),
  ...more,
});

export const running = (more: Partial<RunningInference> = {}): RunningInference => ({
  index: 0,
  releaseS: 0,
  deadlineS: 5e-3,
  progress: 0,
  layer: 0,
  remainingS: ({ array }) => 1e6 / ARRAY.points[array].frequencyHz,
  ...more,
});

export const observe = (more: Partial<Observation> = {}): Observation => ({
  timeS: 0,
  triggers: new Set(['epoch']),
  points: { array: 4, memory: 1 },
  states: { array: { state: 'on', wakeS: 0 } },
  forecastW: () => ({ totalW: 1, byDomainW: { array: 1 } }),
  predictK: () => ({ temperatureK: [340, 330], errorK: 0.1 }),
  fieldK: (rows, columns) => new Array<number>(rows * columns).fill(335),
  shares: { array: { busy: 1, stall: 0, idle: 0, dead: 0 } },
  temperatureK: [330, 320],
  powerW: [1, 0.1],
  leakageW: [0.1, 0.01],
  components: {},
  waiting: [],
  last: null,
  inference: running(),
  queued: 0,
  ...more,
});

/** Readings of which the first block is the hottest, in C. */
export const heat = (celsius: number): Partial<Observation> => ({ temperatureK: [celsius + 273.15, 300] });

export const document = (text: string, file = 'p.yaml'): YamlDocument => parseYaml({ file, text });

/** `uses` and its parameters as YAML; the place of `uses` is made up. */
export const entry = (uses: string, ...parameters: readonly string[]): StackEntry => ({
  name: uses,
  uses,
  usesSpan: document(`uses: ${uses}`, 'u.yaml').span(['uses']),
  parameters: parameters.map((text, i) => document(text, `p${i}.yaml`)),
});

export const stackOf = (uses: string, parameters = '{}', context = contextOf()): PolicyStack =>
  createStack([entry(uses, parameters)], context);

/** What a stack decides at its first question. */
export const first = (stack: PolicyStack, more: Partial<Observation> = {}): StackDecision =>
  stack.decide(observe(more), stack.initial);

/** What it decides question after question; each sees the points of the last one. */
export function decisions(
  stack: PolicyStack,
  observations: readonly Partial<Observation>[],
  start: PointByDomain = { array: 4 },
): StackDecision[] {
  const all: StackDecision[] = [];
  for (const more of observations) {
    const { points = start, state = stack.initial } = all.at(-1) ?? {};
    all.push(stack.decide(observe({ points, ...more }), state));
  }
  return all;
}

/** `code file:line:column marked text` of everything that is wrong. */
export function problemsOf(doing: () => unknown): string[] {
  try {
    doing();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, span }) => {
      if (!span) return code;
      const { file, line, column, length, lineText } = span;
      return `${code} ${file}:${line}:${column} ${lineText.slice(column - 1, column - 1 + length)}`;
    });
  }
  throw new Error('nothing was thrown');
}

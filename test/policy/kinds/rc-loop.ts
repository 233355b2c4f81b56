/** Policies in a closed loop with a network of five thermal nodes, as test/golden/policies/closed-loop-rc.json defines it. */
import { readFileSync } from 'node:fs';
import {
  createStack,
  idealSensors,
  type PointByDomain,
  type PolicyContext,
  type PolicyDomain,
} from '../../../src/policy/index.ts';
import { contextOf, entry, observe } from '../support.ts';

interface Golden {
  readonly model: {
    readonly G_lateral: readonly (readonly [number, number, number])[];
    readonly G_vertical: readonly number[];
    readonly G_sink: number;
    readonly C: readonly number[];
    readonly T_amb_c: number;
    readonly dt_s: number;
    readonly opp_mhz_v: readonly (readonly [number, number])[];
    readonly dyn_W_at_1GHz_1V: readonly number[];
    readonly leak_A_at_T0: readonly number[];
    readonly leak_beta: number;
    readonly leak_T0_c: number;
    readonly activity_15_epochs: readonly (readonly number[])[];
  };
  readonly runs: readonly {
    readonly policy: string;
    readonly start: string;
    readonly T_init: readonly number[];
    readonly traj: readonly (readonly [number | readonly number[], readonly number[]])[];
  }[];
}
export const { model, runs }: Golden = JSON.parse(readFileSync('test/golden/policies/closed-loop-rc.json', 'utf8'));
const NODES = 5;
export const BLOCKS = 4;
export const ZERO_C = 273.15;

type Matrix = number[][];
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, j) => row.reduce((s, x, k) => s + x * b[k][j], 0)));
const identity = (n: number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));

/** exp(m) by its series, of a matrix halved until it is small. */
function exponential(m: Matrix): Matrix {
  const halvings = 12;
  const small = m.map((row) => row.map((x) => x / 2 ** halvings));
  let term = identity(m.length);
  let sum = identity(m.length);
  for (let k = 1; k <= 12; k++) {
    term = multiply(term, small).map((row) => row.map((x) => x / k));
    sum = sum.map((row, i) => row.map((x, j) => x + term[i][j]));
  }
  for (let i = 0; i < halvings; i++) sum = multiply(sum, sum);
  return sum;
}

/** The inverse by Gauss and Jordan; the conductance matrix needs no pivot. */
function inverse(m: Matrix): Matrix {
  const rows = m.map((row, i) => [...row, ...identity(m.length)[i]]);
  rows.forEach((row, i) => {
    const pivot = row[i];
    for (let j = 0; j < row.length; j++) row[j] /= pivot;
    rows.forEach((other, k) => {
      const factor = other[i];
      if (k !== i) for (let j = 0; j < row.length; j++) other[j] -= factor * row[j];
    });
  });
  return rows.map((row) => row.slice(m.length));
}

const conductance: Matrix = (() => {
  const g = identity(NODES).map((row) => row.map(() => 0));
  const link = (a: number, b: number, w: number): void => {
    g[a][a] += w;
    g[b][b] += w;
    g[a][b] -= w;
    g[b][a] -= w;
  };
  for (const [a, b, w] of model.G_lateral) link(a, b, w);
  for (const [block, w] of model.G_vertical.entries()) link(block, NODES - 1, w);
  g[NODES - 1][NODES - 1] += model.G_sink;
  return g;
})();
/** Of all nodes, K/W. */
export const resistance = inverse(conductance);
const decay = exponential(conductance.map((row, i) => row.map((x) => (-x * model.dt_s) / model.C[i])));

const leakageW = (block: number, volts: number, celsius: number): number =>
  volts * model.leak_A_at_T0[block] * Math.exp(model.leak_beta * (celsius - model.leak_T0_c));
const dynamicW = (block: number, activity: number, point: number): number => {
  const [mhz, volts] = model.opp_mhz_v[point];
  return (model.dyn_W_at_1GHz_1V[block] * activity * volts ** 2 * mhz) / 1000;
};

const points = model.opp_mhz_v.map(([mhz, voltageV]) => ({ frequencyHz: mhz * 1e6, voltageV }));
const domainOf = (name: string): PolicyDomain => ({ name, points, nominal: 4 });

/** One domain for all blocks, or one for each; `outside` has none. */
function contextWith(domains: readonly string[], outside: readonly number[]): PolicyContext {
  const blocks = ['array0', 'array1', 'sram', 'ctrl'];
  return contextOf({
    domains: domains.map(domainOf),
    blocks,
    places: blocks.map((name, b) => ({
      name,
      leftM: b * 1e-3,
      bottomM: 0,
      widthM: 1e-3,
      heightM: 1e-3,
      neighbours: [],
      components: [name],
      domains: outside.includes(b) ? [] : [domains[b % domains.length]],
      region: null,
    })),
    ambientK: model.T_amb_c + ZERO_C,
    resistanceKPerW: Float64Array.from(resistance.slice(0, BLOCKS).flatMap((row) => row.slice(0, BLOCKS))),
  });
}

/** How each policy of the golden is written here. A first epoch has no trend there: the state knows an epoch before. */
interface Case {
  readonly uses: string;
  readonly parameters: string;
  readonly domains?: readonly string[];
  readonly state?: (kelvin: readonly number[]) => unknown;
  /** Temperature of the leakage that the policy reckons with, C, and power of the last block, W. */
  readonly leakageC?: number;
  readonly lastW?: number;
}
const EACH = ['a', 'b', 'c', 'd'];
const CASES: Readonly<Record<string, Case>> = {
  performance: { uses: 'performance', parameters: '{}' },
  userspace_800: { uses: 'userspace', parameters: '{frequency: 800MHz}' },
  userspace_600: { uses: 'userspace', parameters: '{frequency: 600MHz}' },
  bang_bang: { uses: 'bang_bang', parameters: '{trip: 85C, hysteresis: 2K}' },
  step_wise: {
    uses: 'step_wise',
    parameters: '{trip: 85C, kernel: "6.6"}',
    state: (kelvin) => ({ cooling: 0, previousK: Math.max(...kelvin) }),
  },
  step_wise_regional: {
    uses: 'regional',
    parameters: '{trip: 85C, hysteresis: 0K}',
    domains: EACH,
    state: (kelvin) => ({ cooling: [0, 0, 0, 0], beforeK: kelvin }),
  },
  power_allocator: { uses: 'power_allocator', parameters: '{control: 85C, switch_on: 75C, sustainable: 3.6W}' },
  pid_frequency: {
    uses: 'pid-frequency',
    parameters: '{target: 84C, kp: 100MHz/K, ki: 5000MHz/K/s, nominal_frequency: 600MHz}',
  },
  tsp_uniform: { uses: 'tsp', parameters: '{limit: 85C, budget: block}', leakageC: 85, lastW: 0.2 },
};

export interface Epoch {
  /** The point of each domain. */
  readonly chosen: readonly number[];
  /** Temperatures of all nodes at its end, C. */
  readonly celsius: readonly number[];
  /** Power of each block and its leakage, W; cycles of work of the arrays. */
  readonly watts: readonly number[];
  readonly leakW: readonly number[];
  readonly cycles: number;
}

/** Epochs of a closed loop: the policy under test, and the golden's own network. */
export function* closedLoop(
  { policy, T_init }: Pick<Golden['runs'][number], 'policy' | 'T_init'>,
  sensors = idealSensors(),
): Generator<Epoch> {
  const { uses, parameters, domains = ['all'], state: startOf, leakageC, lastW } = CASES[policy];
  const stack = createStack([entry(uses, parameters)], contextWith(domains, lastW === undefined ? [] : [BLOCKS - 1]));
  const domainAt = (block: number): string => domains[block % domains.length];
  let celsius = [...T_init];
  const sensedK = (epoch: number): number[] => {
    const trueK = celsius.slice(0, BLOCKS).map((c) => c + ZERO_C);
    return Array.from(sensors.read(Float64Array.from(trueK), epoch));
  };
  let state = stack.initial;
  if (startOf) state = [{ ...(state[0] as object), state: startOf(sensedK(0)) }, ...state.slice(1)];
  let now: PointByDomain = Object.fromEntries(domains.map((name) => [name, 4]));
  for (let epoch = 0; ; epoch++) {
    const seen = model.activity_15_epochs[Math.max(0, epoch - 1) % 15];
    const leak = celsius.slice(0, BLOCKS).map((c, b) => leakageW(b, points[now[domainAt(b)]].voltageV, leakageC ?? c));
    const power = leak.map((watts, b) => watts + dynamicW(b, seen[b], now[domainAt(b)]));
    if (lastW !== undefined) power[BLOCKS - 1] = lastW;
    const decision = stack.decide(
      observe({
        timeS: (epoch + 1) * model.dt_s,
        points: now,
        shares: Object.fromEntries(domains.map((name) => [name, { busy: 1, stall: 0, idle: 0, dead: 0 }])),
        temperatureK: sensedK(epoch),
        powerW: power,
        leakageW: leak,
      }),
      state,
    );
    ({ state, points: now } = decision);
    const activity = model.activity_15_epochs[epoch % 15];
    const pointAt = (block: number): number => now[domainAt(block)];
    const leakW = celsius.slice(0, BLOCKS).map((c, b) => leakageW(b, points[pointAt(b)].voltageV, c));
    const watts = leakW.map((leaking, b) => dynamicW(b, activity[b], pointAt(b)) + leaking);
    const heat = [...watts, model.G_sink * model.T_amb_c];
    const steady = resistance.map((row) => row.reduce((sum, r, j) => sum + r * heat[j], 0));
    const away = celsius.map((c, i) => c - steady[i]);
    celsius = steady.map((s, i) => s + decay[i].reduce((sum, x, j) => sum + x * away[j], 0));
    const cycles = [0, 1].reduce((sum, b) => sum + activity[b] * model.opp_mhz_v[pointAt(b)][0] * 1e6 * model.dt_s, 0);
    yield { chosen: domains.map((name) => now[name]), celsius, watts, leakW, cycles };
  }
}

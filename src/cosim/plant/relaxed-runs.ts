import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import { columnJ, idleJ } from '../loop/energy-at.ts';
import { GATED_RESIDUE } from '../loop/rails.ts';
import { arrayTimings } from '../pipelines/array-timing.ts';
import type { PreparedPlant } from '../run.ts';
import { settingsOf } from './layer-costs.ts';

/**
 * What no policy can beat: each array alone, with the DRAM to itself, free to change its points between any two folds.
 */
export interface RelaxedRuns {
  /** Power of the DRAM in the background, W. */
  readonly backgroundW: number;
  /** For each array: tables of runs of equal stages x settings, without leakage. */
  readonly arrays: readonly RelaxedArray[];
  /** Leakage with the blocks at these temperatures, K, which must not exceed any of the run. */
  leakageAt(temperatureK: ArrayLike<number>): RelaxedLeakage;
}

export interface RelaxedArray {
  readonly runs: number;
  readonly settings: number;
  readonly timeS: Float64Array;
  readonly energyJ: Float64Array;
  /** The part of `energyJ` that heats each block: x blocks. Empty unless asked for. */
  readonly blockJ: Float64Array;
}

export interface RelaxedLeakage {
  /** Power of each block that never ceases, W: rails off at their lowest voltages. */
  readonly leastW: Float64Array;
  /** Power of each block beyond that, W, while an array works: for each array, settings x blocks. */
  readonly extraW: readonly Float64Array[];
}

/** Null if an array has more than `most` settings. `withBlocks` asks for the heat of each block. */
export function relaxedRuns(prepared: PreparedPlant, most: number, withBlocks = false): RelaxedRuns | null {
  const { plant, programs } = prepared;
  const { domains, design } = plant;
  const owners = domains.map(({ name }) =>
    design.spec.arrays.flatMap((names, a) => (Object.values(names).includes(name) ? [a] : [])),
  );
  const choices: Choice[] = [];
  for (const a of programs.arrays.keys()) {
    const own = domains.flatMap((_, d) => (owners[d].includes(a) ? [d] : []));
    const settings = settingsOf(
      own.map((d) => domains[d]),
      most,
    );
    if (!settings) return null;
    // The leakage of a domain that several arrays share counts only as far as it never ceases.
    choices.push({ own, settings, leaking: own.map((d) => owners[d].length === 1) });
  }
  return {
    backgroundW: plant.backgroundW,
    arrays: choices.map((choice, a) => relaxedArray(prepared, choice, a, withBlocks)),
    leakageAt: (temperatureK) => relaxedLeakage(prepared, choices, temperatureK),
  };
}

/** The settings of an array: a point for each of its own domains. */
interface Choice {
  readonly own: readonly number[];
  readonly settings: readonly Int32Array[];
  readonly leaking: readonly boolean[];
}

function relaxedArray(prepared: PreparedPlant, choice: Choice, a: number, withBlocks: boolean): RelaxedArray {
  const { plant, programs } = prepared;
  const { domains, componentDomain, design } = plant;
  const { own, settings } = choice;
  const program = programs.arrays[a];
  const timingAt = arrayTimings(program, design.spec, a);
  const runs = program.stages.length;
  const blocks = withBlocks ? plant.blocks.length : 0;
  const timeS = new Float64Array(runs * settings.length);
  const energyJ = new Float64Array(runs * settings.length);
  const blockJ = new Float64Array(runs * settings.length * blocks);
  const [from, to] = [new Float64Array(program.width), new Float64Array(program.width)];
  const point = Int32Array.from(domains, ({ nominal }) => nominal);
  const clocks = plant.idleClocks.filter(({ array }) => array === a);
  settings.forEach((setting, k) => {
    own.forEach((d, i) => {
      point[d] = setting[i];
    });
    const { stageS, busyStageS } = timingAt(point);
    const voltageV = Float64Array.from(domains, ({ points }, d) => points[point[d]].voltageV);
    for (let run = 0; run < runs; run++) {
      const { count } = program.stages[run];
      const at = run * settings.length + k;
      program.columnsAt({ run, done: 0 }, from);
      program.columnsAt({ run: run + 1, done: 0 }, to);
      const lastsS = count * stageS[run];
      timeS[at] = lastsS;
      program.energy.columns.forEach((column, c) => {
        const value = to[program.energyAt + c] - from[program.energyAt + c];
        const spentJ = columnJ(column, value, componentDomain, voltageV);
        energyJ[at] += spentJ;
        if (withBlocks && column.block >= 0) blockJ[at * blocks + column.block] += spentJ;
      });
      for (const { domain, farad, components } of clocks) {
        const waitingS = Math.max(0, lastsS - count * busyStageS[domain][run]);
        const cycles = waitingS * domains[domain].points[point[domain]].frequencyHz;
        energyJ[at] += idleJ(farad, cycles, voltageV[domain]);
        if (!withBlocks) continue;
        for (const c of components) {
          const own = plant.places[c].blocks;
          const spentJ = idleJ(plant.waitingF[c], cycles, voltageV[domain]) / own.length;
          for (const block of own) blockJ[at * blocks + block] += spentJ;
        }
      }
    }
  });
  return { runs, settings: settings.length, timeS, energyJ, blockJ };
}

function relaxedLeakage(
  { plant }: PreparedPlant,
  choices: readonly Choice[],
  temperatureK: ArrayLike<number>,
): RelaxedLeakage {
  const { domains, leakage, componentDomain, design } = plant;
  const blocks = plant.blocks.length;
  const { slopePerV } = design.leakage;
  /** Leakage of each domain in each block, W for a volt of `leakageVoltage`; leakage is proportional to it. */
  const perVolt = domains.map(() => new Float64Array(blocks));
  for (const source of leakage) {
    perVolt[componentDomain[source.component]][source.block] += leakageW(source, 1, temperatureK[source.block]);
  }
  const volts = domains.map(({ points }) => points.map(({ voltageV }) => leakageVoltage(voltageV, slopePerV)));
  const leastV = volts.map((ofPoints) => GATED_RESIDUE * Math.min(...ofPoints));
  const leastW = new Float64Array(blocks);
  perVolt.forEach((ofBlocks, d) => {
    for (let u = 0; u < blocks; u++) leastW[u] += ofBlocks[u] * leastV[d];
  });
  const extraW = choices.map(({ own, settings, leaking }) => {
    const table = new Float64Array(settings.length * blocks);
    settings.forEach((setting, k) => {
      own.forEach((d, i) => {
        if (!leaking[i]) return;
        for (let u = 0; u < blocks; u++) table[k * blocks + u] += perVolt[d][u] * (volts[d][setting[i]] - leastV[d]);
      });
    });
    return table;
  });
  return { leastW, extraW };
}

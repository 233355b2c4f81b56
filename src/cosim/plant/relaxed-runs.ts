import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import { columnJ, idleJ } from '../loop/energy-at.ts';
import { arrayTimings } from '../pipelines/array-timing.ts';
import type { PreparedPlant } from '../run.ts';
import { backgroundAt, leastShare } from '../states/idle-costs.ts';
import { poweredParts } from '../states/unused-pes.ts';
import { settingsOf } from './layer-costs.ts';
import type { Plant } from './plant.ts';

/**
 * The bound that no policy can beat: each array alone, with the DRAM to itself, free to change its points between any two folds.
 */
export interface RelaxedRuns {
  /** Power of the DRAM in the background that never ceases, W. */
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
  const { domains } = plant;
  const owners = domains.map((_, d) => plant.arrayDomains.flatMap((own, a) => (own.includes(d) ? [a] : [])));
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
    backgroundW: leastBackgroundW(plant),
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
    const isAlone = programs.arrays.length === 1;
    const moreW = isAlone ? backgroundAt(plant, point) - leastBackgroundW(plant) : 0;
    const voltageV = Float64Array.from(domains, ({ points }, d) => points[point[d]].voltageV);
    for (let run = 0; run < runs; run++) {
      const { count } = program.stages[run];
      const at = run * settings.length + k;
      program.columnsAt({ run, done: 0 }, from);
      program.columnsAt({ run: run + 1, done: 0 }, to);
      const lastsS = count * stageS[run];
      timeS[at] = lastsS;
      energyJ[at] += moreW * lastsS;
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
  prepared: PreparedPlant,
  choices: readonly Choice[],
  temperatureK: ArrayLike<number>,
): RelaxedLeakage {
  const { domains, leakage, componentDomain, design } = prepared.plant;
  const { plant } = prepared;
  const blocks = plant.blocks.length;
  const { slopePerV } = design.leakage;
  /** Leakage of each domain in each block, W for a volt of `leakageVoltage`; leakage is proportional to it. */
  const perVolt = domains.map(() => new Float64Array(blocks));
  for (const source of leakage) {
    perVolt[componentDomain[source.component]][source.block] += leakageW(source, 1, temperatureK[source.block]);
  }
  const volts = domains.map(({ points }) => points.map(({ voltageV }) => leakageVoltage(voltageV, slopePerV)));
  const leastV = volts.map((ofPoints, d) => leastShare(domains[d]) * Math.min(...ofPoints));
  const leastW = new Float64Array(blocks);
  perVolt.forEach((ofBlocks, d) => {
    for (let u = 0; u < blocks; u++) leastW[u] += ofBlocks[u] * leastV[d];
  });
  const pes = unusedPes(prepared, temperatureK);
  for (const { block, wPerVolt, domain, leastShare: share } of pes) {
    leastW[block] -= wPerVolt * (leastV[domain] - share * Math.min(...volts[domain]));
  }
  const extraW = choices.map(({ own, settings, leaking }) => {
    const table = new Float64Array(settings.length * blocks);
    settings.forEach((setting, k) => {
      own.forEach((d, i) => {
        if (!leaking[i]) return;
        for (let u = 0; u < blocks; u++) table[k * blocks + u] += perVolt[d][u] * (volts[d][setting[i]] - leastV[d]);
        for (const pe of pes) {
          if (pe.domain !== d) continue;
          const savedV = volts[d][setting[i]] * (1 - pe.workShare) - leastV[d] + pe.leastShare * Math.min(...volts[d]);
          table[k * blocks + pe.block] -= pe.wPerVolt * savedV;
        }
      });
    });
    return table;
  });
  return { leastW, extraW };
}

/** The background power of DRAM at its best point in its deepest state, W. */
function leastBackgroundW({ design, domains, backgroundW }: Plant): number {
  const { dram, dramDomain } = design.spec;
  if (dramDomain < 0) return backgroundW;
  return leastShare(domains[dramDomain]) * Math.min(...dram.points.map((point) => point.backgroundW));
}

/** Leakage of PEs in one block. */
interface Pes {
  readonly domain: number;
  readonly block: number;
  /** W per volt of `leakageVoltage` with all PEs on. */
  readonly wPerVolt: number;
  /** The least part of it that is left at any time, and while the layer works that uses fewest of them. */
  readonly leastShare: number;
  readonly workShare: number;
}

/** The PEs whose unused rows and columns may be off. */
function unusedPes({ plant, programs }: PreparedPlant, temperatureK: ArrayLike<number>): Pes[] {
  const { leakageGroups, leakage, domains, design } = plant;
  const spec = design.spec.unusedPes;
  if (!spec) return [];
  const parts = poweredParts(plant, programs.usedPes, programs.schedules.length)!;
  const fewest = parts[0].map((_, g) => Math.min(1, ...parts.map((ofLayer) => ofLayer[g])));
  return Array.from(leakageGroups.ofSource).flatMap((group, s): Pes[] => {
    const pe = group - domains.length;
    if (pe < 0) return [];
    const domain = leakageGroups.domain[group];
    const least = leastShare(domains[domain]);
    return [
      {
        domain,
        block: leakage[s].block,
        wPerVolt: leakageW(leakage[s], 1, temperatureK[leakage[s].block]),
        leastShare: Math.min(least, spec.leakage),
        workShare: fewest[pe] + (1 - fewest[pe]) * spec.leakage,
      },
    ];
  });
}

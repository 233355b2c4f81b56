import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import { columnJ, idleJ } from '../loop/energy-at.ts';
import { arrayTimings } from '../pipelines/array-timing.ts';
import type { PreparedPlant } from '../run.ts';
import { leastShare } from '../states/idle-costs.ts';
import { PoweredPes } from '../states/unused-pes.ts';
import { settingsOf } from './layer-costs.ts';

/**
 * What no policy can beat: each array alone, with the DRAM to itself, free to change its points between any two folds.
 */
export interface RelaxedRuns {
  /** Power in W below which the machine never goes: rails off at their lowest voltages, DRAM in the background. */
  readonly leastW: number;
  /** For each array: tables of runs of equal stages x settings. */
  readonly arrays: readonly {
    readonly runs: number;
    readonly settings: number;
    readonly timeS: Float64Array;
    /** Energy in J beyond `leastW`. */
    readonly energyJ: Float64Array;
  }[];
}

/**
 * The relaxed costs with all leakage at `temperatureK`, which must not exceed any temperature of the run. Null if an array
 * has more than `most` settings.
 */
export function relaxedRuns(prepared: PreparedPlant, temperatureK: number, most: number): RelaxedRuns | null {
  const { plant, programs } = prepared;
  const { domains, leakage, componentDomain, design, backgroundW } = plant;
  const { slopePerV } = design.leakage;
  const { dram, dramDomain } = design.spec;
  /** Leakage of each domain in W for a volt of `leakageVoltage`; leakage is proportional to it. */
  const leakPerVolt = new Float64Array(domains.length);
  for (const source of leakage) leakPerVolt[componentDomain[source.component]] += leakageW(source, 1, temperatureK);
  const leakW = (d: number, point: number): number =>
    leakPerVolt[d] * leakageVoltage(domains[d].points[point].voltageV, slopePerV);
  const leastOf = domains.map(({ points }, d) => {
    const dieW = leastShare(domains[d]) * Math.min(...points.map((_, point) => leakW(d, point)));
    const backgroundsW = d === dramDomain ? dram.points.map((point) => point.backgroundW) : [0];
    return dieW + leastShare(domains[d]) * Math.min(...backgroundsW);
  });
  const leastW = (dramDomain < 0 ? backgroundW : 0) + leastOf.reduce((sum, powerW) => sum + powerW, 0);
  const drawnW = (d: number, point: number): number =>
    leakW(d, point) + (d === dramDomain ? dram.points[point].backgroundW : 0);
  const owners = domains.map((_, d) => plant.arrayDomains.flatMap((own, a) => (own.includes(d) ? [a] : [])));
  const unusedPerVolt = unusedLeakage(prepared, temperatureK);
  const arrays: RelaxedRuns['arrays'][number][] = [];
  for (const [a, program] of programs.arrays.entries()) {
    const own = domains.flatMap((_, d) => (owners[d].includes(a) ? [d] : []));
    const settings = settingsOf(
      own.map((d) => domains[d]),
      most,
    );
    if (!settings) return null;
    const timingAt = arrayTimings(program, design.spec, a);
    const runs = program.stages.length;
    const timeS = new Float64Array(runs * settings.length);
    const energyJ = new Float64Array(runs * settings.length);
    const [from, to] = [new Float64Array(program.width), new Float64Array(program.width)];
    const point = Int32Array.from(domains, ({ nominal }) => nominal);
    settings.forEach((setting, k) => {
      own.forEach((d, i) => {
        point[d] = setting[i];
      });
      const { stageS, busyStageS } = timingAt(point);
      const voltageV = Float64Array.from(domains, ({ points }, d) => points[point[d]].voltageV);
      // The leakage of a domain that several arrays share counts only as far as `leastW` does.
      const extraW = own.reduce((sum, d) => sum + (owners[d].length === 1 ? drawnW(d, point[d]) - leastOf[d] : 0), 0);
      const peDomain = plant.arrayDomain[a];
      const isOwn = owners[peDomain].length === 1;
      const peV = isOwn ? leakageVoltage(voltageV[peDomain], slopePerV) : 0;
      const clocks = plant.idleClocks.filter(({ array }) => array === a);
      for (let run = 0; run < runs; run++) {
        const { count } = program.stages[run];
        program.columnsAt({ run, done: 0 }, from);
        program.columnsAt({ run: run + 1, done: 0 }, to);
        const lastsS = count * stageS[run];
        let spentJ = (extraW - unusedPerVolt[a][program.stages[run].layer] * peV) * lastsS;
        program.energy.columns.forEach((column, c) => {
          const value = to[program.energyAt + c] - from[program.energyAt + c];
          spentJ += columnJ(column, value, componentDomain, voltageV);
        });
        for (const { domain, farad } of clocks) {
          const waitingS = Math.max(0, lastsS - count * busyStageS[domain][run]);
          spentJ += idleJ(farad, waitingS * domains[domain].points[point[domain]].frequencyHz, voltageV[domain]);
        }
        timeS[run * settings.length + k] = lastsS;
        energyJ[run * settings.length + k] = spentJ;
      }
    });
    arrays.push({ runs, settings: settings.length, timeS, energyJ });
  }
  return { leastW, arrays };
}

/** W per volt of `leakageVoltage` that the PEs save that a layer does not use, by array and layer; 0 if they cannot be off. */
function unusedLeakage({ plant, programs }: PreparedPlant, temperatureK: number): Float64Array[] {
  const { leakageGroups, leakage, domains, design } = plant;
  const layers = programs.schedules.length;
  const { unusedPes } = design.spec;
  const saved = programs.arrays.map(() => new Float64Array(layers));
  if (!unusedPes) return saved;
  const pes = new PoweredPes(unusedPes, plant, programs.usedPes);
  for (let layer = 0; layer < layers; layer++) {
    for (let a = 0; a < saved.length; a++) pes.fit(a, layer);
    leakageGroups.ofSource.forEach((group, s) => {
      const pe = group - domains.length;
      if (pe < 0) return;
      const offW = (1 - pes.powered[pe]) * (1 - unusedPes.leakage) * leakageW(leakage[s], 1, temperatureK);
      saved[leakageGroups.pes[pe].array][layer] += offW;
    });
  }
  return saved;
}

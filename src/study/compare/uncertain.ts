import { quantile } from 'simple-statistics';
import type { Factors, SteadyLoad } from '../../cosim/index.ts';
import { drawsOf } from './draws.ts';
import type { Executor, RowJob } from './jobs.ts';
import type { CompareRequest, OpenCell } from './request.ts';

/** Inferences of the window that each draw runs. */
const WINDOW_INFERENCES = 300;

interface Place {
  readonly cell: OpenCell;
  readonly p: number;
  /** -1 for the inputs as they are. */
  readonly draw: number;
}

/**
 * Runs a window of every row under uncertain inputs, the same draws for all rows of a cell, and notes the quantiles of its
 * energy and how often each row in time takes least.
 */
export async function uncertainRows(
  request: CompareRequest,
  cells: readonly OpenCell[],
  execute: Executor,
): Promise<void> {
  const { uncertain, draws, experiment, policies } = request;
  const jobs: RowJob[] = [];
  const places: Place[] = [];
  for (const cell of cells) {
    const first = cell.rows.find((row) => row.kind === 'row');
    if (!first) continue;
    const all = [{}, ...drawsOf(uncertain, draws, first.cell.seed)];
    // One draw after the other, so that a worker makes few plants.
    for (const [d, factors] of all.entries()) {
      for (const [p, row] of cell.rows.entries()) {
        if (row.kind !== 'row') continue;
        const setting = { experiment, set: cell.set, policy: policies[p], factors };
        const guess = row.load && loadWith(row.load, factors);
        jobs.push({ kind: 'row', ...setting, guess, mostInferences: WINDOW_INFERENCES });
        places.push({ cell, p, draw: d - 1 });
      }
    }
  }
  const outcomes = await execute(jobs, { activity: 'draws', ahead: 0 });
  for (const cell of cells) {
    const energies = cell.rows.map(() => new Float64Array(draws + 1).fill(Number.NaN));
    const isLate = cell.rows.map(() => new Uint8Array(draws + 1));
    places.forEach((place, i) => {
      const outcome = outcomes[i];
      if (place.cell !== cell || outcome.kind !== 'row') return;
      energies[place.p][place.draw + 1] = outcome.energyJ;
      isLate[place.p][place.draw + 1] = (outcome.misses ?? 0) > 0 ? 1 : 0;
    });
    noteBands(cell, energies, isLate, draws);
  }
}

/** The load of a row with other inputs. It is right for a policy that does not react to heat, and near for the others. */
function loadWith(load: SteadyLoad, { energy = 1 }: Factors): SteadyLoad {
  return { ...load, constantW: Array.from(load.constantW, (powerW) => energy * powerW) };
}

function noteBands(
  cell: OpenCell,
  energies: readonly Float64Array[],
  isLate: readonly Uint8Array[],
  draws: number,
): void {
  const wins = firsts(energies, isLate, draws);
  cell.rows.forEach((row, p) => {
    const [nominalJ, ...drawn] = energies[p];
    const ran = drawn.filter((energyJ) => !Number.isNaN(energyJ));
    if (row.kind !== 'row' || Number.isNaN(nominalJ) || ran.length === 0) return;
    // The band of the window, carried over to the whole run.
    const scale = row.energyJ / nominalJ;
    cell.bands.set(p, {
      lowJ: scale * quantile(ran, 0.05),
      highJ: scale * quantile(ran, 0.95),
      firstShare: wins[p] / draws,
    });
  });
}

/** How many draws each row wins: least energy among the rows in time. */
function firsts(energies: readonly Float64Array[], isLate: readonly Uint8Array[], draws: number): number[] {
  const wins = energies.map(() => 0);
  for (let draw = 1; draw <= draws; draw++) {
    let best = -1;
    energies.forEach((column, p) => {
      if (isLate[p][draw] === 1 || Number.isNaN(column[draw])) return;
      if (best < 0 || column[draw] < energies[best][draw]) best = p;
    });
    if (best >= 0) wins[best]++;
  }
  return wins;
}

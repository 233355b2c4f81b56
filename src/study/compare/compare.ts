import type { Comparison } from '../../report/compare/index.ts';
import { cellOf } from './cell.ts';
import {
  DRAW_WORK,
  type Executor,
  type Failed,
  FREE_ORACLE_WORK,
  type Job,
  KNOWN_START_WORK,
  ORACLE_WORK,
  type OracleJob,
  type Outcome,
  type RowJob,
  type RowOutcome,
  type Stage,
} from './jobs.ts';
import type { CompareRequest, OpenCell } from './request.ts';
import { combinations } from './sweeps.ts';
import { uncertainRows } from './uncertain.ts';

/**
 * Answers a question. The executor may run jobs in any order and anywhere; the answer does not depend on it. A problem of
 * one row is reported in that row.
 */
export async function compare(request: CompareRequest, execute: Executor): Promise<Comparison> {
  const { sweeps, policies } = request;
  const cells = combinations(sweeps).map(
    (values): OpenCell => ({
      set: [...request.set, ...values.map((value, i) => `${sweeps[i].path}=${value}`)],
      values,
      rows: [],
      reference: -1,
      oracle: null,
      ownOracleJ: new Map(),
      bands: new Map(),
    }),
  );
  await (request.start === 'own' ? ownStarts(request, cells, execute) : sharedStarts(request, cells, execute));
  await sameWindows(request, cells, execute);
  await oracles(request, cells, execute);
  if (request.uncertain.length > 0) await uncertainRows(request, cells, execute);
  const finished = cells.map((cell) => cellOf(request, cell));
  const facts = cells.flatMap(({ rows }) => rows).find((row) => row.kind === 'row')?.cell;
  return {
    experiment: facts?.experiment ?? request.experiment,
    description: facts?.description ?? '',
    policies,
    sweeps: sweeps.map(({ path }) => path),
    cells: finished,
  };
}

/** A job and what to do with its outcome. */
interface Task {
  readonly job: Job;
  readonly take: (outcome: Outcome) => void;
}

async function perform(tasks: readonly Task[], execute: Executor, stage: Stage): Promise<void> {
  const outcomes = await execute(
    tasks.map(({ job }) => job),
    stage,
  );
  tasks.forEach(({ take }, i) => {
    take(outcomes[i]);
  });
}

function rowTask(request: CompareRequest, cell: OpenCell, p: number, more: Partial<RowJob> = {}): Task {
  const { experiment, policies, checkEpoch } = request;
  return {
    job: { kind: 'row', experiment, set: cell.set, policy: policies[p], checkEpoch, ...more },
    take: (outcome) => {
      cell.rows[p] = rowFrom(outcome);
    },
  };
}

/** An outcome of a row job. */
function rowFrom(outcome: Outcome): RowOutcome | Failed {
  if (outcome.kind === 'oracle') throw new Error('an oracle is no row');
  return outcome;
}

async function ownStarts(request: CompareRequest, cells: readonly OpenCell[], execute: Executor): Promise<void> {
  const all = request.policies.map((_, p) => p);
  await perform(
    cells.flatMap((cell) => all.map((p) => rowTask(request, cell, p))),
    execute,
    { activity: 'policies', ahead: workAfterRows(request, cells) },
  );
  for (const cell of cells) cell.reference = cell.rows.findIndex(({ kind }) => kind === 'row');
}

/** The first policy that runs finds the start; the others take it. */
async function sharedStarts(request: CompareRequest, cells: readonly OpenCell[], execute: Executor): Promise<void> {
  for (let p = 0; p < request.policies.length; p++) {
    const open = cells.filter(({ reference }) => reference < 0);
    const restWork = open.length * (request.policies.length - p - 1) * KNOWN_START_WORK;
    await perform(
      open.map((cell) => rowTask(request, cell, p)),
      execute,
      { activity: 'starts', ahead: restWork + workAfterRows(request, cells) },
    );
    for (const cell of open) if (cell.rows[p].kind === 'row') cell.reference = p;
  }
  const rest = cells.flatMap((cell) => {
    const reference = cell.rows[cell.reference];
    if (reference?.kind !== 'row') return [];
    const later = request.policies.flatMap((_, p) => (p > cell.reference ? [p] : []));
    return later.map((p) => rowTask(request, cell, p, { startW: reference.startW }));
  });
  await perform(rest, execute, { activity: 'policies', ahead: workAfterRows(request, cells) });
}

/** Without a deadline, the slowest row sets the window: the others go on without work until then. */
async function sameWindows(request: CompareRequest, cells: readonly OpenCell[], execute: Executor): Promise<void> {
  const tasks = cells.flatMap((cell) => {
    const ran = cell.rows.filter((row) => row.kind === 'row');
    if (ran.every(({ cell: { windowS } }) => windowS !== null)) return [];
    const windowS = windowOf(cell);
    return cell.rows.flatMap((row, p) => {
      if (row.kind !== 'row' || row.simulatedS >= windowS) return [];
      const task = rowTask(request, cell, p, { startW: row.startW, windowS, checkEpoch: false });
      const take = (outcome: Outcome): void => {
        const again = rowFrom(outcome);
        cell.rows[p] =
          again.kind === 'row'
            ? { ...again, start: row.start, epochChange: row.epochChange, epochRefusal: row.epochRefusal }
            : again;
      };
      return [{ ...task, take }];
    });
  });
  await perform(tasks, execute, { activity: 'policies in one window', ahead: workAfterRows(request, cells) });
}

/** The oracles of all rows and, if inputs are uncertain, the draws. */
function workAfterRows(request: CompareRequest, cells: readonly OpenCell[]): number {
  const oraclesOfCell = ORACLE_WORK + (request.policies.length - 1) * FREE_ORACLE_WORK;
  return cells.length * oraclesOfCell + drawsWork(request, cells);
}

function drawsWork({ uncertain, draws, policies }: CompareRequest, cells: readonly OpenCell[]): number {
  return uncertain.length === 0 ? 0 : cells.length * (draws + 1) * policies.length * DRAW_WORK;
}

/** The longest run of a cell, s. */
function windowOf({ rows }: OpenCell): number {
  return Math.max(...rows.flatMap((row) => (row.kind === 'row' ? [row.cell.windowS ?? row.simulatedS] : [])));
}

async function oracles(request: CompareRequest, cells: readonly OpenCell[], execute: Executor): Promise<void> {
  const { experiment, policies } = request;
  const tasks = cells.flatMap((cell): Task[] => {
    const reference = cell.rows[cell.reference];
    if (reference?.kind !== 'row') return [];
    const jobOf = ({ temperatureK }: RowOutcome): OracleJob => ({
      kind: 'oracle',
      experiment,
      set: cell.set,
      policy: policies[cell.reference],
      temperatureK,
      hasOwnStarts: request.start === 'own',
      windowS: windowOf(cell),
    });
    const own = cell.rows.flatMap((row, p): Task[] => {
      if (row.kind !== 'row' || row === reference || row.peakK === null) return [];
      const take = (outcome: Outcome): void => {
        if (outcome.kind === 'oracle' && outcome.free) cell.ownOracleJ.set(p, outcome.free.energyJ);
      };
      return [{ job: { ...jobOf(row), freeOnly: true }, take }];
    });
    const take = (outcome: Outcome): void => {
      if (outcome.kind !== 'row') cell.oracle = outcome;
    };
    return [{ job: jobOf(reference), take }, ...own];
  });
  await perform(tasks, execute, { activity: 'oracles', ahead: drawsWork(request, cells) });
}

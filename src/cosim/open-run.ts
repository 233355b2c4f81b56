import type { Experiment } from './experiment.ts';
import { Loop, type LoopSnapshot } from './loop/loop.ts';
import { runResult } from './outcome.ts';
import { createRun, type Run } from './plant/prepared-run.ts';
import type { RunResult } from './result.ts';
import type { PreparedPlant } from './run.ts';
import { loadOf } from './start/steady-load.ts';

export type { LoopSnapshot } from './loop/loop.ts';

export interface OpenRunOptions {
  /** Block powers in W; the run starts from their steady state. From ambient without them. */
  readonly startW?: Float64Array | null | undefined;
  /** Freezes leakage at these temperatures of the blocks, K. */
  readonly leakageK?: ArrayLike<number> | null | undefined;
}

/**
 * A run that its user advances epoch by epoch, and may write down, take back and fork. Its start is the given one: the experiment's
 * own `start` plays no part.
 */
export class OpenRun {
  private readonly run: Run;
  private readonly options: OpenRunOptions;
  private readonly loop: Loop;

  constructor(run: Run, options: OpenRunOptions) {
    this.run = run;
    this.options = options;
    this.loop = new Loop(run, { startW: options.startW ?? null, leakageK: options.leakageK });
  }

  /** Simulated time, s. */
  get timeS(): number {
    return this.loop.timeS;
  }

  /** Epochs simulated so far. */
  get epochs(): number {
    return this.loop.epochs;
  }

  /** Whether the run is over. */
  get done(): boolean {
    return this.loop.done;
  }

  /** Simulates the next epochs, at most to the end of the run. Errors: those of policies, `thermal-runaway`, `trace-too-long`. */
  advance(epochs = 1): void {
    for (let n = 0; n < epochs && !this.loop.done; n++) this.loop.advance();
  }

  /** The state as plain data, which structured cloning copies. A run that is set to it goes on byte for byte. */
  snapshot(): LoopSnapshot {
    return this.loop.snapshot();
  }

  /** Sets the state of a run of the same scenario on the same plant. */
  restore(snapshot: LoopSnapshot): void {
    this.loop.restore(snapshot);
  }

  /** A second run in the same state. Both go on independently. */
  fork(): OpenRun {
    const fork = new OpenRun(this.run, this.options);
    fork.restore(this.snapshot());
    return fork;
  }

  /** The result so far. The run may go on. */
  result(): RunResult {
    const { startW = null } = this.options;
    const loop = this.fork().loop.result();
    return runResult(this.run, { loop, start: null, startW, load: loadOf(this.run.plant, loop) });
  }
}

/** Opens a scenario on a plant (`runScenario` says which). Errors: those of policies that only the context shows. */
export function openRun(
  { plant, programs }: PreparedPlant,
  experiment: Experiment,
  options: OpenRunOptions = {},
): OpenRun {
  return new OpenRun(createRun(experiment, plant, programs), options);
}

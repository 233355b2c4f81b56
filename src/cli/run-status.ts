import type { SourceText } from '../base/source.ts';

/** Thrown after all outputs are written, where `--fail-on-miss` turns a missed deadline into an exit status. */
export class DeadlineMissed extends Error {
  override readonly name = 'DeadlineMissed';
}

/** Thrown by a command that has to run again in a worker, as it names policies that are programs. */
export class NeedsWorker extends Error {
  override readonly name = 'NeedsWorker';
  readonly modules: readonly SourceText[];

  constructor(modules: readonly SourceText[]) {
    super('has to run in a worker');
    this.modules = modules;
  }
}

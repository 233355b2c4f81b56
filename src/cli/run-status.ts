/** Thrown after all outputs are written, where `--fail-on-miss` turns a missed deadline into an exit status. */
export class DeadlineMissed extends Error {
  override readonly name = 'DeadlineMissed';
}

/** Passes that a search takes on the bundled experiments, as long as its residuals do not tell more. */
const USUAL_PASSES = 3;
/** A residual that hardly falls says nothing about the end: at most this many more passes are promised. */
const MOST_AHEAD = 5;

/** Estimates from the residuals of a search how many more passes it takes. */
export class PassesAhead {
  private readonly toleranceK: number;
  private readonly usual: number;
  private readonly residuals: number[] = [];

  /** `usual` is how many passes such a search takes as a rule. */
  constructor(toleranceK: number, usual = USUAL_PASSES) {
    this.toleranceK = toleranceK;
    this.usual = usual;
  }

  /** Notes the residual of a pass, K; infinite where there is none. */
  note(residualK: number): void {
    this.residuals.push(residualK);
  }

  /** Passes after the one that begins now, if residuals go on falling by the mean factor of all passes. */
  get ahead(): number {
    const { residuals, toleranceK, usual } = this;
    const finite = residuals.filter(Number.isFinite);
    const last = finite.at(-1) ?? Number.POSITIVE_INFINITY;
    const factor = (last / finite[0]) ** (1 / (finite.length - 1));
    if (!(factor > 0 && factor < 1)) return Math.max(0, usual - residuals.length - 1);
    const needed = Math.ceil(Math.log(toleranceK / last) / Math.log(factor) - 1e-9);
    return Math.min(MOST_AHEAD, Math.max(0, needed - 1));
  }
}

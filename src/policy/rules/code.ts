/** A condition as a tree: a comparison by its number, or a combination of conditions. An `all` of nothing always holds. */
export type Tree =
  | number
  | { readonly all: readonly Tree[] }
  | { readonly any: readonly Tree[] }
  | { readonly not: Tree };

/** Tests comparisons by their numbers. */
export interface Tests {
  holds(comparison: number): boolean;
}

/** A place to go on at: a step, or an outcome, which is negative. -2 - n: the n-th condition of a list holds. -1: none does. */
type Place = number;

const NONE: Place = -1;

/**
 * Lists of conditions as flat code: each step is a comparison and the two places to go on at. Every question runs through it, so it lies in
 * three arrays instead of a function for each condition.
 */
export class Code {
  private readonly steps: [comparison: number, yes: Place, no: Place][] = [];
  private comparison = new Int32Array(0);
  private yes = new Int32Array(0);
  private no = new Int32Array(0);

  /** Adds a list of conditions. Returns the place at which it starts. */
  add(conditions: readonly Tree[]): Place {
    return conditions.reduceRight<Place>((next, condition, n) => this.emit(condition, -2 - n, next), NONE);
  }

  /** Ends the adding of lists. Now they can run. */
  pack(): this {
    this.comparison = Int32Array.from(this.steps, ([comparison]) => comparison);
    this.yes = Int32Array.from(this.steps, ([, yes]) => yes);
    this.no = Int32Array.from(this.steps, ([, , no]) => no);
    return this;
  }

  /** The number of the first condition that holds in the list that starts there; -1 if none does. */
  first(start: Place, tests: Tests): number {
    const { comparison, yes, no } = this;
    let at = start;
    while (at >= 0) at = tests.holds(comparison[at]) ? yes[at] : no[at];
    return -2 - at;
  }

  /** Adds a condition, from its end on. Returns the place at which it starts. */
  private emit(tree: Tree, yes: Place, no: Place): Place {
    if (typeof tree === 'number') return this.steps.push([tree, yes, no]) - 1;
    if ('not' in tree) return this.emit(tree.not, no, yes);
    if ('all' in tree) return tree.all.reduceRight<Place>((next, part) => this.emit(part, next, no), yes);
    return tree.any.reduceRight<Place>((next, part) => this.emit(part, yes, next), no);
  }
}

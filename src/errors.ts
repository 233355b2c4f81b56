/**
 * Every way an input can be wrong. The list is closed and each code is explained in docs/formats/errors.md; callers and
 * tests match on the code, never on the prose.
 */
export const ERROR_CODES = [
  'file-not-found',
  'file-unreadable',
  'output-unwritable',
  'yaml-syntax',
  'csv-syntax',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'out-of-range',
  'missing-unit',
  'wrong-unit',
  'unknown-name',
  'duplicate-name',
  'filter-larger-than-ifmap',
  'empty-workload',
  'operating-points-not-monotone',
  'unknown-operating-point',
  'scratchpad-too-small',
  'component-unbound',
  'component-without-domain',
  'expression-syntax',
  'expression-unknown-name',
  'expression-cycle',
  'expression-not-a-number',
  'compound-cycle',
  'attribute-missing',
  'action-unknown',
  'argument-out-of-range',
  'no-estimator',
  'table-invalid',
  'override-invalid',
  'expression-not-linear',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A place in an input text. Lines and columns count from 1; `length` is the number of characters to underline. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The whole source line, without its line end. */
  readonly lineText: string;
}

/** One thing that is wrong with an input, with all a reader needs to mend it. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly message: string;
  readonly span?: Span | undefined;
  /** What was expected instead, as a noun phrase ("a frequency such as 800MHz"). */
  readonly expected?: string | undefined;
  /** The nearest valid name. */
  readonly suggestion?: string | undefined;
}

/** Thrown for wrong input; carries every problem found, in source order. Anything else thrown is a defect of ours. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n\n'));
    this.diagnostics = diagnostics;
  }
}

/** Throws one diagnostic. */
export function fail(
  code: ErrorCode,
  message: string,
  more: { span?: Span | undefined; expected?: string | undefined; suggestion?: string | undefined } = {},
): never {
  throw new InputError([{ code, message, ...more }]);
}

/**
 * The diagnostic as text: code and message, file:line:column, the source line with carets, what was expected, the
 * nearest valid name.
 */
export function formatDiagnostic(d: Diagnostic): string {
  const lines = [`error[${d.code}]: ${d.message}`];
  const { span } = d;
  if (span) {
    const gutter = ' '.repeat(String(span.line).length);
    const indent = span.lineText.slice(0, span.column - 1).replace(/[^\t]/g, ' ');
    lines.push(`${gutter}--> ${span.file}:${span.line}:${span.column}`);
    lines.push(`${gutter} |`, `${span.line} | ${span.lineText}`);
    lines.push(`${gutter} | ${indent}${'^'.repeat(Math.max(1, span.length))}`);
  }
  const gutter = span ? ' '.repeat(String(span.line).length) : ' ';
  if (d.expected !== undefined) lines.push(`${gutter} = expected ${d.expected}`);
  if (d.suggestion !== undefined) lines.push(`${gutter} = did you mean "${d.suggestion}"?`);
  return lines.join('\n');
}

/** The candidate nearest to `name` by edit distance, if it is near enough to be a likely slip. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance (insert, delete, substitute, swap neighbours). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

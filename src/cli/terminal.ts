import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, workerData } from 'node:worker_threads';
import { printable, printableJson } from '../base/printable.ts';

/**
 * Prints text on a terminal; all terminal output goes through this file. Names of layers, files and runs can contain
 * anything, so every character that a terminal would act on becomes a mark.
 */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** The terminals of a program by stream: their columns. A worker gets them with its data, since its own streams are pipes. */
export type Terminals = Readonly<Partial<Record<'stdout' | 'stderr', number>>>;

export function terminals(): Terminals {
  if (!isMainThread) return (Object(workerData) as { readonly terminals?: Terminals }).terminals ?? {};
  const { stdout, stderr } = process;
  return {
    ...(stdout.isTTY && { stdout: stdout.columns || PAGE_COLUMNS }),
    ...(stderr.isTTY && { stderr: stderr.columns || PAGE_COLUMNS }),
  };
}

/** Writes on standard error at once, from a worker too, whose stream would wait for the end of its work. */
export function writeNow(text: string): void {
  if (isMainThread) process.stderr.write(text);
  else writeSync(process.stderr.fd, text);
}

/** Columns of a file or a pipe: what fits on a page or in a split window. */
const PAGE_COLUMNS = 100;

/** The columns that a table may take: those of the terminal; else the variable COLUMNS, and without it 100. */
export function tableWidth(): number {
  const given = Number(process.env.COLUMNS);
  return terminals().stdout ?? (Number.isInteger(given) && given > 0 ? given : PAGE_COLUMNS);
}

/** The words of a verdict and its colour: green for a limit that is kept, red for one that is not, yellow for doubt. */
const COLOURS = [
  [/\b(met|kept)\b/g, 32],
  [/\b(missed by \d+ of \d+|exceeded for [\d.]+ \w+)/g, 31],
  [/NOT CONVERGED/g, 33],
] as const;

/** Prints the text of a run; on a terminal its verdict has colours, unless NO_COLOR is set (no-color.org). */
export function printVerdict(text: string): void {
  if (terminals().stdout === undefined || process.env.NO_COLOR) {
    print(text);
    return;
  }
  const lines = printable(text).split('\n');
  const coloured = lines.map((line) => (/^(deadline|temperature|start) {2}/.test(line) ? withColours(line) : line));
  process.stdout.write(coloured.join('\n'));
}

function withColours(line: string): string {
  return COLOURS.reduce((text, [pattern, colour]) => text.replace(pattern, `\x1b[${colour}m$&\x1b[0m`), line);
}

/** The last line of a command that wrote a report among other files: it names the file to open. */
export function wroteText(folder: string): string {
  return `Wrote ${folder.replace(/\/*$/, '/')}; open ${join(folder, 'report.html')}\n`;
}

/** Prints a JSON document on standard output. Its values stay the same. */
export function printJson(json: string): void {
  process.stdout.write(printableJson(json));
}

/** Prints errors, warnings and remarks on standard error. */
export function complain(text: string): void {
  process.stderr.write(printable(text));
}

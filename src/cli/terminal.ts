import { printable, printableJson } from '../base/printable.ts';

/**
 * The one place where text meets a terminal. Names of layers, files and runs are whatever somebody wrote: what a terminal would
 * act on is shown as a mark.
 */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** A JSON document on standard output, with the same values. */
export function printJson(json: string): void {
  process.stdout.write(printableJson(json));
}

/** Errors, warnings and remarks, on standard error. */
export function complain(text: string): void {
  process.stderr.write(printable(text));
}

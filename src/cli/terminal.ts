import { printable, printableJson } from '../base/printable.ts';

/**
 * Prints text on a terminal; all terminal output goes through this file. Names of layers, files and runs can contain
 * anything, so every character that a terminal would act on becomes a mark.
 */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** Prints a JSON document on standard output. Its values stay the same. */
export function printJson(json: string): void {
  process.stdout.write(printableJson(json));
}

/** Prints errors, warnings and remarks on standard error. */
export function complain(text: string): void {
  process.stderr.write(printable(text));
}

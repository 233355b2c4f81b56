import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../errors.ts';

/**
 * Writes files into a folder, which is made if needed. Every file is written in full under a temporary name before any gets its
 * final one, so a failure leaves nothing half-written. Error: `output-unwritable`.
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const names = Object.keys(files);
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(temporary(name), files[name]);
    for (const name of names) renameSync(temporary(name), join(folder, name));
  } catch (error) {
    for (const name of names) rmSync(temporary(name), { force: true });
    fail('output-unwritable', `cannot write to ${folder}: ${(error as Error).message}`);
  }
}

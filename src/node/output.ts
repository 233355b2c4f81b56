import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../errors.ts';

/**
 * Writes files into a folder, which is made if needed. Every file is written in full under a temporary name before any gets its
 * final one, so a failure leaves nothing half-written. Error: `output-unwritable`.
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const names = Object.keys(files);
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}.tmp`);
  try {
    makeFolder(folder);
    for (const name of names) writeFileSync(temporary(name), files[name]);
    for (const name of names) renameSync(temporary(name), join(folder, name));
  } catch (error) {
    for (const name of names) remove(temporary(name));
    fail('output-unwritable', `cannot write to ${folder}: ${reason(error)}`);
  }
}

/** As `mkdir -p`. One folder at a time, because recursive `mkdirSync` never returns below /proc on Node 20. */
export function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder);
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file in its place';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'no permission' : message;
}

/** Removes what was written, if anything was: the folder itself may be what is wrong. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing can be there.
  }
}

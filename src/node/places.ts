import { accessSync, constants, existsSync, mkdirSync, rmdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Longest file name in bytes on common file systems. */
const LONGEST_NAME = 255;

/**
 * Checks whether a file could be written at `path`, and writes nothing; missing folders count as creatable. Returns the
 * stats of what exists there, if anything. Throws the reason if the file cannot be written.
 */
export function checkPlace(path: string): Stats | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Error('there is a folder in its place');
  checkName(path);
  if (found === undefined || found.isFile()) accessSync(nearestFolder(path), constants.W_OK | constants.X_OK);
  return found;
}

/** The existing folder in which the first missing part of `path` would be made. Throws if a file stands in the way. */
export function nearestFolder(path: string): string {
  const folder = dirname(path);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return folder;
  if (found) throw new Error('there is a file in its place');
  checkName(folder);
  return nearestFolder(folder);
}

function checkName(path: string): void {
  if (Buffer.byteLength(basename(path)) > LONGEST_NAME) throw new Error('the name is too long');
}

/** One identity for a regular file, however its path is written; undefined for anything else, such as /dev/null. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found?.isFile() ? `${found.dev}:${found.ino}` : undefined;
}

/**
 * Works as `mkdir -p`; appends the folders it made to `made`. It makes one folder at a time, because recursive
 * `mkdirSync` never returns below /proc on Node 20.
 */
export function makeFolder(folder: string, made: string[] = []): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, made);
  mkdirSync(folder);
  made.push(folder);
}

/** Why a path cannot be written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file in its place';
  if (code === 'ENAMETOOLONG') return 'the name is too long';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'no permission' : message;
}

/** Removes a folder that Isotherm made, unless another program has put something into it. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The folder is in use.
  }
}

/** Removes a file if it exists. The folder itself may be the problem. */
export function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing can exist there.
  }
}

import { accessSync, constants, existsSync, mkdirSync, rmdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Bytes of a file's name on the file systems in use. */
const LONGEST_NAME = 255;

/**
 * Sees whether a file could be written at `path`, without writing anything; folders that are not there would be made. Returns what
 * is there now. Throws what is wrong.
 */
export function checkPlace(path: string): Stats | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Error('there is a folder in its place');
  checkName(path);
  if (found === undefined || found.isFile()) accessSync(nearestFolder(path), constants.W_OK | constants.X_OK);
  return found;
}

/** The folder in which the first thing on the way to `path` would be made. Throws if a file stands in the way. */
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

/** One name for a regular file however its path is written; undefined for what is none, such as /dev/null. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found?.isFile() ? `${found.dev}:${found.ino}` : undefined;
}

/**
 * As `mkdir -p`; `made` gets those that there were not. One folder at a time, because recursive `mkdirSync` never returns below
 * /proc on Node 20.
 */
export function makeFolder(folder: string, made: string[] = []): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, made);
  mkdirSync(folder);
  made.push(folder);
}

/** Why a place cannot be written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file in its place';
  if (code === 'ENAMETOOLONG') return 'the name is too long';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'no permission' : message;
}

/** Removes a folder of ours, unless somebody else put something into it. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use.
  }
}

/** Removes what was written, if anything was: the folder itself may be what is wrong. */
export function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing can be there.
  }
}

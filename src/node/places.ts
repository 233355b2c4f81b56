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

/** The codes of the file system in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  EEXIST: 'there is a file in its place',
  ENOTDIR: 'there is a file in its place',
  EISDIR: 'there is a folder in its place',
  ENOENT: 'nothing can be made in that place',
  ENAMETOOLONG: 'the name is too long',
  EINVAL: 'the name is not allowed in that place',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EFBIG: 'it becomes too large for the file system',
  EIO: 'the disk reports an error',
  EBUSY: 'it is in use',
  ELOOP: 'links lead in a circle',
  EMFILE: 'too many files are open',
};

/** Why a path cannot be read or written, in words; without them the code, since Node's own message repeats the path. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : (REASONS[code] ?? code);
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

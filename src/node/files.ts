import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fail, InputError } from '../base/errors.ts';
import { BUNDLED, type Files } from '../base/files.ts';
import { spanOf } from '../base/source.ts';
import { hashBytes } from './hash.ts';

/** The root of the package, where the bundled folders are; the same seen from src/node and dist/node. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files of the file system, relative paths seen from the working directory. */
export const nodeFiles: Files = {
  read(path) {
    const bytes = bytesOf(path, true);
    return bytes && decode(path, bytes);
  },
  readBytes: (path) => bytesOf(path),
  list(folder) {
    const place = onDisk(folder);
    return existsSync(place) && statSync(place).isDirectory() ? readdirSync(place).sort() : [];
  },
};

/** The bytes of a file, or undefined if there is none. Error: `file-unreadable`. */
function bytesOf(path: string, isText = false): Buffer | undefined {
  const place = onDisk(path);
  if (!existsSync(place)) return undefined;
  try {
    const bytes = readBounded(path, place, isText);
    refuseLfsPointer(path, bytes);
    return bytes;
  } catch (error) {
    if (error instanceof InputError) throw error;
    // Node's own message would say where the package is installed.
    const { code } = error as NodeJS.ErrnoException;
    return fail(
      'file-unreadable',
      code === 'EISDIR' ? `${path} is a folder, not a file` : `cannot read ${path}: ${code}`,
    );
  }
}

/** Bytes of one file. No trace comes near, and a device such as /dev/zero never ends. */
const MOST_BYTES = 2 ** 29;

/** The whole file, part by part; of a text nothing beyond the first part with a zero byte. Error: `file-unreadable` for more than 512 MiB. */
function readBounded(path: string, place: string, isText: boolean): Buffer {
  const descriptor = openSync(place, 'r');
  try {
    const parts: Buffer[] = [];
    for (let size = 0; ; ) {
      const part = Buffer.allocUnsafe(Math.max(PART_BYTES, size));
      const got = readSync(descriptor, part, 0, part.length, null);
      size += got;
      if (got > 0) parts.push(part.subarray(0, got));
      if (got === 0 || (isText && parts.at(-1)?.includes(0))) return Buffer.concat(parts);
      if (size > MOST_BYTES) {
        fail('file-unreadable', `${path} has more than 512 MiB`, {
          expected: 'a file of a size that fits into memory',
        });
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

const PART_BYTES = 2 ** 16;

/** What stands in a checkout for a large file that `git lfs` has not fetched. Error: `file-unreadable`. */
function refuseLfsPointer(path: string, bytes: Buffer): void {
  if (!bytes.subarray(0, LFS.length).equals(LFS)) return;
  fail('file-unreadable', `${path} is a Git LFS pointer, not the file it stands for`, {
    span: spanOf({ file: path, text: bytes.toString('utf8', 0, 1000) }, 0, LFS.length),
    expected: 'the file itself: run "git lfs pull" where it comes from',
  });
}

const LFS = Buffer.from('version https://git-lfs.github.com/spec/v1');

/** The text of a file. Error: `file-unreadable`, at the first byte that no text has. */
function decode(path: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // A zero byte is valid UTF-8, but means UTF-16 or no text at all.
  if (isUtf8(bytes) && !text.includes('\0')) return text;
  const at = Math.max(0, text.search(/[\0\ufffd]/u));
  fail('file-unreadable', `${path} is not a text file in UTF-8`, {
    span: spanOf({ file: path, text }, at, at + 1),
    expected: 'a text file',
  });
}

/** The same files, remembering what was read, by path: all that a result depends on. Of bytes it is their hash. */
export function recordingFiles(files: Files, read: Map<string, string>): Files {
  return {
    list: (folder) => files.list(folder),
    read(path) {
      const text = files.read(path);
      if (text !== undefined) read.set(path, text);
      return text;
    },
    readBytes(path) {
      const bytes = files.readBytes?.(path);
      if (bytes) read.set(path, hashBytes(bytes));
      return bytes;
    },
  };
}

function onDisk(path: string): string {
  return path.startsWith(BUNDLED) ? PACKAGE_ROOT + path.slice(BUNDLED.length) : path;
}

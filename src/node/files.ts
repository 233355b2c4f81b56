import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fail, InputError } from '../base/errors.ts';
import { BUNDLED, type Files } from '../base/files.ts';
import { spanOf } from '../base/source.ts';
import { hashBytes } from './hash.ts';
import { reasonOf } from './places.ts';

/** The root of the package with the bundled folders. The relative path is the same from src/node and dist/node. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Reads the file system; relative paths start at the working directory. */
export const nodeFiles: Files = {
  read(path) {
    const bytes = bytesOf(path, true);
    return bytes && decode(path, bytes);
  },
  readBytes: (path) => bytesOf(path),
  readPieces: (path) => (existsSync(onDisk(path)) ? piecesOf(path) : undefined),
  list(folder) {
    const place = onDisk(folder);
    return existsSync(place) && statSync(place).isDirectory() ? readdirSync(place).sort() : [];
  },
  linked(path) {
    const place = onDisk(path);
    return existsSync(place) ? reading(path, () => realpathSync(place).replaceAll('\\', '/')) : undefined;
  },
};

/** The bytes of a file, or undefined if there is none. Error: `file-unreadable`. */
function bytesOf(path: string, isText = false): Buffer | undefined {
  const place = onDisk(path);
  if (!existsSync(place)) return undefined;
  return reading(path, () => {
    const bytes = readBounded(path, place, isText);
    refuseLfsPointer(path, bytes);
    return bytes;
  });
}

/** Does something with the file at `path`. Error: `file-unreadable` for any of the file system. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    // Node's own message would show where the package is installed.
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? `${path} is not a text file in UTF-8` : undefined;
    return fail(
      'file-unreadable',
      reason ?? (code === 'EISDIR' ? `${path} is a folder, not a file` : `cannot read ${path}: ${reasonOf(error)}`),
    );
  }
}

/** The text of a file, which is read as the pieces are taken. Error: `file-unreadable`. */
function* piecesOf(path: string): Generator<string> {
  const descriptor = reading(path, () => openSync(onDisk(path), 'r'));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const bytes = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    for (let got = -1; got !== 0; ) {
      got = reading(path, () => readSync(descriptor, bytes, 0, bytes.length, null));
      yield reading(path, () => decoder.decode(bytes.subarray(0, got), { stream: got > 0 }));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Larger pieces take longer: each becomes strings with places of their own in memory. */
const PIECE_BYTES = 2 ** 16;

/** Most bytes of one file. No trace comes near it, and a device such as /dev/zero never ends. */
const MOST_BYTES = 2 ** 29;

/**
 * The whole file, read part by part. A text is read no further than the first part with a zero byte. Error:
 * `file-unreadable` for more than 512 MiB.
 */
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

/** Refuses the pointer file that a checkout holds for a large file until `git lfs` fetches it. Error: `file-unreadable`. */
function refuseLfsPointer(path: string, bytes: Buffer): void {
  if (!bytes.subarray(0, LFS.length).equals(LFS)) return;
  fail('file-unreadable', `${path} is a Git LFS pointer, not the file it stands for`, {
    span: spanOf({ file: path, text: bytes.toString('utf8', 0, 1000) }, 0, LFS.length),
    expected: 'the file itself: run "git lfs pull" where it comes from',
  });
}

const LFS = Buffer.from('version https://git-lfs.github.com/spec/v1');

/** The text of a file. Error: `file-unreadable`, at the first byte that cannot be text. */
function decode(path: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // A zero byte is valid UTF-8, but shows that the file is UTF-16 or no text at all.
  if (isUtf8(bytes) && !text.includes('\0')) return text;
  const at = Math.max(0, text.search(/[\0\ufffd]/u));
  fail('file-unreadable', `${path} is not a text file in UTF-8`, {
    span: spanOf({ file: path, text }, at, at + 1),
    expected: 'a text file',
  });
}

/**
 * Wraps `files` so that `read` collects the path and text of every file read, on which a result depends. For binary
 * files it holds the hash.
 */
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
    linked: (path) => files.linked?.(path),
  };
}

/** Reads the file system for one command and collects the paths it has read so far. */
export function notingFiles(): { readonly files: Files; readonly placesRead: ReadonlySet<string> } {
  const placesRead = new Set<string>();
  const noted = <T>(path: string, content: T): T => {
    if (content !== undefined) placesRead.add(onDisk(path));
    return content;
  };
  const files: Files = {
    list: nodeFiles.list,
    read: (path) => noted(path, nodeFiles.read(path)),
    readBytes: (path) => noted(path, bytesOf(path)),
    readPieces: (path) => noted(path, nodeFiles.readPieces?.(path)),
    linked: nodeFiles.linked,
  };
  return { files, placesRead };
}

function onDisk(path: string): string {
  return path.startsWith(BUNDLED) ? PACKAGE_ROOT + path.slice(BUNDLED.length) : path;
}

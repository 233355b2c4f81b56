import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fail } from '../base/errors.ts';
import { BUNDLED, type Files } from '../base/files.ts';
import { spanOf } from '../base/source.ts';
import { hashBytes } from './hash.ts';

/** The root of the package, where the bundled folders are; the same seen from src/node and dist/node. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files of the file system, relative paths seen from the working directory. */
export const nodeFiles: Files = {
  read(path) {
    const bytes = bytesOf(path);
    return bytes && decode(path, bytes);
  },
  readBytes: bytesOf,
  list(folder) {
    const place = onDisk(folder);
    return existsSync(place) && statSync(place).isDirectory() ? readdirSync(place).sort() : [];
  },
};

/** The bytes of a file, or undefined if there is none. Error: `file-unreadable`. */
function bytesOf(path: string): Buffer | undefined {
  const place = onDisk(path);
  if (!existsSync(place)) return undefined;
  try {
    return readFileSync(place);
  } catch (error) {
    // Node's own message would say where the package is installed.
    const { code } = error as NodeJS.ErrnoException;
    return fail(
      'file-unreadable',
      code === 'EISDIR' ? `${path} is a folder, not a file` : `cannot read ${path}: ${code}`,
    );
  }
}

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

/** Files of the file system for one command, with what it has read of them so far. */
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
  };
  return { files, placesRead };
}

function onDisk(path: string): string {
  return path.startsWith(BUNDLED) ? PACKAGE_ROOT + path.slice(BUNDLED.length) : path;
}

import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BUNDLED, type Files } from '../config/files.ts';
import { spanOf } from '../config/source.ts';
import { fail } from '../errors.ts';

/** The root of the package, where the bundled folders are; the same seen from src/node and dist/node. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files of the file system, relative paths seen from the working directory. */
export const nodeFiles: Files = {
  read(path) {
    const place = onDisk(path);
    if (!existsSync(place)) return undefined;
    let bytes: Buffer;
    try {
      bytes = readFileSync(place);
    } catch (error) {
      // Node's own message would say where the package is installed.
      const { code } = error as NodeJS.ErrnoException;
      fail('file-unreadable', code === 'EISDIR' ? `${path} is a folder, not a file` : `cannot read ${path}: ${code}`);
    }
    return decode(path, bytes);
  },
  list(folder) {
    const place = onDisk(folder);
    return existsSync(place) && statSync(place).isDirectory() ? readdirSync(place).sort() : [];
  },
};

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

/** The same files, remembering what was read, by path: all that a result depends on. */
export function recordingFiles(files: Files, read: Map<string, string>): Files {
  return {
    list: (folder) => files.list(folder),
    read(path) {
      const text = files.read(path);
      if (text !== undefined) read.set(path, text);
      return text;
    },
  };
}

function onDisk(path: string): string {
  return path.startsWith(BUNDLED) ? PACKAGE_ROOT + path.slice(BUNDLED.length) : path;
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BUNDLED, type Files } from '../config/files.ts';
import { fail } from '../errors.ts';

/** The root of the package, where the bundled folders are; the same seen from src/node and dist/node. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files of the file system, relative paths seen from the working directory. */
export const nodeFiles: Files = {
  read(path) {
    const place = onDisk(path);
    if (!existsSync(place) || statSync(place).isDirectory()) return undefined;
    try {
      return readFileSync(place, 'utf8');
    } catch (error) {
      fail('file-unreadable', `cannot read ${path}: ${(error as Error).message}`);
    }
  },
  list(folder) {
    const place = onDisk(folder);
    return existsSync(place) && statSync(place).isDirectory() ? readdirSync(place).sort() : [];
  },
};

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

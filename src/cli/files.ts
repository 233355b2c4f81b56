import type { Files } from '../base/files.ts';
import { fileCache, interruptible, notingFiles, type OutputFiles, outputFiles, waitingCache } from '../node/index.ts';
import type { ResultCache } from '../thermal/index.ts';

/** What a command has of the file system. */
export interface CommandFiles {
  readonly files: Files;
  /** None of them takes the place of a file that was read. */
  readonly output: OutputFiles;
  readonly cache: ResultCache;
}

/** Runs a command that writes; however it ends, nothing half-made is left. */
export async function withFiles(command: (given: CommandFiles) => Promise<void>): Promise<void> {
  const { files, placesRead } = notingFiles();
  const output = outputFiles(() => placesRead);
  const cache = waitingCache(fileCache());
  try {
    await command({ files, output, cache });
  } finally {
    output.discard();
    await interruptible(cache.write(), () => {});
  }
}

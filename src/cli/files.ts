import type { Files } from '../base/files.ts';
import { fileCache, interruptible, notingFiles, type OutputFiles, outputFiles, waitingCache } from '../node/index.ts';
import type { ResultCache } from '../thermal/index.ts';

/** The file system as a command sees it. */
export interface CommandFiles {
  readonly files: Files;
  /** Output files. None of them overwrites a file that was read. */
  readonly output: OutputFiles;
  readonly cache: ResultCache;
}

/** Runs a command that writes files. However it ends, no half-written file remains. */
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

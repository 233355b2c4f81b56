export { fileCache } from './cache.ts';
export { nodeFiles, recordingFiles } from './files.ts';
export { hashTexts } from './hash.ts';
export { type OutputFiles, outputFiles, writeFiles } from './output.ts';

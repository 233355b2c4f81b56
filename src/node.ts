/** `isotherm/node`: the parts that need a file system. */
export { nodeFiles, recordingFiles } from './node/files.ts';
export { hashTexts } from './node/hash.ts';
export { writeFiles } from './node/output.ts';

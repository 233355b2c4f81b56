export { fileCache, waitingCache } from './cache.ts';
export { nodeFiles, notingFiles, recordingFiles } from './files.ts';
export { hashTexts } from './hash.ts';
export { interruptible, stoppable } from './interrupt.ts';
export { loadPolicyModule } from './modules.ts';
export { appendAll, type OutputFiles, outputFiles, writeFiles } from './output.ts';
export { reasonOf } from './places.ts';
export { svgPainter } from './png.ts';
export { type Assignment, type Pool, type Report, workerPool } from './pool.ts';

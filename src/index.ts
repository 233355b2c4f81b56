/**
 * `isotherm`: the library, without files, clocks or processes, so that it runs in a browser. Each stage is usable alone;
 * docs/guide/library.md has an example of each.
 */
export * from './activity/index.ts';
export * from './config/index.ts';
export * from './cosim/index.ts';
export * from './energy/index.ts';
export { type Diagnostic, ERROR_CODES, type ErrorCode, formatDiagnostic, InputError, type Span } from './errors.ts';
export * from './policy/index.ts';
export * from './power/index.ts';
export * from './report/index.ts';
export * from './scalesim/index.ts';
export * from './systolic/index.ts';
export * from './thermal/index.ts';
export { type Dimension, parseQuantity } from './units.ts';
export * from './workload/index.ts';

export { rowsOf } from './actions.ts';
export { buildErt, type WantedAction } from './build.ts';
export { type ClassBook, definer } from './parts.ts';

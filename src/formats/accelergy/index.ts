export type {
  ArchitectureComponent,
  ArchitectureContainer,
  CompoundAction,
  CompoundClass,
  Scalar,
  Scalars,
  SubAction,
  Subcomponent,
} from './read.ts';
export { type AccelergyFile, classesByName, readAccelergy } from './read.ts';
export {
  checkKeys,
  isEmpty,
  kindOf,
  listUnder,
  mapOf,
  mapUnder,
  nameUnder,
  type Slips,
} from './shape.ts';
export { readArtTables, readErtTables, type WrittenRow, type WrittenTable } from './tables.ts';
export { type WrittenComponent, type WrittenCounts, writeActionCounts, writeArchitecture } from './writer.ts';

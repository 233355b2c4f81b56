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
export { type WrittenComponent, type WrittenCounts, writeActionCounts, writeArchitecture } from './writer.ts';

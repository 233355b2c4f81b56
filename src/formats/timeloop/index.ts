export { freeConstraints } from './constraints.ts';
export type { FanOut, Names } from './directives.ts';
export { isMapText, readMapText } from './map-text.ts';
export { coverage } from './mapping.ts';
export { firstLine, readTimeloop, type TimeloopInput } from './read.ts';
export { type OperationRoles, type Role, rolesOf } from './roles.ts';
export type * from './types.ts';
export { writeMappingText, writeMappingYaml } from './write.ts';

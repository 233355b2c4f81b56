export {
  type Attribute,
  type Attributes,
  attributeOf,
  attributesOf,
  BARE,
  given,
  NO_ATTRIBUTES,
  type Plain,
  plainText,
} from './attributes.ts';
export { type ActionCall, type ClassAction, type ClassPart, type CompoundClass, readClasses } from './classes.ts';
export { type AccelergyParts, ignoredBecause, insteadOfTag, ROLES, type Role, readParts } from './roles.ts';
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
export {
  type WrittenComponent,
  type WrittenCounts,
  type WrittenEnergies,
  writeActionCounts,
  writeArchitecture,
  writeErt,
} from './writer.ts';

export { flattenTree, othersOf, requiredActionsOf, scalesOf } from './architecture.ts';
export { blockInAnyOrder, blockOf } from './blocks.ts';
export { type Component, fullName, placed } from './component.ts';
export { baseName, countOf, isWithin } from './names.ts';
export { PROPAGATED, withRequired } from './required.ts';
export { ACCELERGY_PEERS, type AccelergyPeer, checked, type Rules, rulesOf } from './rules.ts';
export { Layers, numberOf, valuesOf } from './values.ts';

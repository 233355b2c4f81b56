import type { ThermalStack } from '../network/stack.ts';
import type { NetworkRules } from './rules.ts';

/** How temperatures are computed: in lateral modes that are exact through every layer, or on a network of nodes. */
export type Formulation = 'modes' | 'network';

/** The formulation of a stack on a grid. HotSpot's rules, and layers with materials by cell, need the network. */
export function formulationOf({ name }: NetworkRules, { layers }: ThermalStack): Formulation {
  return name === 'physical' && layers.every(({ bySite }) => !bySite) ? 'modes' : 'network';
}

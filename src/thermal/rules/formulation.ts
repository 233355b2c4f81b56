import type { ThermalStack } from '../network/stack.ts';
import type { NetworkRules } from './rules.ts';

/** How temperatures are computed: in lateral modes that are exact through every layer, or on a network of nodes. */
export type Formulation = 'modes' | 'network';

/** What the physics of homogeneous layers on a grid is solved with. */
const OF_PHYSICS: Formulation = 'modes';

/** The formulation of a stack on a grid. Layers with materials by cell have no lateral modes of their own. */
export function formulationOf({ name }: NetworkRules, { layers }: ThermalStack): Formulation {
  return name === 'physical' && layers.every(({ bySite }) => !bySite) ? OF_PHYSICS : 'network';
}

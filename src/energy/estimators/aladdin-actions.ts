import { nearestName } from '../../base/errors.ts';
import { refuse } from './attributes.ts';
import type { ActionQuery } from './estimator.ts';

/** The actions of each class. The plug-in takes any name for an access. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  regfile: ['read', 'write', 'update', 'access'],
  SRAM: ['read', 'write', 'update', 'access'],
  counter: ['count', 'access'],
  comparator: ['compare', 'access'],
  crossbar: ['transfer_random', 'transfer_repeated', 'transfer', 'access'],
  wire: ['transfer_random', 'transfer_repeated', 'transfer'],
  FIFO: ['push', 'pop', 'read', 'write', 'access'],
  bitwise: ['process', 'access'],
  intadder: ['add', 'access'],
  intmultiplier: ['mult_random', 'mult_reused', 'mult_gated', 'access'],
  intmac: ['mac_random', 'mac_reused', 'mac_gated', 'access'],
  fpadder: ['add', 'access'],
  fpmultiplier: ['mult_random', 'mult_reused', 'mult_gated', 'access'],
  fpmac: ['mac_random', 'mac_reused', 'mac_gated', 'access'],
  reg: ['access', 'read', 'write', 'update'],
};

/** The classes of the tables. */
export const CLASSES = Object.keys(ACTIONS);

/** Actions of every class in which it does nothing. */
export const IDLE = ['leak', 'idle'];

/**
 * The remark on an action of another class, which counts as an access; undefined for an own one. Public files count with
 * an intadder and transfer with a comparator. A name that no class has is refused as a slip.
 */
export function foreignAction({ class: cls, action }: ActionQuery): string | undefined {
  const own = [...ACTIONS[cls], ...IDLE];
  if (own.includes(action)) return undefined;
  const all = Object.values(ACTIONS).flat();
  if (all.includes(action)) return `${action} is no action of ${cls}, taken as an access`;
  const nearest = nearestName(action, own) ?? nearestName(action, all);
  return refuse(
    `${cls} has the actions ${own.join(', ')}${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`,
  );
}

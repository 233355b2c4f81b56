import type { WantedAction } from '../../energy/compound/index.ts';
import type { Component, Rules } from '../../energy/input/index.ts';
import { type Attribute, given, NO_ATTRIBUTES } from '../../formats/accelergy/index.ts';
import { oldClass } from './old-classes.ts';

/** Actions of a class for which no component lists any. Storage of Timeloop reads, writes, updates and leaks; units compute. */
const STORAGE = ['read', 'write', 'update', 'leak'];
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  storage: STORAGE,
  smartbuffer: STORAGE,
  buffer: STORAGE,
  buffet: STORAGE,
  smartbuffer_SRAM: STORAGE,
  smartbuffer_sram: STORAGE,
  smartbuffer_RF: STORAGE,
  smartbuffer_regfile: STORAGE,
  smartbuffer_metadata: STORAGE,
  regfile_metadata: STORAGE,
  SRAM_MD: STORAGE,
  SRAM_metadata: STORAGE,
  DRAM_metadata: STORAGE,
  reg_storage: STORAGE,
  Imac: ['compute', 'leak'],
  register_file: STORAGE,
  register: STORAGE,
  mac: ['compute', 'leak'],
  compute: ['compute', 'leak'],
  aladdin_register: STORAGE,
  SRAM: ['read', 'write', 'update', 'leak'],
  sram: ['read', 'write', 'update', 'leak'],
  DRAM: ['read', 'write', 'update', 'leak'],
  dram: ['read', 'write', 'update', 'leak'],
  regfile: ['read', 'write', 'update', 'leak'],
  reg: ['access', 'leak'],
  FIFO: ['push', 'pop', 'leak'],
  intadder: ['add', 'leak'],
  fpadder: ['add', 'leak'],
  intmultiplier: ['mult_random', 'mult_reused', 'mult_gated', 'leak'],
  fpmultiplier: ['mult_random', 'mult_reused', 'mult_gated', 'leak'],
  intmac: ['mac_random', 'mac_reused', 'mac_gated', 'leak'],
  fpmac: ['mac_random', 'mac_reused', 'mac_gated', 'leak'],
  counter: ['count', 'leak'],
  comparator: ['compare', 'leak'],
  crossbar: ['transfer_random', 'transfer_repeated', 'leak'],
  wire: ['transfer_random', 'leak'],
  bitwise: ['process', 'leak'],
  clock_tree: ['tick'],
  mesh_link: ['hop'],
  broadcast: ['send'],
};

/**
 * The actions of each primitive component. In 0.4 a class has the actions that all of its components together require; in
 * 0.3 it has those of its library. Without a peer, a class of 0.4 without any required action has the usual ones.
 */
export function wantedActions(
  components: readonly Component[],
  rules: Rules,
): (component: Component) => readonly WantedAction[] {
  const required = new Map<string, WantedAction[]>();
  for (const { class: cls, requiredActions } of components) {
    const list = required.get(cls) ?? [];
    for (const { name, span } of requiredActions ?? []) {
      if (!list.some((one) => one.name === name)) list.push({ name, arguments: NO_ATTRIBUTES, span });
    }
    required.set(cls, list);
  }
  return (component) => {
    const listed = required.get(component.class) ?? [];
    if (rules.hasOldMeaning && (listed.length === 0 || rules.peer !== undefined)) {
      const old = oldActions(component);
      if (old.length > 0 || rules.peer !== undefined) return old;
    }
    if (rules.peer !== undefined || listed.length > 0 || !Object.hasOwn(DEFAULTS, component.class)) return listed;
    return DEFAULTS[component.class].map((name) => ({ name, arguments: NO_ATTRIBUTES, span: component.classSpan }));
  };
}

function oldActions({ class: cls, attributes, classSpan }: Component): WantedAction[] {
  return (oldClass(cls)?.actions ?? []).flatMap(({ name, ranges }) => {
    let combinations: Map<string, Attribute>[] = [new Map()];
    for (const [argument, last] of ranges) {
      const bound = Number(attributes.get(last)?.value ?? last);
      const values = Array.from({ length: Math.min(1000, bound + 1) }, (_, i) => given(i, classSpan));
      combinations = values.flatMap((value) => combinations.map((row) => new Map([...row, [argument, value]])));
    }
    return combinations.map((args) => ({ name, arguments: args, span: classSpan }));
  });
}

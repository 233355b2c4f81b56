import type { Value } from '../expression/expression.ts';

/** A class as estimators know it, and what that leaves out. */
export interface KnownClass {
  readonly class: string;
  readonly action?: string | undefined;
  readonly assumption?: string | undefined;
}

/** Storage whose kind its class does not say: a register file up to the size at which Aladdin takes an SRAM for one. */
const STORAGE = ['storage', 'smartbuffer', 'buffer', 'buffet', 'smart_storage', 'dummy_storage', 'DummyStorage'];
const REGISTERS = ['smartbuffer_RF', 'smartbuffer_regfile', 'register_file', 'register', 'reg_storage', 'RF'];
const ARRAYS = ['smartbuffer_SRAM', 'smartbuffer_sram', 'smartbuffer_metadata'];
/** Storage of data and of metadata, of which only the data is estimated. */
const WITH_METADATA: Readonly<Record<string, string>> = {
  SRAM_MD: 'SRAM',
  SRAM_metadata: 'SRAM',
  regfile_metadata: 'regfile',
  DRAM_metadata: 'DRAM',
};
const UNITS: Readonly<Record<string, string>> = {
  mac: 'intmac',
  compute: 'intmac',
  MAC: 'intmac',
  dram: 'DRAM',
  sram: 'SRAM',
  FIFO: 'FIFO',
  fifo: 'FIFO',
  adder: 'intadder',
  multiplier: 'intmultiplier',
  Imac: 'intmac',
  IntMAC: 'intmac',
};

/** Actions under the names that Timeloop gives them, by class. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  intmac: { compute: 'mac_random' },
  fpmac: { compute: 'mac_random' },
  intadder: { compute: 'add', read: 'add' },
  intmultiplier: {
    compute: 'mult_random',
    read: 'mult_random',
    multiply: 'mult_random',
    multiply_random: 'mult_random',
    multiply_gated: 'mult_gated',
    multiply_reused: 'mult_reused',
  },
  comparator: { read: 'compare' },
  counter: { read: 'count' },
};

/**
 * The class and action that estimators know for the names that Timeloop's files use without a definition of their own:
 * `smartbuffer_SRAM`, `storage`, `buffet`, `mac` and `compute`.
 */
export function knownClass(
  cls: string,
  action: string | undefined,
  attributes: ReadonlyMap<string, Value>,
): KnownClass {
  const storage = storageOf(cls, attributes);
  const known = storage ?? (Object.hasOwn(UNITS, cls) ? UNITS[cls] : cls);
  const actions = Object.hasOwn(ACTIONS, known) ? ACTIONS[known] : {};
  const named = action !== undefined && Object.hasOwn(actions, action) ? actions[action] : action;
  return {
    class: known,
    action: named,
    assumption: storage && `${cls} is taken as ${known}; address generators and metadata are left out`,
  };
}

function storageOf(cls: string, attributes: ReadonlyMap<string, Value>): string | undefined {
  if (REGISTERS.includes(cls)) return 'regfile';
  if (ARRAYS.includes(cls)) return 'SRAM';
  if (Object.hasOwn(WITH_METADATA, cls)) return WITH_METADATA[cls];
  if (!STORAGE.includes(cls)) return undefined;
  const [depth, width] = [attributes.get('depth'), attributes.get('width')];
  return typeof depth === 'number' && typeof width === 'number' && depth <= 128 && width <= 32 ? 'regfile' : 'SRAM';
}

/**
 * Sizes under the names of older Timeloop files: a row of `block_size` words of `word_bits`, and `entries` words in all.
 */
export function addSizes(attributes: Map<string, Value>): void {
  const number = (...names: readonly string[]): number | undefined => {
    for (const name of names) {
      const value = attributes.get(name);
      if (typeof value === 'number' && value > 0) return value;
    }
    return undefined;
  };
  const wordBits = number('word_bits', 'word-bits', 'datawidth');
  const blockSize = number('block_size', 'block-size', 'n_words') ?? 1;
  const clusterSize = number('cluster_size', 'cluster-size') ?? 1;
  const dataWidth = number('data_storage_width', 'memory_width');
  if (!attributes.has('width') && dataWidth !== undefined) attributes.set('width', dataWidth);
  if (!attributes.has('width') && wordBits !== undefined) attributes.set('width', wordBits * blockSize * clusterSize);
  if (attributes.has('depth')) return;
  const rows = number('data_storage_depth', 'memory_depth') ?? rowsOf(number('entries', 'memory_entries'), blockSize);
  const bytes = number('sizeKB');
  if (rows !== undefined) attributes.set('depth', rows);
  else if (bytes !== undefined && number('width') !== undefined)
    attributes.set('depth', Math.ceil((bytes * 1024 * 8) / number('width')!));
}

function rowsOf(entries: number | undefined, blockSize: number): number | undefined {
  return entries === undefined ? undefined : Math.ceil(entries / blockSize);
}

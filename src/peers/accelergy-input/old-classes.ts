import type { Span } from '../../base/errors.ts';
import { type Attribute, type Attributes, given } from '../../formats/accelergy/index.ts';

/** A primitive class of Accelergy 0.3: its default attributes, and its actions with the ranges of their arguments. */
export interface OldClass {
  readonly defaults: Attributes;
  readonly actions: readonly {
    readonly name: string;
    readonly ranges: readonly (readonly [argument: string, last: string])[];
  }[];
}

const NOWHERE: Span = { file: 'the classes of Accelergy 0.3', line: 1, column: 1, length: 1, lineText: '' };

/** Facts of the libraries that Accelergy 0.3 (da08b20) and its PIM plug-in ship: class, defaults, actions. Ranges start at 0. */
const CLASSES: Readonly<Record<string, readonly [defaults: string, actions: string]>> = {
  eDRAM: ['technology=32nm; width=256; depth=2048; n_rdwr_ports=2; nbanks=1; latency=1ns', 'read write idle'],
  ReRAMcell_storage: ['technology=memristor; cellwidth=2; latency=1ns', 'read write idle'],
  ReRAMcell_compute: ['technology=memristor; cellwidth=2; latency=1ns', 'compute idle'],
  DAC: ['technology=32nm; datawidth=1; latency=1ns; type=R2R', 'convert idle'],
  sample_and_hold: ['technology=32nm; latency=1ns', 'sample_and_hold idle'],
  ADC: ['technology=32nm; datawidth=1; latency=1ns; type=flash', 'convert idle'],
  shift_and_add: ['technology=32nm; datawidth=16; latency=1ns', 'shift_and_add idle'],
  place_holder_storage: ['technology=65nm; type=LPDDR4; width=64', 'read write idle'],
  sense_amplifier: ['technology=65nm; latency=1ns', 'convert'],
  bitwise: ['technology=65nm; datawidth=16; latency=5ns; num=1', 'process idle'],
  intadder: ['technology=65nm; datawidth=16; num_pipeline_stages=1; latency=5ns', 'add idle'],
  fpadder: ['technology=65nm; exponent=8; mantissa=24; sign=0; num_pipeline_stages=1; latency=5ns', 'add idle'],
  intmultiplier: [
    'technology=65nm; datawidth=16; num_pipeline_stages=1; latency=5ns',
    'mult_random mult_reused mult_gated idle',
  ],
  fpmultiplier: [
    'technology=65nm; exponent=8; mantissa=24; sign=0; num_pipeline_stages=1; latency=5ns',
    'mult_random mult_reused mult_gated idle',
  ],
  regfile: [
    'technology=65nm; width=16; depth=1; n_ports=2; latency=5ns',
    'read(data_delta:1,address_delta:1) write(data_delta:1,address_delta:1) idle',
  ],
  reg: ['technology=65nm; datawidth=16; latency=5ns', 'access'],
  SRAM: [
    'technology=65nm; width=64; depth=512; n_rd_ports=0; n_wr_ports=0; n_rdwr_ports=1; n_banks=1; latency=5ns',
    'read(data_delta:1,address_delta:n_banks) write(data_delta:1,address_delta:n_banks) idle',
  ],
  DRAM: ['technology=65nm; type=LPDDR4; width=64', 'read write idle'],
  counter: ['technology=65nm; width=16; latency=5ns', 'count idle'],
  FIFO: ['technology=65nm; datawidth=16; depth=2; latency=5ns', 'push pop idle'],
  intmac: ['technology=65nm; datawidth=16; num_pipeline_stages=2; latency=5ns', 'mac_random mac_reused mac_gated idle'],
  fpmac: [
    'technology=65nm; exponent=8; mantissa=24; sign=0; num_pipeline_stages=3; latency=5ns',
    'mac_random mac_reused mac_gated idle',
  ],
  crossbar: [
    'technology=65nm; n_inputs=1; n_outputs=1; datawidth=16; latency=5ns',
    'transfer_random transfer_repeated idle',
  ],
  wire: ['technology=65nm; length=1um; latency=5ns', 'transfer_random transfer_repeated idle'],
  serializer: ['technology=65nm; ratio=4; datawidth=64', 'serialize idle'],
  deserializer: ['technology=65nm; ratio=4; datawidth=16', 'deserialize idle'],
  comparator: ['technology=65nm; datawidth=8', 'compare idle'],
};

const known = new Map<string, OldClass>();

/** The class of that name; undefined if 0.3 has none. */
export function oldClass(name: string): OldClass | undefined {
  if (!Object.hasOwn(CLASSES, name)) return undefined;
  let cls = known.get(name);
  if (!cls) {
    cls = parsed(CLASSES[name]);
    known.set(name, cls);
  }
  return cls;
}

export const OLD_CLASS_NAMES: readonly string[] = Object.keys(CLASSES);

function parsed([defaults, actions]: readonly [string, string]): OldClass {
  const pairs = defaults.split('; ').map((pair): [string, Attribute] => {
    const [name, text] = pair.split('=');
    return [name, given(/^\d+$/.test(text) ? Number(text) : text, NOWHERE)];
  });
  return { defaults: new Map(pairs), actions: actions.split(' ').map(parsedAction) };
}

/** `read(data_delta:1,address_delta:n_banks)` */
function parsedAction(text: string): OldClass['actions'][number] {
  const [name, list = ''] = text.replace(')', '').split('(');
  const ranges = list.split(',').filter((range) => range !== '');
  return { name, ranges: ranges.map((range) => range.split(':') as [string, string]) };
}

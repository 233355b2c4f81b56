import { type Static, Type } from '@sinclair/typebox';
import { type Diagnostic, InputError, inSourceOrder, nearestName } from '../errors.ts';
import { type Dimension, parseQuantity } from '../units.ts';
import type { Path, YamlDocument } from './document.ts';
import { OneOf, Quantity, Version, validate } from './schema.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 1, maximum: 65536, description });
const DomainName = Type.String({ minLength: 1, description: 'Clock and voltage domain, one of `domains`' });

const Scratchpad = Type.Object(
  {
    capacity: Quantity('capacity', 'Size of the scratchpad'),
    port: Quantity('width', 'Bits the array side moves in one cycle of the scratchpad clock'),
    domain: DomainName,
  },
  strict,
);

const OperatingPointEntry = Type.Object(
  { frequency: Quantity('frequency', 'Clock'), voltage: Quantity('voltage', 'Supply at that clock') },
  strict,
);

const Domain = Type.Object(
  {
    operating_points: Type.Array(OperatingPointEntry, {
      minItems: 1,
      description: 'Slowest first, voltage never falling',
    }),
    nominal: Type.Optional(Quantity('frequency', 'Clock used where nothing else is said; the fastest by default')),
    rail: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Supply rail; domains of one rail have one voltage. Its own by default',
      }),
    ),
    transition: Type.Optional(
      Type.Object(
        {
          relock: Type.Optional(Quantity('time', 'The clock stands still while the PLL locks; 5us by default')),
          slew: Type.Optional(Quantity('voltage slew', 'How fast the regulator moves; 10mV/us by default')),
          capacitance: Type.Optional(Quantity('capacitance', 'Of the rail, charged and discharged; 100nF by default')),
          loss: Type.Optional(
            Type.Number({ minimum: 0, description: 'Energy of a change over C |V1^2 - V2^2|; 1 by default' }),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);

const Binding = Type.Object(
  {
    domain: Type.Optional(DomainName),
    off_die: Type.Optional(
      Type.Boolean({ description: 'Has no domain and no block: its energy does not scale with a rail' }),
    ),
    block: Type.Optional(
      Type.String({ description: 'Floorplan block the component sits in; with tiles a pattern: pe_{row}_{column}' }),
    ),
    tiles: Type.Optional(
      Type.Object(
        { rows: count('Blocks along the rows of PEs'), columns: count('Blocks along the columns of PEs') },
        { ...strict, description: 'The PE array as a grid of blocks' },
      ),
    ),
    pipelined: Type.Optional(
      Type.Boolean({ description: 'Its memories take an access a cycle however long one lasts; false by default' }),
    ),
    actions: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: 'How many of each action, as a linear expression of the simulator counters',
    }),
  },
  strict,
);

/** accelerators/NAME/accelerator.yaml */
export const AcceleratorSchema = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    array: Type.Object(
      { rows: count('Rows of PEs'), columns: count('Columns of PEs'), dataflow: Type.String(), domain: DomainName },
      strict,
    ),
    words: Type.Object(
      {
        ifmap: Quantity('width', 'Width of an ifmap word'),
        filter: Quantity('width', 'Width of a filter word'),
        ofmap: Quantity('width', 'Width of a result'),
        psum: Quantity('width', 'Width of a partial sum in the ofmap scratchpad'),
      },
      strict,
    ),
    scratchpads: Type.Object({ ifmap: Scratchpad, filter: Scratchpad, ofmap: Scratchpad }, strict),
    psum: Type.Optional(
      OneOf(['accumulate', 'spill'], 'Partial sums that do not fit: cut T into tiles, or pass them through DRAM'),
    ),
    prefetch_across_layers: Type.Optional(Type.Boolean()),
    dram: Type.Object(
      {
        bandwidth: Quantity('bandwidth in bytes', 'Sustained bandwidth, reads and writes together'),
        latency: Quantity('time', 'From a request to its first word'),
        background_power: Quantity('power', 'Drawn whether or not anything is transferred'),
        component: Type.String({ description: 'Component of the architecture the background power belongs to' }),
      },
      strict,
    ),
    domains: Type.Record(Type.String(), Domain, { minProperties: 1 }),
    idle_clock: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Energy of a cycle in which the array waits over that of one in which all PEs work; 0.25 by default',
      }),
    ),
    thermal: Type.Optional(
      Type.Object(
        {
          floorplan: Type.String({
            minLength: 1,
            description: "HotSpot floorplan (.flp) of the die, or `auto`: made from the components' areas",
          }),
          package: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'HotSpot configuration (.config) of the package; its defaults without',
            }),
          ),
          grid: Type.Optional(
            Type.Object(
              { rows: count('Cells along y'), columns: count('Cells along x') },
              { ...strict, description: '64 x 64 by default' },
            ),
          ),
          filler: Type.Optional(
            Type.Union([
              Type.Array(Type.String(), { description: 'Blocks that dissipate nothing' }),
              Quantity('area', 'With `floorplan: auto`: die area beside that of the components, one block "filler"'),
            ]),
          ),
          compat: Type.Optional(OneOf(['hotspot'], "HotSpot's network instead of the physical one")),
        },
        { ...strict, description: 'Without it the die has one constant temperature' },
      ),
    ),
    die_temperature: Type.Optional(
      Quantity('temperature', 'Of the die, for leakage, where there is no floorplan; 60C by default'),
    ),
    architecture: Type.Optional(
      Type.String({ description: 'Accelergy architecture file; architecture.yaml by default' }),
    ),
    tables: Type.Optional(
      Type.Array(Type.String(), { description: 'Folders of technology tables asked before the bundled ones' }),
    ),
    bindings: Type.Record(Type.String(), Binding),
    assumptions: Type.Optional(
      Type.Array(Type.String(), { description: 'What is assumed rather than sourced; printed with results' }),
    ),
  },
  { ...strict, $id: 'accelerator', title: 'Isotherm accelerator' },
);

type AcceleratorFile = Static<typeof AcceleratorSchema>;

/** A clock with the supply it needs. */
export interface OperatingPointSpec {
  readonly frequencyHz: number;
  readonly voltageV: number;
}

export interface DomainSpec {
  readonly name: string;
  readonly points: readonly OperatingPointSpec[];
  /** Index into `points`. */
  readonly nominal: number;
  readonly rail: string;
  readonly transition: TransitionSpec;
}

/** What a change of the operating point takes. */
export interface TransitionSpec {
  readonly relockS: number;
  readonly slewVPerS: number;
  readonly capacitanceF: number;
  readonly loss: number;
}

export interface ScratchpadSpec {
  readonly capacityBytes: number;
  readonly portBits: number;
  readonly domain: string;
}

export interface BindingSpec {
  /** null: off the die. */
  readonly domain: string | null;
  readonly block: string | null;
  readonly tiles: { readonly rows: number; readonly columns: number } | null;
  readonly pipelined: boolean;
  readonly actions: Readonly<Record<string, string>>;
}

/** Paths are as written. */
export interface ThermalSpec {
  /** `auto`: made from the components' areas. */
  readonly floorplan: string;
  readonly package: string | null;
  readonly grid: { readonly rows: number; readonly columns: number };
  readonly filler: readonly string[];
  /** Of an automatic floorplan; else 0. */
  readonly fillerM2: number;
  readonly compat: 'hotspot' | undefined;
}

/** An accelerator file in SI units, checked in itself. */
export interface AcceleratorSpec {
  readonly name: string;
  readonly description: string;
  readonly array: {
    readonly rows: number;
    readonly columns: number;
    readonly dataflow: string;
    readonly domain: string;
  };
  readonly wordBits: { readonly ifmap: number; readonly filter: number; readonly ofmap: number; readonly psum: number };
  readonly scratchpads: Readonly<Record<'ifmap' | 'filter' | 'ofmap', ScratchpadSpec>>;
  readonly psum: 'accumulate' | 'spill';
  readonly prefetchAcrossLayers: boolean;
  readonly dram: {
    readonly bytesPerS: number;
    readonly latencyS: number;
    readonly backgroundW: number;
    readonly component: string;
  };
  readonly domains: readonly DomainSpec[];
  readonly idleClock: number;
  readonly thermal: ThermalSpec | null;
  readonly dieTemperatureK: number;
  readonly architecture: string;
  readonly tables: readonly string[];
  readonly bindings: Readonly<Record<string, BindingSpec>>;
  readonly assumptions: readonly string[];
  /** For positions in later messages. */
  readonly document: YamlDocument;
}

/**
 * Reads an accelerator file. Besides the schema's errors: `operating-points-not-monotone`, `unknown-operating-point`
 * (nominal), `unknown-name` (a domain that is not defined), `component-without-domain`, `out-of-range` (a zero where none can be).
 */
export function parseAccelerator(document: YamlDocument): AcceleratorSpec {
  const file = validate(document, AcceleratorSchema);
  const problems: Diagnostic[] = [];
  const domains = Object.entries(file.domains).map(([name, domain]) => domainSpec(name, domain, document, problems));
  checkDomainNames(file, document, problems);
  checkSizes(file, document, problems);
  checkFiller(file, document, problems);
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
  const { words, scratchpads, dram } = file;
  const bits = (text: string) => parseQuantity(text, 'width');
  const pad = ({ capacity, port, domain }: (typeof scratchpads)['ifmap']): ScratchpadSpec => ({
    capacityBytes: parseQuantity(capacity, 'capacity'),
    portBits: bits(port),
    domain,
  });
  return {
    name: file.name,
    description: file.description ?? '',
    array: file.array,
    wordBits: {
      ifmap: bits(words.ifmap),
      filter: bits(words.filter),
      ofmap: bits(words.ofmap),
      psum: bits(words.psum),
    },
    scratchpads: { ifmap: pad(scratchpads.ifmap), filter: pad(scratchpads.filter), ofmap: pad(scratchpads.ofmap) },
    psum: file.psum ?? 'accumulate',
    prefetchAcrossLayers: file.prefetch_across_layers ?? true,
    dram: {
      bytesPerS: parseQuantity(dram.bandwidth, 'bandwidth in bytes'),
      latencyS: parseQuantity(dram.latency, 'time'),
      backgroundW: parseQuantity(dram.background_power, 'power'),
      component: dram.component,
    },
    domains,
    idleClock: file.idle_clock ?? 0.25,
    thermal: thermalSpec(file.thermal),
    dieTemperatureK: parseQuantity(file.die_temperature ?? '60C', 'temperature'),
    architecture: file.architecture ?? 'architecture.yaml',
    tables: file.tables ?? [],
    bindings: Object.fromEntries(Object.entries(file.bindings).map(([name, binding]) => [name, bindingSpec(binding)])),
    assumptions: file.assumptions ?? [],
    document,
  };
}

function thermalSpec(file: AcceleratorFile['thermal']): ThermalSpec | null {
  if (!file) return null;
  const grid = file.grid ?? { rows: 64, columns: 64 };
  return {
    floorplan: file.floorplan,
    package: file.package ?? null,
    grid,
    filler: typeof file.filler === 'string' ? [] : (file.filler ?? []),
    fillerM2: typeof file.filler === 'string' ? parseQuantity(file.filler, 'area') : 0,
    compat: file.compat,
  };
}

function transitionSpec(file: AcceleratorFile['domains'][string]['transition'] = {}): TransitionSpec {
  return {
    relockS: parseQuantity(file.relock ?? '5us', 'time'),
    slewVPerS: parseQuantity(file.slew ?? '10mV/us', 'voltage slew'),
    capacitanceF: parseQuantity(file.capacitance ?? '100nF', 'capacitance'),
    loss: file.loss ?? 1,
  };
}

function bindingSpec(file: AcceleratorFile['bindings'][string]): BindingSpec {
  const { domain, block, tiles, pipelined, actions } = file;
  return {
    domain: domain ?? null,
    block: block ?? null,
    tiles: tiles ?? null,
    pipelined: pipelined ?? false,
    actions: Object.fromEntries(Object.entries(actions).map(([action, expression]) => [action, String(expression)])),
  };
}

function domainSpec(
  name: string,
  domain: AcceleratorFile['domains'][string],
  document: YamlDocument,
  problems: Diagnostic[],
): DomainSpec {
  const points = domain.operating_points.map(({ frequency, voltage }) => ({
    frequencyHz: parseQuantity(frequency, 'frequency'),
    voltageV: parseQuantity(voltage, 'voltage'),
  }));
  points.forEach((point, i) => {
    const path: Path = ['domains', name, 'operating_points', i];
    if (point.frequencyHz === 0 || point.voltageV === 0) {
      problems.push({
        code: 'out-of-range',
        message: `an operating point of domain "${name}" is zero`,
        span: document.span(path),
        expected: 'a frequency and a voltage above zero',
      });
      return;
    }
    const before = points[i - 1];
    if (before && (point.frequencyHz <= before.frequencyHz || point.voltageV < before.voltageV)) {
      problems.push({
        code: 'operating-points-not-monotone',
        message: `operating point ${i + 1} of domain "${name}" does not follow the one before it`,
        span: document.span(path),
        expected: 'frequencies that rise and voltages that never fall down the list',
      });
    }
  });
  const nominalHz = domain.nominal === undefined ? undefined : parseQuantity(domain.nominal, 'frequency');
  const nominal = nominalHz === undefined ? points.length - 1 : points.findIndex((p) => p.frequencyHz === nominalHz);
  if (nominal < 0) {
    problems.push({
      code: 'unknown-operating-point',
      message: `domain "${name}" has no operating point at ${domain.nominal}`,
      span: document.span(['domains', name, 'nominal']),
      expected: `one of ${domain.operating_points.map((p) => p.frequency).join(', ')}`,
    });
  }
  const transition = transitionSpec(domain.transition);
  if (transition.slewVPerS === 0) {
    problems.push({
      code: 'out-of-range',
      message: `the voltage of domain "${name}" would never change`,
      span: document.span(['domains', name, 'transition', 'slew']),
      expected: 'a slew above zero',
    });
  }
  return { name, points, nominal, rail: domain.rail ?? name, transition };
}

function checkDomainNames(file: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  const names = Object.keys(file.domains);
  const check = (domain: string, path: Path): void => {
    if (names.includes(domain)) return;
    problems.push({
      code: 'unknown-name',
      message: `there is no domain "${domain}"`,
      span: document.span(path),
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(domain, names),
    });
  };
  check(file.array.domain, ['array', 'domain']);
  for (const pad of ['ifmap', 'filter', 'ofmap'] as const)
    check(file.scratchpads[pad].domain, ['scratchpads', pad, 'domain']);
  for (const [component, { domain, off_die }] of Object.entries(file.bindings)) {
    if (domain !== undefined) check(domain, ['bindings', component, 'domain']);
    if ((domain === undefined) !== (off_die === true)) {
      problems.push({
        code: 'component-without-domain',
        message: `component "${component}" ${domain === undefined ? 'has no domain' : 'is off the die and in a domain'}`,
        span: document.keySpan(['bindings', component]),
        expected: `either "domain" (${names.join(', ')}) or "off_die: true"`,
      });
    }
  }
}

/** An automatic floorplan has no blocks to name, one of a file no area to add. */
function checkFiller({ thermal }: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  if (thermal?.filler === undefined || (thermal.floorplan === 'auto') === (typeof thermal.filler === 'string')) return;
  const isAuto = thermal.floorplan === 'auto';
  problems.push({
    code: 'wrong-type',
    message: `"thermal.filler" is ${isAuto ? 'a list' : 'an area'}, and the floorplan ${isAuto ? 'automatic' : 'a file'}`,
    span: document.span(['thermal', 'filler']),
    expected: isAuto ? 'an area, such as 12mm2' : 'a list of blocks of the floorplan',
  });
}

/** Quantities that divide something further on, and sizes that come in whole bits and bytes. */
function checkSizes(file: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  const check = (path: Path, dimension: Dimension, isSize: boolean): void => {
    const text = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], file);
    const value = parseQuantity(text, dimension);
    if (value > 0 && (Number.isInteger(value) || !isSize)) return;
    problems.push({
      code: 'out-of-range',
      message: `"${path.join('.')}" is ${text}`,
      span: document.span(path),
      expected: isSize
        ? `a whole number of ${dimension === 'width' ? 'bits' : 'bytes'}, one or more`
        : 'more than zero',
    });
  };
  for (const word of Object.keys(file.words)) check(['words', word], 'width', true);
  for (const pad of ['ifmap', 'filter', 'ofmap'] as const) {
    check(['scratchpads', pad, 'capacity'], 'capacity', true);
    check(['scratchpads', pad, 'port'], 'width', true);
  }
  check(['dram', 'bandwidth'], 'bandwidth in bytes', false);
}

import { type Diagnostic, InputError, inSourceOrder, nearestName } from '../errors.ts';
import { type Dimension, parseQuantity } from '../units.ts';
import { type AcceleratorFile, AcceleratorSchema } from './accelerator-schema.ts';
import type { Path, YamlDocument } from './document.ts';
import { validate } from './schema.ts';

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
}

/** Domains of one of the arrays. */
export interface ArrayDomains {
  readonly array: string;
  readonly ifmap: string;
  readonly filter: string;
  readonly ofmap: string;
}

/** Equal arrays side by side; which axes of a product they share out is the business of src/systolic/partition.ts. */
export interface PartitionsSpec {
  readonly rows: number;
  readonly columns: number;
  readonly split: 'spatial' | 'spatio-temporal-columns' | 'spatio-temporal-rows';
}

/** Names may still hold {array}. */
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
  };
  readonly partitions: PartitionsSpec;
  /** One of each array, row by row. */
  readonly arrays: readonly ArrayDomains[];
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
  const partitions = { rows: 1, columns: 1, split: 'spatial', ...file.array.partitions } as const;
  const arrays = partitions.rows * partitions.columns;
  const domains = Object.entries(file.domains).flatMap(([name, domain]) => {
    const spec = domainSpec(name, domain, document, problems);
    return isOfEachArray(name) ? Array.from({ length: arrays }, (_, a) => domainOfArray(spec, a)) : [spec];
  });
  checkDomainNames(file, arrays, document, problems);
  checkPartitions(file, arrays, document, problems);
  checkSizes(file, document, problems);
  checkFiller(file, document, problems);
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
  const { words, scratchpads, dram } = file;
  const bits = (text: string) => parseQuantity(text, 'width');
  const pad = ({ capacity, port }: (typeof scratchpads)['ifmap']): ScratchpadSpec => ({
    capacityBytes: parseQuantity(capacity, 'capacity'),
    portBits: bits(port),
  });
  const { rows, columns, dataflow, domain } = file.array;
  return {
    name: file.name,
    description: file.description ?? '',
    array: { rows, columns, dataflow },
    partitions,
    arrays: Array.from({ length: arrays }, (_, a) => ({
      array: nameOfArray(domain, a),
      ifmap: nameOfArray(scratchpads.ifmap.domain, a),
      filter: nameOfArray(scratchpads.filter.domain, a),
      ofmap: nameOfArray(scratchpads.ofmap.domain, a),
    })),
    wordBits: {
      ifmap: bits(words.ifmap),
      filter: bits(words.filter),
      ofmap: bits(words.ofmap),
      psum: bits(words.psum),
    },
    scratchpads: { ifmap: pad(scratchpads.ifmap), filter: pad(scratchpads.filter), ofmap: pad(scratchpads.ofmap) },
    psum: file.psum ?? 'accumulate',
    prefetchAcrossLayers: file.prefetch_across_layers ?? arrays === 1,
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

/** Stands for the number of an array in names. */
const ARRAY = '{array}';

/** Whether a name stands for one of each array. */
export function isOfEachArray(name: string): boolean {
  return name.includes(ARRAY);
}

/** The name that is meant for one array. */
export function nameOfArray(name: string, array: number): string {
  return name.replaceAll(ARRAY, String(array));
}

function domainOfArray(spec: DomainSpec, array: number): DomainSpec {
  return { ...spec, name: nameOfArray(spec.name, array), rail: nameOfArray(spec.rail, array) };
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

function checkDomainNames(file: AcceleratorFile, arrays: number, document: YamlDocument, problems: Diagnostic[]): void {
  const names = Object.keys(file.domains);
  const ofArrays = (name: string): string[] => Array.from({ length: arrays }, (_, a) => nameOfArray(name, a));
  const known = new Set(names.flatMap(ofArrays));
  const check = (domain: string, path: Path): void => {
    if (ofArrays(domain).every((name) => known.has(name))) return;
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

/** Results of a layer are elsewhere until all arrays are done with it: nothing can be loaded for the next one before. */
function checkPartitions(file: AcceleratorFile, arrays: number, document: YamlDocument, problems: Diagnostic[]): void {
  if (arrays > MOST_ARRAYS) {
    problems.push({
      code: 'out-of-range',
      message: `there are ${arrays} arrays`,
      span: document.span(['array', 'partitions']),
      expected: `at most ${MOST_ARRAYS}`,
    });
  }
  if (arrays === 1 || file.prefetch_across_layers !== true) return;
  problems.push({
    code: 'out-of-range',
    message: 'several arrays wait for each other at the end of a layer and cannot prefetch across it',
    span: document.span(['prefetch_across_layers']),
    expected: 'false, or no "partitions"',
  });
}

/** Each has domains, components and blocks of its own. */
const MOST_ARRAYS = 256;

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

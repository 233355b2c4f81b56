import type { YamlDocument } from '../base/document.ts';
import { type Diagnostic, InputError, inSourceOrder } from '../base/errors.ts';
import type { Files } from '../base/files.ts';
import { validate } from '../base/schema.ts';
import { parseQuantity } from '../base/units.ts';
import { LEAKAGE_SLOPE_PER_V } from '../energy/index.ts';
import { type MemoryModel, memoryModel } from '../systolic/index.ts';
import { acceleratorProblems } from './accelerator-checks.ts';
import { type AcceleratorFile, AcceleratorSchema } from './accelerator-schema.ts';
import { isOfEachArray, nameOfArray } from './array-names.ts';
import { withChipPoints } from './chip-points.ts';
import { type DramSpec, dramSpec } from './domains/dram.ts';
import { type DomainSpec, domainOfArray, domainSpec } from './domains/spec.ts';
import { type StateSpec, stateAssumptions, unusedPesSpec } from './domains/states.ts';
import { fixedRails, railProblems, withRails } from './rails.ts';

export interface ScratchpadSpec {
  readonly capacityBytes: number;
  readonly portBits: number;
}

/** The domains of one array. */
export interface ArrayDomains {
  readonly array: string;
  readonly ifmap: string;
  readonly filter: string;
  readonly ofmap: string;
}

/** Equal arrays side by side. src/systolic/partition.ts decides which axes of a product they share. */
export interface PartitionsSpec {
  readonly rows: number;
  readonly columns: number;
  readonly split: 'spatial' | 'spatio-temporal-columns' | 'spatio-temporal-rows';
}

/** The binding of a component. Names may contain {array}. */
export interface BindingSpec {
  /** Null for a component off the die. */
  readonly domain: string | null;
  readonly block: string | null;
  readonly tiles: { readonly rows: number; readonly columns: number } | null;
  readonly pipelined: boolean;
  readonly actions: Readonly<Record<string, string>>;
}

/** A block that dissipates nothing, with the area it gets in an automatic floorplan. */
export interface FillerSpec {
  readonly name: string;
  readonly areaM2: number;
}

/** The thermal part of the file. Paths are as written. */
export interface ThermalSpec {
  /** A path, or `auto` for a floorplan made from the components' areas. */
  readonly floorplan: string;
  readonly package: string | null;
  readonly grid: { readonly rows: number; readonly columns: number };
  /** Blocks that dissipate nothing. */
  readonly filler: readonly string[];
  /** The blocks that an automatic floorplan adds. */
  readonly automaticFiller: readonly FillerSpec[];
  readonly compat: 'hotspot' | undefined;
}

/** An energy reference table of Accelergy and the supply that it holds at, V; null if its energies do not follow the supply. */
export interface ErtSpec {
  readonly file: string;
  readonly area: string | null;
  readonly voltageV: number | null;
}

/** An accelerator file in SI units, checked for consistency. */
export interface AcceleratorSpec {
  readonly name: string;
  readonly description: string;
  readonly array: {
    readonly rows: number;
    readonly columns: number;
    readonly dataflow: string;
  };
  readonly partitions: PartitionsSpec;
  /** The domains of each array, row by row. */
  readonly arrays: readonly ArrayDomains[];
  readonly wordBits: { readonly ifmap: number; readonly filter: number; readonly ofmap: number; readonly psum: number };
  readonly scratchpads: Readonly<Record<'ifmap' | 'filter' | 'ofmap', ScratchpadSpec>>;
  readonly psum: 'accumulate' | 'spill';
  readonly prefetchAcrossLayers: boolean;
  readonly memory: MemoryModel;
  readonly dram: DramSpec;
  /** Those of the file, and `dram` last if DRAM is a domain. */
  readonly domains: readonly DomainSpec[];
  /** Index of DRAM in `domains`; -1 if it is none. */
  readonly dramDomain: number;
  /** The costs of unused rows and columns of PEs that are off; null if they cannot be. */
  readonly unusedPes: StateSpec | null;
  readonly idleClock: number;
  readonly thermal: ThermalSpec | null;
  /** d ln(leakage current) / dV, 1/V. */
  readonly leakageSlopePerV: number;
  readonly dieTemperatureK: number;
  readonly architecture: string;
  readonly tables: readonly string[];
  /** Energies and areas of Accelergy. Paths are as written. */
  readonly ert: ErtSpec | null;
  readonly bindings: Readonly<Record<string, BindingSpec>>;
  readonly assumptions: readonly string[];
  /** The source document, which gives later messages their positions. */
  readonly document: YamlDocument;
}

/**
 * Reads an accelerator file; `files` has the bundled operating points of chips. Errors besides those of the schema: `operating-points-not-monotone`,
 * `unknown-operating-point` (nominal), `unknown-name` (an undefined domain), `component-without-domain`, `out-of-range`
 * (a zero where none is possible).
 */
export function parseAccelerator(document: YamlDocument, files?: Files): AcceleratorSpec {
  const problems: Diagnostic[] = [];
  const { file, assumptions } = withChipPoints(validate(document, AcceleratorSchema), { files, document, problems });
  const partitions = { rows: 1, columns: 1, split: 'spatial', ...file.array.partitions } as const;
  const arrays = partitions.rows * partitions.columns;
  const written = Object.entries(file.domains).map(([name, domain]) => domainSpec(name, domain, document, problems));
  problems.push(...railProblems(file, document));
  const domains = withRails(
    written.flatMap((spec) => {
      return isOfEachArray(spec.name) ? Array.from({ length: arrays }, (_, a) => domainOfArray(spec, a)) : [spec];
    }),
    fixedRails(file, arrays),
  );
  const dram = dramSpec(file, document, problems);
  problems.push(...acceleratorProblems(file, arrays, document));
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
  const { words, scratchpads } = file;
  const bits = (text: string) => parseQuantity(text, 'width');
  const pad = ({ capacity, port }: (typeof scratchpads)['ifmap']): ScratchpadSpec => ({
    capacityBytes: parseQuantity(capacity, 'capacity'),
    portBits: bits(port),
  });
  const { rows, columns, dataflow, domain } = file.array;
  const memory = memoryModel(file.memory ?? {});
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
    prefetchAcrossLayers: file.prefetch_across_layers ?? (arrays === 1 || memory.retention === 'next-use'),
    memory,
    dram: dram.dram,
    domains: dram.domain ? [...domains, dram.domain] : domains,
    dramDomain: dram.domain ? domains.length : -1,
    unusedPes: unusedPesSpec(file),
    idleClock: file.idle_clock ?? 0.25,
    thermal: thermalSpec(file.thermal),
    leakageSlopePerV: leakageSlope(file.leakage),
    dieTemperatureK: parseQuantity(file.die_temperature ?? '60C', 'temperature'),
    architecture: file.architecture ?? 'architecture.yaml',
    tables: file.tables ?? [],
    ert: file.ert
      ? {
          file: file.ert.file,
          area: file.ert.area ?? null,
          voltageV: file.ert.voltage === undefined ? null : parseQuantity(file.ert.voltage, 'voltage'),
        }
      : null,
    bindings: Object.fromEntries(Object.entries(file.bindings).map(([name, binding]) => [name, bindingSpec(binding)])),
    assumptions: [...(file.assumptions ?? []), ...stateAssumptions(file), ...assumptions],
    document,
  };
}

/** Default: what Liao, He and Lepak measured, docs/methods/loop.md. */

function leakageSlope({ voltage, slope }: NonNullable<AcceleratorFile['leakage']> = {}): number {
  if (voltage === 'linear') return 0;
  return slope === undefined ? LEAKAGE_SLOPE_PER_V : parseQuantity(slope, 'slope per volt');
}

function thermalSpec(file: AcceleratorFile['thermal']): ThermalSpec | null {
  if (!file) return null;
  const grid = file.grid ?? { rows: 64, columns: 64 };
  return {
    floorplan: file.floorplan,
    package: file.package ?? null,
    grid,
    ...fillers(file.filler),
    compat: file.compat,
  };
}

/** Name of the block that is given as an area alone. */
const FILLER = 'filler';

function fillers(
  file: NonNullable<AcceleratorFile['thermal']>['filler'] = [],
): Pick<ThermalSpec, 'filler' | 'automaticFiller'> {
  if (Array.isArray(file)) return { filler: file, automaticFiller: [] };
  const areas = Object.entries(typeof file === 'string' ? { [FILLER]: file } : file);
  const all = areas.map(([name, area]) => ({ name, areaM2: parseQuantity(area, 'area') }));
  return {
    filler: typeof file === 'string' ? [] : all.map(({ name }) => name),
    automaticFiller: all.filter(({ areaM2 }) => areaM2 > 0),
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

import {
  attempt,
  type Diagnostic,
  fail,
  InputError,
  placedAt,
  type Span,
  type Tolerate,
} from '../../../base/errors.ts';
import { type Files, readText } from '../../../base/files.ts';
import { type SourceText, spanOf } from '../../../base/source.ts';
import {
  type HotspotConfig,
  type HotspotLayerLines,
  type HotspotMaterial,
  type HotspotOptions,
  type HotspotTemperature,
  type OptionPair,
  readFloorplan,
  readHotspotConfig,
  readHotspotPackage,
  readInitialTemperatures,
  readLayerFile,
  readMaterials,
  withCommandLine,
  withoutUnendedLine,
} from '../../../formats/hotspot/index.ts';
import { makeFloorplan } from '../../../thermal/floorplan/index.ts';
import type { HotspotRules } from '../model.ts';
import { hotspotProgramRules } from '../rules/hotspot.ts';
import { physicalProgramRules } from '../rules/physical.ts';
import { checkOptions, checkPackage, checkSizes } from './checks.ts';
import { type Materials, materialNamed, materialOptions } from './materials.ts';
import type { HotspotLayer, HotspotProblem } from './problem.ts';
import { warnOfCelsius, warnOfMaterials, warnOfThickness } from './sanity.ts';
import { type PowerTrace, readUnitPowers } from './trace.ts';

/** The request of a HotSpot command line. Paths are relative to the working directory, also those written in files. */
export interface HotspotRequest {
  readonly config?: string | undefined;
  readonly floorplan?: string | undefined;
  readonly trace: string;
  /** Whether to compute temperatures over time. */
  readonly transient: boolean;
  /** Options of the command line, which take precedence over those of the configuration. */
  readonly options: readonly OptionPair[];
  /** Receives a warning for everything that HotSpot accepts or ignores. Without it each of these is an error. */
  readonly tolerate?: Tolerate | undefined;
  /** Overlaps and gaps of a floorplan that are no wider are taken, with one warning a floorplan. */
  readonly toleranceM?: number | undefined;
  /** Receives a warning for what is allowed, but hardly meant. */
  readonly warn?: Tolerate | undefined;
}

export interface HotspotInput {
  readonly problem: HotspotProblem;
  readonly trace: PowerTrace;
  /** The lines of the init file; null without one. */
  readonly start: readonly HotspotTemperature[] | null;
  /** The place for errors that only the run reveals: the first block of the floorplan. */
  readonly place: Span | undefined;
}

/**
 * Reads and checks everything that HotSpot would read. Errors: those of the readers, `file-not-found` where a file is
 * named, `missing-key` for a required file, `unknown-name` and `name-missing` for a trace that does not fit,
 * `layers-differ`, `die-larger-than-package`, `option-unused` for an option without effect, `not-supported`.
 */
export function readHotspotInput(files: Files, request: HotspotRequest): HotspotInput {
  const reader = fileReader(files, request);
  const config = readConfig(reader, request);
  const { options } = config;
  if (request.warn) warnOfCelsius(config, request.warn);
  const problems: Diagnostic[] = [];
  attempt(problems, () => checkOptions(config, request));
  const materials = attempt(problems, () => readMaterialFile(reader, config));
  const withMaterials = attempt(problems, () => materialOptions(config, materials ?? null)) ?? options;
  const packageModel = attempt(problems, () => readPackage(reader, config)) ?? null;
  const start = attempt(problems, () => readStart(reader, config, request)) ?? null;
  const fromLayerFile = options.model_type === 'grid' && options.grid_layer_file !== null;
  const layers = attempt(problems, () =>
    fromLayerFile
      ? stackLayers(reader, config, materials ?? null)
      : dieLayers(reader, request.floorplan, withMaterials),
  );
  if (!layers) throw new InputError(problems);
  const problem = { options: withMaterials, layers, fromLayerFile, packageModel };
  if (!request.tolerate && options.detailed_3D !== 'on') warnOfMaterials(layers, request.warn);
  if (request.warn) warnOfThickness(problem, config, request.warn);
  const place = layers[0].blocks[0].span;
  attempt(problems, () =>
    placedAt(place, () => checkSizes(problem, config, { ...request, tolerate: reader.tolerate })),
  );
  attempt(problems, () => checkPackage(problem, config, reader.rules));
  const trace = attempt(problems, () =>
    placedAt(config.given.get('grid_layer_file'), () =>
      readUnitPowers(
        reader.read(request.trace, 'a power trace (.ptrace or .csv)'),
        layers,
        fromLayerFile,
        withMaterials.sampling_intvl,
        reader.tolerate,
      ),
    ),
  );
  if (problems.length > 0 || !trace) throw new InputError(problems);
  return { problem, trace, start, place };
}

interface Reader {
  readonly rules: HotspotRules;
  readonly tolerate: Tolerate | undefined;
  readonly tolerance: { readonly lengthM: number; readonly warn: Tolerate } | undefined;
  readonly warn: Tolerate | undefined;
  /** Reads the file at a path. Errors: `file-not-found` at `span`, with the expected kind of file. */
  read(path: string, expected: string, span?: Span): SourceText;
}

/** A text of HotSpot, which takes bytes as they come: one that is not in UTF-8 is in Latin-1, unless it is no text at all. */
function readBytewise(files: Files, file: string, expected: string, span?: Span): SourceText {
  try {
    return readText(files, file, expected, span);
  } catch (error) {
    // A place within the file shows that there are bytes to read.
    const isThere = error instanceof InputError && error.diagnostics[0].span?.file === file;
    const bytes = isThere ? files.readBytes?.(file) : undefined;
    if (!bytes || bytes.some(isControl)) throw error;
    return { file, text: new TextDecoder('latin1').decode(bytes) };
  }
}

/** Whether a byte has no place in a text: control characters but for tabs and breaks of lines and pages. */
function isControl(byte: number): boolean {
  return byte === 127 || (byte < 32 && (byte < 9 || byte > 13));
}

function fileReader(files: Files, { tolerate, toleranceM, warn }: HotspotRequest): Reader {
  return {
    rules: tolerate ? hotspotProgramRules : physicalProgramRules,
    tolerate,
    warn,
    tolerance: toleranceM === undefined ? undefined : { lengthM: toleranceM, warn: (d) => warn?.(d) },
    read(file, expected, span) {
      const source = readBytewise(files, file, expected, span);
      return tolerate ? withoutUnendedLine(source, tolerate) : source;
    },
  };
}

function readConfig({ read, tolerate }: Reader, request: HotspotRequest): HotspotConfig {
  const problems: Diagnostic[] = [];
  const source =
    request.config === undefined ? { file: '', text: '' } : read(request.config, 'a HotSpot configuration (.config)');
  const config = attempt(problems, () => readHotspotConfig(source, tolerate));
  const none: HotspotConfig = config ?? readHotspotConfig({ file: '', text: '' });
  const all = attempt(problems, () => withCommandLine(none, request.options, tolerate));
  if (problems.length > 0 || !all) throw new InputError(problems);
  return all;
}

function readMaterialFile({ read, tolerate }: Reader, { options, given }: HotspotConfig): HotspotMaterial[] {
  const file = options.materials_file;
  if (file === null) return [];
  return readMaterials(read(file, 'a file of materials (.materials)', given.get('materials_file')), tolerate);
}

/** A file that is named and there is checked, even if it is not used; HotSpot does not read it then. */
function readPackage(
  { read, tolerate, rules, warn }: Reader,
  { options, given }: HotspotConfig,
): HotspotProblem['packageModel'] {
  const file = options.package_config_file;
  if (options.package_model_used === 0) {
    if (file === null || !rules.alwaysReadsStart) return null;
    const unused = given.get('package_config_file');
    const problems: Diagnostic[] = [];
    const source = attempt(problems, () => read(file, 'a package configuration', unused));
    if (source) readHotspotPackage(source, tolerate);
    else if (problems.every(({ code }) => code === 'file-not-found')) {
      // HotSpot's own configurations name a file that comes with one of its examples only.
      const message = `${file} is not there, and -package_model_used 0 would not use it`;
      warn?.({ code: 'option-unused', message, span: unused });
    } else throw new InputError(problems);
    return null;
  }
  const span = given.get('package_model_used');
  if (file === null) fail('missing-key', '-package_model_used 1 needs a -package_config_file', { span });
  return readHotspotPackage(read(file, 'a package configuration', given.get('package_config_file')), tolerate);
}

function readStart(
  { read, tolerate, rules }: Reader,
  { options, given }: HotspotConfig,
  { transient }: HotspotRequest,
): HotspotTemperature[] | null {
  const file = options.init_file;
  if (file === null || !(transient || rules.alwaysReadsStart)) return null;
  const source = read(file, 'temperatures to start from (.init)', given.get('init_file'));
  const temperatures = readInitialTemperatures(source, tolerate);
  if (temperatures.length > 0) return temperatures;
  fail('name-missing', `${file} has no temperature`, { span: spanOf(source, 0, 1), expected: 'a line for every name' });
}

/** The layers without a .lcf: silicon with the power, and the interface next to it. */
function dieLayers(reader: Reader, file: string | undefined, options: HotspotOptions): HotspotLayer[] {
  if (file === undefined)
    fail('missing-key', 'no floorplan is given', { expected: '-f FILE, or -grid_layer_file FILE' });
  const plan = readPlan(reader, file, reader.tolerate);
  const layer = (key: 'chip' | 'interface'): HotspotLayer => ({
    lateral: true,
    power: key === 'chip',
    conductivityWPerMK: options[`k_${key}`],
    heatCapacityJPerM3K: options[`p_${key}`],
    thicknessM: options[`t_${key}`],
    material: options[`material_${key}`] ?? undefined,
    ...plan,
  });
  return [layer('chip'), layer('interface')];
}

function stackLayers(reader: Reader, config: HotspotConfig, materials: Materials): HotspotLayer[] {
  const { options, given } = config;
  const source = reader.read(options.grid_layer_file!, 'a layer file (.lcf)', given.get('grid_layer_file'));
  const lines = readLayerFile(source, reader.tolerate);
  const problems: Diagnostic[] = [];
  const layers = lines.map((line) => attempt(problems, () => stackLayer(reader, line, materials, options)));
  if (layers.includes(undefined)) throw new InputError(problems);
  const [first, ...others] = layers as HotspotLayer[];
  others.forEach((layer, i) => {
    const { widthM, heightM } = layer.floorplan;
    const same = Math.abs(widthM - first.floorplan.widthM) < 1e-6 && Math.abs(heightM - first.floorplan.heightM) < 1e-6;
    if (same) return;
    const size = (plan: HotspotLayer['floorplan']): string => `${plan.widthM} x ${plan.heightM} m`;
    const message = `layer ${i + 1} is ${size(layer.floorplan)} and layer 0 is ${size(first.floorplan)}`;
    const span = lines[i + 1].floorplanSpan;
    problems.push({
      code: 'layers-differ',
      message,
      span,
      expected: 'floorplans of one size; a filler block can enlarge the smaller one',
    });
  });
  if (problems.length > 0) throw new InputError(problems);
  return layers as HotspotLayer[];
}

function stackLayer(
  reader: Reader,
  { lateral, power, material, thicknessM, floorplan, floorplanSpan }: HotspotLayerLines,
  materials: Materials,
  { detailed_3D }: HotspotOptions,
): HotspotLayer {
  if (/\.csv$/i.test(floorplan)) {
    const expected = 'a floorplan (.flp); microchannels are not modelled';
    fail('not-supported', `${floorplan} is a network of microchannels`, { span: floorplanSpan, expected });
  }
  const own =
    'name' in material
      ? materialNamed(materials, material.name, material.span)
      : { ...material, conductivityWPerMK: 1 / material.resistivityMKPerW };
  const { conductivityWPerMK, heatCapacityJPerM3K } = own;
  // With detailed layers HotSpot crashes on a cell that no block covers, so that gaps are not tolerated there.
  const { tolerate } = reader;
  const taken = detailed_3D === 'on' && tolerate ? (d: Diagnostic) => void unlessGap(d, tolerate) : tolerate;
  const plan = readPlan(reader, floorplan, taken, floorplanSpan);
  const name = 'name' in material ? material.name : undefined;
  return { lateral, power, conductivityWPerMK, heatCapacityJPerM3K, thicknessM, material: name, ...plan };
}

/** Reads a floorplan. Problems without a place of their own, such as gaps, are shown at its first block. */
function readPlan(reader: Reader, file: string, tolerate: Tolerate | undefined, span?: Span) {
  const source = reader.read(file, 'a floorplan (.flp)', span);
  const blocks = readFloorplan(source, reader.tolerate);
  const inFile = (d: Diagnostic): Diagnostic => ({ ...d, span: d.span ?? blocks[0].span });
  const { tolerance } = reader;
  const options = {
    ...(tolerate && { tolerate: (d: Diagnostic) => tolerate(inFile(d)) }),
    ...(tolerance && { tolerance: { ...tolerance, warn: (d: Diagnostic) => tolerance.warn(inFile(d)) } }),
  };
  try {
    return { blocks, floorplan: makeFloorplan(blocks, options) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.diagnostics.map((d) => inFile(d.code === 'block-overlap' ? { expected: MEETING, ...d } : d)),
    );
  }
}

const MEETING = 'blocks that meet; --tolerance LENGTH takes overlaps and gaps that are no wider';

/** Error: a gap. */
function unlessGap(problem: Diagnostic, tolerate: Tolerate): void {
  if (problem.code === 'floorplan-gap') throw new InputError([problem]);
  tolerate(problem);
}

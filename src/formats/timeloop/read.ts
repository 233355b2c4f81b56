import { type Diagnostic, fail, InputError, inSourceOrder, nearestName, type Span } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { readArchitecture } from './architecture.ts';
import { freeConstraints, readConstraints, readMetrics } from './constraints.ts';
import type { FanOut, Names } from './directives.ts';
import { readEnergies } from './energies.ts';
import { isMapText, readMapText } from './map-text.ts';
import { readMapping } from './mapping.ts';
import { readProblem } from './problem.ts';
import { type Section, sectionOf } from './reading.ts';
import type {
  LevelConstraints,
  TimeloopArchitecture,
  TimeloopEnergies,
  TimeloopMapping,
  TimeloopMetric,
  TimeloopProblem,
} from './types.ts';

/** What Timeloop's YAML files say together. */
export interface TimeloopInput {
  readonly names: Names;
  readonly problem: TimeloopProblem;
  readonly architecture: TimeloopArchitecture;
  /** Without an energy reference table there are no energies. */
  readonly energies: TimeloopEnergies | undefined;
  readonly mapping: TimeloopMapping | undefined;
  /** The place of the mapping. */
  readonly mappingSpan: Span | undefined;
  /** One entry for each storage. */
  readonly constraints: readonly LevelConstraints[];
  /** Objectives of the mapper file, in order. */
  readonly metrics: readonly TimeloopMetric[] | undefined;
}

const CONSTRAINTS = ['mapspace', 'mapspace_constraints', 'architecture_constraints', 'constraints'] as const;
const READ = ['problem', 'architecture', 'mapping', 'mapper', 'ERT', ...CONSTRAINTS] as const;
/** Sections of other tools that change neither counts nor energies nor cycles. */
const IGNORED = [
  'ART',
  'compound_components',
  'variables',
  'version',
  'ERT_summary',
  'ART_summary',
  'energy_calculations',
  'dumped_by_timeloop_front_end',
  'globals',
];

type Key = (typeof READ)[number];

/**
 * Reads Timeloop's files in any order; each may hold several sections, or a mapping as map.txt. Throws every problem of
 * every file at once. `files` is where `!include` finds others. `fanOuts` are those that directives may name instead of the storage above
 * them.
 */
export function readTimeloop(
  given: readonly SourceText[],
  files?: Files,
  fanOuts?: ReadonlyMap<string, FanOut>,
): TimeloopInput {
  const readers: Section[] = [];
  const sources = given.filter((source) => !isMapText(source));
  const drawn = given.filter(isMapText);
  const sections = collect(sources, readers, files);
  const one = (key: Key): Section | undefined => sections.get(key)?.[0];
  const finish = (): void => {
    const problems = readers.flatMap(({ reader }) => inSourceOrder(reader.problems));
    if (problems.length > 0) throw new InputError(problems);
  };
  const problemSection = one('problem');
  const architectureSection = one('architecture');
  finish();
  if (!problemSection || !architectureSection) return failMissing(given, problemSection ? 'architecture' : 'problem');
  const problem = readProblem(problemSection);
  const read = readArchitecture(architectureSection);
  finish();
  if (!problem || !read) throw new Error('a part that was not read was not reported');
  const architecture = withFanOuts(read, fanOuts);
  const names: Names = {
    dimensions: problem.dimensions,
    sizes: problem.sizes,
    tensors: problem.tensors.map(({ name }) => name),
    levels: architecture.storages.map(({ name }) => name),
    ...(fanOuts && { fanOuts }),
  };
  const ert = one('ERT');
  const mappingSection = one('mapping');
  const mapper = one('mapper');
  const lists = CONSTRAINTS.flatMap((key) => sections.get(key) ?? []);
  const energies = ert && readEnergies(ert, architecture);
  const mapping = mappingSection ? readMapping(mappingSection, names) : drawn[0] && readMapText(drawn[0], names);
  const constraints = lists.length > 0 ? readConstraints(lists, names) : freeConstraints(names);
  const metrics = mapper && readMetrics(mapper);
  finish();
  const mappingSpan = mappingSection?.reader.document.keySpan(['mapping']) ?? (drawn[0] && firstLine(drawn[0]));
  return { names, problem, architecture, energies, mapping, mappingSpan, constraints, metrics };
}

/** Writes at each storage with two fan-outs along which axis the outer one lies. */
function withFanOuts(
  { storages, compute }: TimeloopArchitecture,
  fanOuts: ReadonlyMap<string, FanOut> = new Map(),
): TimeloopArchitecture {
  const outerAxisOf = (name: string) =>
    [...fanOuts.values()].find(({ storage, axis }) => storage === name && axis)?.axis;
  return { storages: storages.map((storage) => ({ ...storage, outerAxis: outerAxisOf(storage.name) })), compute };
}

function failMissing([first]: readonly SourceText[], key: string): never {
  fail('missing-key', `no file has the section "${key}"`, {
    span: firstLine(first),
    expected: `a file with "${key}:" among those given`,
  });
}

/** The first line of a file: the place of what is missing in it. */
export function firstLine(source: SourceText): Span {
  const end = source.text.indexOf('\n');
  return spanOf(source, 0, end < 0 ? source.text.length : end);
}

/** The sections of all files by key. Reports unknown keys and repeated sections. */
function collect(
  sources: readonly SourceText[],
  readers: Section[],
  files: Files | undefined,
): ReadonlyMap<string, readonly Section[]> {
  const found = new Map<string, Section[]>();
  const broken: Diagnostic[] = [];
  for (const source of sources) {
    try {
      const root = sectionOf(source, files);
      readers.push(root);
      collectFile(root, found);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      broken.push(...error.diagnostics);
    }
  }
  if (broken.length > 0) throw new InputError(broken);
  return found;
}

function collectFile(root: Section, found: Map<string, Section[]>): void {
  const { reader, item } = root;
  const { value } = item;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    reader.problems.push({
      code: 'wrong-type',
      message: `${reader.document.file} is not a mapping`,
      span: reader.document.span([]),
      expected: `a YAML file with one of ${READ.join(', ')}`,
    });
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    // Timeloop's front-end keeps anchors under names with "ignore".
    if (IGNORED.includes(key) || key.includes('ignore')) continue;
    const section: Section = { reader, item: { value: child, path: [key] } };
    if (!(READ as readonly string[]).includes(key)) {
      reader.problems.push({
        code: 'unknown-key',
        message: `unknown section "${key}"`,
        span: reader.document.keySpan([key]),
        expected: `one of ${READ.join(', ')}`,
        suggestion: nearestName(key, READ),
      });
      continue;
    }
    const others = found.get(key) ?? [];
    const isList = (CONSTRAINTS as readonly string[]).includes(key);
    if (others.length > 0 && !isList) {
      reader.problems.push({
        code: 'duplicate-name',
        message: `a second section "${key}"; the first one is in ${others[0].reader.document.file}`,
        span: reader.document.keySpan([key]),
      });
      continue;
    }
    found.set(key, [...others, section]);
  }
}

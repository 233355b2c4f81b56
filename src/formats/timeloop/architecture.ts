import {
  flagOf,
  missing,
  numberOf,
  problemAt,
  recordOf,
  type Section,
  sectionsOf,
  spanAt,
  textOf,
  wholeOf,
} from './reading.ts';
import type { TimeloopArchitecture, TimeloopCompute, TimeloopStorage } from './types.ts';

/** Most storage levels of an architecture. */
const MOST_LEVELS = 8;

interface Component {
  readonly section: Section;
  readonly name: string;
  readonly class: string;
  readonly instances: number;
  readonly attributes: ReadonlyMap<string, Section>;
}

/** Reads an `architecture` in its form `subtree`/`local`. Problems go to the reader. */
export function readArchitecture(section: Section): TimeloopArchitecture | undefined {
  const keys = recordOf(section);
  const { problems } = section.reader;
  const before = problems.length;
  if (!keys.has('subtree')) {
    problemAt(section, keys.has('nodes') ? 'not-supported' : 'missing-key', 'the architecture has no "subtree"', FORM);
    return undefined;
  }
  const components = componentsOf(keys, 1, 0);
  const computes = components.filter(({ class: kind }) => isCompute(kind));
  const storages = components.filter(({ class: kind }) => !isCompute(kind) && !isWire(kind));
  if (problems.length > before) return undefined;
  if (computes.length !== 1) {
    const found = `the architecture has ${computes.length} components that multiply`;
    return problemAt(section, 'out-of-range', found, 'one component of a class such as intmac');
  }
  if (storages.length === 0) return problemAt(section, 'missing-key', 'the architecture has no memory');
  if (storages.length > MOST_LEVELS)
    return problemAt(section, 'out-of-range', `${storages.length} memories`, `${MOST_LEVELS} or fewer`);
  const levels = storages.map(readStorage);
  const compute = readCompute(computes[0]);
  checkMeshes(section, [...levels, compute]);
  return { storages: levels, compute };
}

const FORM = 'Timeloop\'s form with "subtree" and "local" (versions 0.2 to 0.4 without "nodes")';

function isCompute(kind: string): boolean {
  return /mac|compute/i.test(kind);
}

function isWire(kind: string): boolean {
  return /wire|network|noc|router|adder|addressgenerator/i.test(kind);
}

/** Components from the root down, in the order of the file. `times` is the number of instances of the container. */
function componentsOf(keys: ReadonlyMap<string, Section>, times: number, depth: number): Component[] {
  const local = sectionsOf(keys.get('local')).flatMap((entry) => readComponent(entry, times) ?? []);
  const below = sectionsOf(keys.get('subtree')).flatMap((entry) => {
    const inner = recordOf(entry);
    const name = textOf(inner.get('name'));
    if (!inner.has('name')) missing(entry, 'name');
    const range = name === undefined ? undefined : countOf(entry, name);
    return range === undefined ? [] : componentsOf(inner, times * range.count, depth + 1);
  });
  return [...local, ...below];
}

function readComponent(section: Section, times: number): Component | undefined {
  const keys = recordOf(section);
  const name = textOf(keys.get('name'));
  const kind = textOf(keys.get('class'));
  if (!keys.has('name')) missing(section, 'name');
  if (!keys.has('class')) missing(section, 'class');
  if (name === undefined || kind === undefined) return undefined;
  const range = countOf(section, name);
  if (!range) return undefined;
  const given = keys.get('attributes');
  const attributes = new Map(
    [...(given && given.item.value !== null ? recordOf(given) : [])].map(([key, value]) => [
      key.replaceAll('_', '-'),
      value,
    ]),
  );
  const subclass = keys.has('subclass') ? textOf(keys.get('subclass')) : undefined;
  const instances = times * range.count;
  return { section, name: range.name, class: subclass ?? kind, instances, attributes };
}

/** The name and the number of instances of `PE[0..255]`. */
function countOf(section: Section, text: string): { name: string; count: number } | undefined {
  const match = /^([^[\]]+)(?:\[(\d+)\.\.(\d+)\])?$/.exec(text);
  if (!match) return problemAt(section, 'wrong-type', `the name "${text}" cannot be read`, 'a name such as PE[0..255]');
  const count = match[2] === undefined ? 1 : Number(match[3]) - Number(match[2]) + 1;
  if (count >= 1 && count <= 2 ** 24) return { name: match[1].trim(), count };
  return problemAt(section, 'out-of-range', `"${text}" has ${count} instances`, 'between 1 and 2^24');
}

function readStorage(component: Component): TimeloopStorage {
  const { attributes, name, instances } = component;
  const any = (...names: readonly string[]): Section | undefined => {
    for (const key of names) if (attributes.has(key)) return attributes.get(key);
    return undefined;
  };
  const bandwidth = (...names: readonly string[]): number => {
    const value = numberOf(any(...names), 0);
    return value === undefined || value === 0 ? Number.POSITIVE_INFINITY : value;
  };
  const wordBits = wholeOf(any('word-bits', 'datawidth', 'data-width'), 1) ?? 16;
  const width = wholeOf(any('width', 'memory-width'), 1);
  const inWidth = (words: number): number =>
    width === undefined ? 1 : Math.max(1, Math.floor(width / wordBits / words));
  const givenBlock = wholeOf(any('block-size', 'n-words'), 1);
  const clusterSize = wholeOf(any('cluster-size'), 1) ?? (givenBlock === undefined ? 1 : inWidth(givenBlock));
  const blockSize = givenBlock ?? inWidth(clusterSize);
  if (instances % clusterSize !== 0)
    problemAt(
      any('cluster-size', 'width', 'memory-width')!,
      'out-of-range',
      `${instances} instances of ${name} in clusters of ${clusterSize}`,
      `a divisor of ${instances}: a width of word-bits x block-size x cluster-size`,
    );
  const buffers = numberOf(any('multiple-buffering'), 1) ?? 1;
  const depth = wholeOf(any('depth', 'entries', 'memory-depth'), 0);
  const sizeKb = numberOf(any('sizekb', 'sizeKB', 'size-KB'), 0);
  const sizeWords =
    depth !== undefined
      ? depth * blockSize
      : sizeKb !== undefined
        ? (sizeKb * 8192) / wordBits
        : Number.POSITIVE_INFINITY;
  if (flagOf(any('power-gating')))
    problemAt(any('power-gating')!, 'not-supported', 'power gating is not part of the model of Timeloop v3.0.3');
  return {
    name,
    class: component.class,
    instances,
    meshX: meshOf(component),
    wordBits,
    blockSize,
    clusterSize,
    capacityWords: Math.floor(sizeWords / buffers),
    readBandwidth: bandwidth('read-bandwidth'),
    writeBandwidth: bandwidth('write-bandwidth'),
    sharedBandwidth: bandwidth('shared-bandwidth', 'bandwidth'),
    fillLatencyCycles: numberOf(any('network-fill-latency'), 0) ?? 0,
    drainLatencyCycles: numberOf(any('network-drain-latency'), 0) ?? 0,
    accessEnergyPj: numberOf(any('vector-access-energy'), 0),
    span: spanAt(component.section),
  };
}

function readCompute(component: Component): TimeloopCompute {
  return { name: component.name, instances: component.instances, meshX: meshOf(component) };
}

function meshOf({ attributes, instances, section, name }: Component): number {
  const x = wholeOf(attributes.get('meshX'), 1);
  const y = wholeOf(attributes.get('meshY'), 1);
  const meshX = x ?? (y === undefined ? instances : instances / y);
  if (Number.isInteger(meshX) && instances % meshX === 0 && (x === undefined || y === undefined || x * y === instances))
    return meshX;
  const mesh = x === undefined ? `meshY ${y}` : y === undefined ? `meshX ${x}` : `meshX ${x} and meshY ${y}`;
  problemAt(
    attributes.get(x === undefined ? 'meshY' : 'meshX') ?? section,
    'out-of-range',
    `${name} has ${instances} instances and ${mesh}`,
    `a divisor of ${instances}`,
  );
  return instances;
}

/** Every level has a whole number of children along X and along Y. */
function checkMeshes(
  section: Section,
  levels: readonly { readonly name: string; readonly instances: number; readonly meshX: number }[],
): void {
  for (let i = 1; i < levels.length; i++) {
    const [outer, inner] = [levels[i - 1], levels[i]];
    const [outerY, innerY] = [outer.instances / outer.meshX, inner.instances / inner.meshX];
    if (inner.meshX % outer.meshX === 0 && innerY % outerY === 0) continue;
    problemAt(
      section,
      'out-of-range',
      `${outer.name} (${outer.meshX} x ${outerY}) cannot share ${inner.name} (${inner.meshX} x ${innerY})`,
      'meshes of which the inner one is a multiple of the outer one',
    );
  }
}

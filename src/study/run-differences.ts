import type { SourceText } from '../base/source.ts';
import { readCsv } from '../formats/csv.ts';

/** The differences between two runs, by key of their summaries. */
export interface RunDifferences {
  /** The question: experiment, policy, deadline, ... */
  readonly settings: readonly Difference[];
  /** The results. */
  readonly results: readonly Difference[];
  /** Layers by name, the largest change of energy first. */
  readonly layers: readonly Difference[];
  /** How many keys and layers are equal. */
  readonly equal: number;
}

/** A value of both runs; undefined where a run has none. */
export interface Difference {
  readonly key: string;
  readonly a: Leaf | undefined;
  readonly b: Leaf | undefined;
  /** (b - a) / a, if both are numbers and a is not zero. */
  readonly change?: number;
}

export type Leaf = string | number | boolean | null;

/** Energy of each layer of a run, J, by name. */
export type LayerEnergies = ReadonlyMap<string, number>;

/** The energies in a layers.csv. A name that repeats gets a number. Errors: those of the CSV. */
export function layerEnergies(source: SourceText): LayerEnergies {
  const [header = [], ...rows] = readCsv(source);
  const [name, energy] = ['layer', 'energy_j'].map((title) => header.findIndex((cell) => cell.text === title));
  const found = new Map<string, number>();
  for (const row of rows) {
    const layer = row[name]?.text ?? '';
    let key = layer;
    for (let i = 2; found.has(key); i++) key = `${layer} (${i})`;
    found.set(key, Number(row[energy]?.text));
  }
  return found;
}

const SETTINGS = [
  ...[
    'version',
    'experiment',
    'accelerator',
    'workload',
    'set',
    'policy',
    'seed',
    'inputsHash',
    'start.mode',
    'epochS',
  ],
  ...['deadline.limitS', 'temperatureK.limit', 'assumptions', 'omittedLayers'],
];
const MOST_LAYERS = 10;

/** Compares the summaries of two runs, as read from their summary.json, and the energies of their layers. */
export function runDifferences(
  a: unknown,
  b: unknown,
  layers: readonly [LayerEnergies, LayerEnergies] = [new Map(), new Map()],
): RunDifferences {
  const [ofA, ofB] = [leavesOf(a), leavesOf(b)];
  const all = [...ofA.keys(), ...[...ofB.keys()].filter((key) => !ofA.has(key))];
  const different = all
    .filter((key) => ofA.get(key) !== ofB.get(key))
    .map((key) => difference(key, ofA.get(key), ofB.get(key)));
  const isSetting = ({ key }: Difference): boolean =>
    SETTINGS.some((name) => key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}: `));
  const [first, second] = layers;
  const names = [...first.keys(), ...[...second.keys()].filter((name) => !first.has(name))];
  const changed = names
    .filter((name) => first.get(name) !== second.get(name))
    .map((name) => difference(name, first.get(name), second.get(name)))
    .sort((x, y) => sizeOf(y) - sizeOf(x));
  return {
    settings: different.filter(isSetting),
    results: different.filter((one) => !isSetting(one)),
    layers: changed.slice(0, MOST_LAYERS),
    equal: all.length - different.length + names.length - changed.length,
  };
}

function difference(key: string, a: Leaf | undefined, b: Leaf | undefined): Difference {
  const hasChange = typeof a === 'number' && typeof b === 'number' && a !== 0;
  return { key, a, b, ...(hasChange ? { change: (b - a) / a } : {}) };
}

function sizeOf({ a, b }: Difference): number {
  return Math.abs(Number(b ?? 0) - Number(a ?? 0));
}

/**
 * The plain values in a document by dotted path, in its order. A list of texts is a set: each is a key of its own, so that one more in the
 * middle is one difference.
 */
function leavesOf(value: unknown, path = '', found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    for (const text of value) found.set(`${path}: ${text}`, true);
  } else if (value === null || typeof value !== 'object') found.set(path, value as Leaf);
  else for (const [key, inner] of Object.entries(value)) leavesOf(inner, path === '' ? key : `${path}.${key}`, found);
  return found;
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * The house: floors from the ground up, the rooms of each, and what each room may import besides `base`, which all may. A room is
 * a folder of src/, or one of the two files that are doors.
 */
const FLOORS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ground: {
    base: [],
    numeric: [],
    formats: [],
  },
  models: {
    workload: ['formats'],
    systolic: ['workload'],
    mapping: ['formats', 'workload', 'systolic'],
    energy: ['formats'],
    thermal: ['formats', 'numeric'],
    policy: [],
  },
  engine: {
    design: ['formats', 'systolic', 'energy', 'thermal'],
    cosim: ['formats', 'workload', 'systolic', 'energy', 'thermal', 'policy', 'design'],
  },
  uses: {
    report: ['formats', 'workload', 'systolic', 'energy', 'thermal', 'design', 'cosim'],
    study: ['formats', 'numeric', 'workload', 'systolic', 'mapping', 'thermal', 'policy', 'design', 'cosim', 'report'],
    project: ['formats', 'workload', 'cosim'],
    peers: ['formats', 'workload', 'systolic', 'mapping', 'energy', 'thermal', 'report'],
  },
  doors: {
    index: ['workload', 'systolic', 'energy', 'thermal', 'policy', 'design', 'cosim', 'report', 'study', 'peers'],
    node: ['thermal', 'policy'],
    cli: [
      'workload',
      'systolic',
      'mapping',
      'energy',
      'thermal',
      'policy',
      'design',
      'cosim',
      'report',
      'study',
      'project',
      'peers',
      'node',
    ],
  },
};

const MAY_IMPORT = Object.assign({}, ...Object.values(FLOORS)) as Readonly<Record<string, readonly string[]>>;

/** Rooms whose every file is a door: single tools without an inside. The formats that belong to no peer are such, too. */
const OPEN_ROOMS = ['base', 'numeric'];
const OPEN_FILES = [
  'formats/columns.ts',
  'formats/csv.ts',
  'formats/ini.ts',
  'formats/npy.ts',
  'formats/tagged-yaml.ts',
];

/** Folders with a file a variant of one interface: their number is that of the variants. */
const VARIANTS = ['cli/commands', 'policy/kinds', 'energy/estimators', 'systolic/dataflows'];

/** Rooms that may use Node's own modules; all else runs in a browser. */
const NODE_ONLY = ['node', 'cli'];

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();

function roomOf(file: string): string {
  return file.split('/')[0].replace(/\.ts$/, '');
}

const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

function importsOf(file: string): string[] {
  return [...TEXTS.get(file)!.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]);
}

function localTargets(file: string): string[] {
  return importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => relative(SRC, resolve(dirname(join(SRC, file)), target)));
}

/** Files that reach themselves over imports. */
function circles(): string[] {
  const settled = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (path.includes(file) || settled.has(file)) return;
    for (const target of localTargets(file)) visit(target, [...path, file]);
    settled.add(file);
  };
  for (const file of FILES) visit(file, []);
  return found;
}

describe('the floors', () => {
  test('hold every room of src/', () => {
    expect([...new Set(FILES.map(roomOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test('have arrows that only go down, or along a floor to a room named before', () => {
    const order = Object.keys(MAY_IMPORT);
    for (const [room, others] of Object.entries(MAY_IMPORT)) {
      for (const other of others) expect(order.indexOf(other), `${room} -> ${other}`).toBeLessThan(order.indexOf(room));
    }
  });

  test.each(FILES)('%s imports only what its room may', (file) => {
    const room = roomOf(file);
    for (const target of localTargets(file)) {
      const other = roomOf(target);
      expect([room, 'base', ...MAY_IMPORT[room]], `${file} imports ${target}`).toContain(other);
    }
  });
});

describe('the rooms', () => {
  test('are entered through an index.ts', () => {
    const windows = FILES.flatMap((file) =>
      localTargets(file)
        .filter((target) => roomOf(target) !== roomOf(file) && !OPEN_ROOMS.includes(roomOf(target)))
        .filter((target) => !target.endsWith('/index.ts') && !OPEN_FILES.includes(target))
        .map((target) => `${file} imports ${target}`),
    );
    expect(windows).toEqual([]);
  });

  test('have folders of at most 16 files, but for variants behind one interface', () => {
    const count = new Map<string, number>();
    for (const file of FILES) count.set(dirname(file), (count.get(dirname(file)) ?? 0) + 1);
    const large = [...count].filter(([folder, files]) => files > 16 && !VARIANTS.includes(folder));
    expect(large).toEqual([]);
  });

  test('have no file of more than 300 lines', () => {
    const long = [...TEXTS].filter(([, text]) => text.split('\n').length > 301);
    expect(long.map(([file]) => file)).toEqual([]);
  });

  test('have no circles of files', () => {
    expect(circles()).toEqual([]);
  });
});

describe('the core', () => {
  test.each(FILES.filter((file) => !NODE_ONLY.includes(roomOf(file))))('%s runs in a browser', (file) => {
    expect(importsOf(file).filter((target) => target.startsWith('node:'))).toEqual([]);
    // The CSV parser's plain build expects Node's Buffer; its browser build does not.
    expect(importsOf(file)).not.toContain('csv-parse/sync');
  });

  test('makes no code out of texts, which a strict content security policy forbids', () => {
    const makers = FILES.filter((file) => /\bnew Function\b|\beval\(/.test(TEXTS.get(file)!));
    expect(makers).toEqual([]);
    // A schema library that compiles would do it for us.
    expect(FILES.filter((file) => importsOf(file).some((target) => target.startsWith('ajv')))).toEqual([]);
  });

  test('leaves printing and exiting to cli/', () => {
    const noisy = FILES.filter((file) => roomOf(file) !== 'cli').filter((file) =>
      /\bconsole\.|\bprocess\.(exit|stdout|stderr)/.test(TEXTS.get(file)!),
    );
    expect(noisy).toEqual([]);
  });

  test('prints from one place, which keeps from the terminal what it would act on', () => {
    const places = FILES.filter((file) => /\b(?:stdout|stderr|stream)\.write\(/.test(TEXTS.get(file)!));
    // main.ts says what cannot be written.
    expect(places.sort()).toEqual(['cli/main.ts', 'cli/terminal.ts']);
  });

  test('asks neither the clock nor chance', () => {
    const noisy = FILES.filter((file) => roomOf(file) !== 'cli').filter((file) =>
      /\bDate\b|Math\.random|performance\.now/.test(TEXTS.get(file)!),
    );
    expect(noisy).toEqual([]);
  });
});

/** Links resolve, and the lists that must be complete are: error codes, counters, keys, columns, options. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COUNTERS } from '../../src/base/counters.ts';
import { ERROR_CODES } from '../../src/base/errors.ts';
import { parseOverride } from '../../src/base/overrides.ts';
import { joined } from '../../src/base/source.ts';
import { ExperimentSchema } from '../../src/cosim/experiment-file.ts';
import { loadExperiment, runExperiment } from '../../src/cosim/index.ts';
import { AcceleratorSchema } from '../../src/design/accelerator-schema.ts';
import { nodeFiles } from '../../src/node/files.ts';
import { POLICY_KINDS } from '../../src/policy/index.ts';
import { PolicySchema } from '../../src/policy/policy-file.ts';
import { COMPARISONS, RULE_PARTS, RULES } from '../../src/policy/rules/schema.ts';
import { activityCsv, layersCsv, runSummary } from '../../src/report/index.ts';
import { MODELS } from '../cosim/support.ts';
import { PAGES, proseOf, ROOT, readPage } from './pages.ts';

/** GitHub's anchor of a heading: lower case, punctuation gone, blanks to hyphens. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(readPage(page)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What the first column of the page's tables names in code, each name of a cell by itself. */
function namedInTables(page: string, heading?: string): string[] {
  const text = readPage(page);
  const part = heading === undefined ? text : text.split(new RegExp(`^#+ ${heading}$`, 'm'))[1].split(/^#+ /m)[0];
  const cells = [...part.matchAll(/^\| (.*?) \| /gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
}

describe('links', () => {
  const links = PAGES.flatMap((page) =>
    [...proseOf(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ page, target })),
  );
  const local = links.filter(({ target }) => !/^https?:/.test(target));

  test.each(local)('$page: $target', ({ page, target }) => {
    const [path, anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
  });

  test('every page of docs/ is in its index', () => {
    const targets = local.filter(({ page }) => page === 'docs/README.md').map(({ target }) => `docs/${target}`);
    expect(PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')).toEqual(
      targets.filter((target) => PAGES.includes(target)).sort(),
    );
  });
});

test('every error code is explained, and no other', () => {
  expect(namedFirst('docs/formats/errors.md').sort()).toEqual([...ERROR_CODES].sort());
});

test('every counter is explained, in order', () => {
  expect(namedInTables('docs/guide/accelerators.md', 'Counters')).toEqual([...COUNTERS]);
});

/** The first name of each row: of a table whose cells hold examples too. */
function namedFirst(page: string): string[] {
  return [...readPage(page).matchAll(/^\| `([^`]+)` +\| /gm)].map(([, name]) => name);
}

describe('every key of an input is explained', () => {
  const topLevel = (names: readonly string[]): string[] => [...new Set(names.map((name) => name.split('.')[0]))];

  test('experiment', () => {
    const named = namedInTables('docs/formats/experiment.md').slice(0, Object.keys(ExperimentSchema.properties).length);
    expect(named).toEqual(Object.keys(ExperimentSchema.properties));
  });

  test('policy, and the parameters of every kind', () => {
    const named = namedFirst('docs/formats/policy.md');
    const parameters = POLICY_KINDS.flatMap((kind) => Object.keys(kind.parameters.properties));
    expect(named).toEqual([...Object.keys(PolicySchema.properties), ...parameters]);
    for (const { id } of POLICY_KINDS) expect(readPage('docs/formats/policy.md')).toContain(`\n## \`${id}\`\n`);
  });

  test('rules: every reading, bound and action', () => {
    const named = namedInTables('docs/formats/rules.md');
    const { condition } = RULE_PARTS;
    const rule = RULES.rules.items.properties;
    const keys = [rule, rule.then.properties, condition.properties, COMPARISONS.temperature.properties];
    const combined = ['of', 'take', 'all', 'any', 'not'];
    for (const key of keys.flatMap((one) => Object.keys(one))) {
      if (!combined.includes(key)) expect(named).toContain(key);
      expect(readPage('docs/formats/rules.md')).toContain(`\`${key}`);
    }
  });

  test('accelerator', () => {
    const named = topLevel(namedInTables('docs/guide/accelerators.md', 'accelerator\\.yaml'));
    for (const key of Object.keys(AcceleratorSchema.properties)) expect(named).toContain(key);
  });
});

/** A fifth of a second on a coarse grid has every key that the whole run has. */
const SHORT = ['inferences={period: 40ms, duration: 200ms}', 'accelerator.thermal.grid={rows: 8, columns: 8}'];

describe('every key and column of an output is explained', () => {
  const source = {
    file: 'experiments/quickstart.yaml',
    text: readFileSync(join(ROOT, 'experiments/quickstart.yaml'), 'utf8'),
  };
  const experiment = loadExperiment(nodeFiles, source, {
    overrides: SHORT.map((text) => parseOverride(text)),
  });
  // A sparse layer has keys and columns of its own.
  const layers = experiment.workload.layers.map((layer) => ({ ...layer, sparsity: { kept: 2, block: 4 } }));
  const result = runExperiment({ ...experiment, workload: { ...experiment.workload, layers } }, { cache: MODELS });
  const page = 'docs/formats/outputs.md';

  test('summary.json', () => {
    // A result of its epoch, from a start that swings, has all keys.
    const all = {
      ...result,
      epochChange: 0.2,
      epochRefusal: 'no',
      deadline: { ...result.deadline!, neverBegan: 1 },
      start: { ...result.start!, cycleS: 1 },
    };
    const summary = JSON.parse(
      JSON.stringify(
        runSummary(all, {
          inputsHash: 'hash',
          cost: { cpuS: 1, peakMemoryBytes: 1 },
          against: { energyJ: 1, others: [{ policy: 'pace', energyJ: null, misses: null, reason: 'no' }], oracleJ: 1 },
        }),
      ),
    );
    const named = namedInTables(page, 'summary\\.json').map((name) => name.replace(/^\./, 'omittedLayers[].'));
    expect([...new Set(pathsOf(summary))].sort()).toEqual(named.sort());
  });

  /** Paths to plain values, the names of domains and components as D and C. */
  function pathsOf(value: unknown, path = ''): string[] {
    if (Array.isArray(value)) return value.flatMap((child) => pathsOf(child, `${path}[]`));
    if (value === null || typeof value !== 'object') return [path];
    const any = { operatingPoints: 'D', 'energyJ.byComponent': 'C', 'wPerMm2.byComponent': 'C' }[path];
    return Object.entries(value).flatMap(([key, child]) => pathsOf(child, `${path}${path && '.'}${any ?? key}`));
  }

  test('layers.csv', () => {
    const columns = layersCsv(result).split('\n')[0].split(',');
    const named = namedInTables(page, 'layers\\.csv').filter((name) => !name.endsWith('_j:C'));
    expect(columns.filter((column) => !column.includes('_j:'))).toEqual(named);
  });

  test('activity.csv', () => {
    const columns = joined(activityCsv(result.schedules, 1e9)).split('\n')[0].split(',');
    expect(namedInTables(page, 'activity\\.csv')).toEqual(columns);
  });
});

test('every option of the command line is explained', () => {
  const read = (file: string): string => readFileSync(join(ROOT, 'src/cli/commands', file), 'utf8');
  const optionsOf = (file: string): string[] =>
    [...read(file).matchAll(/'(?:-\w, )?(--[\w-]+)/g)].map(([, option]) => option);
  const thermal = ['thermal.ts', 'thermal-pictures.ts'].flatMap(optionsOf);
  const others = ['run.ts', 'simulate.ts', 'validate.ts', 'list.ts'].flatMap(optionsOf);
  expect(Math.min(thermal.length, others.length)).toBeGreaterThan(4);
  for (const option of others) expect(readPage('docs/guide/command-line.md')).toContain(option);
  for (const option of optionsOf('scaling.ts')) expect(readPage('docs/guide/scaling.md')).toContain(option);
  for (const option of optionsOf('map.ts')) expect(readPage('docs/guide/map.md')).toContain(option);
  for (const option of thermal) expect(readPage('docs/guide/thermal.md')).toContain(option);
});

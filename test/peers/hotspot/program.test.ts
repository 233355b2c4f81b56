import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Files } from '../../../src/base/files.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';
import { type HotspotProgramMode, runHotspot } from '../../../src/peers/hotspot/program.ts';
import type { HotspotTransient } from '../../../src/peers/hotspot/transient.ts';
import { golden, goldenRows, largestDifference } from '../../thermal/support.ts';
import { longTest, someOf } from '../../tier.ts';

/** Reads a case's files by the names in its command line. */
function inputOf(name: string) {
  const words = JSON.parse(golden(`${name}/run.json`).text)
    .command.split(' ')
    .slice(1) as string[];
  const pairs = words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1]] as const] : []));
  const value = (option: string): string | undefined => pairs.find(([key]) => key === option)?.[1];
  const files: Files = { read: (path) => golden(`${name}/${path}`).text, list: () => [] };
  return readHotspotInput(files, {
    config: value('-c'),
    floorplan: value('-f'),
    trace: value('-p')!,
    transient: true,
    options: pairs.filter(([key]) => key.length > 2),
  });
}

/** Temperatures at the end of every sample, columns as in the trace. */
function traceOf(name: string, mode: HotspotProgramMode): number[][] {
  const input = inputOf(name);
  const rows: number[][] = [];
  const onSample = (_: number, at: HotspotTransient): void => {
    const units = at.unitsK();
    rows.push(Array.from(input.trace.unitOfColumn, (unit) => units[unit]));
  };
  runHotspot({ input, mode, transient: true, onSample });
  return rows;
}

function worst(rows: readonly number[][], file: string): number {
  return largestDifference(rows.flat(), goldenRows(file).flat());
}

const BLOCK = [
  'two-block-step',
  'sys8-block-pkg',
  'sys8-block-restart',
  'sys8-block-shuffled',
  'sys8-block-square-1e-4',
];
const GRID = [
  'sys8-grid16-step-1e-5',
  'sys8-grid16-burst-1e-4',
  'sys8-grid16-square-1e-3',
  'sys8-grid16-restart',
  'stack3-grid16-tr',
  'stack3-grid16-detailed-tr',
  'sys8-grid32-burst-1e-3',
];

// Exact: an independent eigen-decomposition of HotSpot's network, printed with 6 decimals and itself good to 3e-6 K.
// Default: HotSpot's Runge-Kutta, which errs by up to 0.022 K.
describe('compat hotspot is the exact transient of HotSpot 7.0', () => {
  test.each(someOf([...BLOCK, ...GRID, 'sys8-grid16-secondary-tr'], 4))('%s', (name) => {
    const rows = traceOf(name, 'hotspot');
    const exact = `${name}/ttrace.exact.csv`;
    if (existsSync(new URL(`../../golden/hotspot/${exact}`, import.meta.url)))
      expect(worst(rows, exact)).toBeLessThan(1e-5);
    expect(worst(rows, `${name}/ttrace.default.csv`)).toBeLessThan(0.03);
  });
});

describe('compat hotspot-be is the SuperLU build of HotSpot 7.0', () => {
  test.each(someOf(GRID, 2))('%s', (name) => {
    expect(worst(traceOf(name, 'hotspot-be'), `${name}/ttrace.superlu.csv`)).toBeLessThan(1e-5);
  });

  test('whose block model is that of the default build', () => {
    expect(traceOf('two-block-step', 'hotspot-be')).toEqual(traceOf('two-block-step', 'hotspot'));
  });
});

test('a forced convection is the same to a steady state that is kept', () => {
  const given = inputOf('sys8-block-fanpkg');
  const samples = 100;
  const powerW = given.trace.powerW.map((column) => new Float64Array(samples).fill(column[0]));
  const input = { ...given, trace: { ...given.trace, samples, powerW } };
  const cache = { get: () => undefined, put: () => {} };
  const run = (steady: 'names' | 'cells') => runHotspot({ input, mode: 'hotspot', transient: true, cache, steady });
  const [names, cells] = [run('names'), run('cells')];
  expect(names.plan.transient).toBe('modal');
  expect(names.options).toEqual(cells.options);
  expect(names.options.r_convec).not.toBe(input.problem.options.r_convec);
  names.steady.forEach(({ temperatureK }, group) => {
    expect(largestDifference(temperatureK, cells.steady[group].temperatureK)).toBeLessThan(1e-9);
  });
});

describe('physical', () => {
  test('a long transient with leakage ends in the steady state with leakage', () => {
    const input = inputOf('sys8-block-leak');
    const { problem, trace } = input;
    const options = { ...problem.options, sampling_intvl: 200 };
    const long = {
      ...input,
      problem: { ...problem, options },
      trace: { ...trace, samples: 4, powerW: constant(trace) },
    };
    let last = new Float64Array(0);
    const { model, steady } = runHotspot({
      input: long,
      mode: 'physical',
      transient: true,
      onSample: (_, at) => {
        last = Float64Array.from(at.unitsK());
      },
    });
    // The stepper's own tolerance.
    expect(largestDifference(last, steady[0].temperatureK)).toBeLessThan(0.02);
    // Leakage adds heat.
    const cool = runHotspot({
      input: { ...long, problem: { ...problem, options: { ...options, leakage_used: 0 } } },
      mode: 'physical',
      transient: false,
    });
    expect(Math.max(...last)).toBeGreaterThan(Math.max(...Array.from(cool.steady[0].temperatureK)) + 0.1);
    expect(model.rules.network.name).toBe('physical');
  });

  test('a long transient with natural convection comes near the steady state', () => {
    const input = inputOf('sys8-block-natural');
    const { problem, trace } = input;
    const options = { ...problem.options, sampling_intvl: 500 };
    const samples = 40;
    const powerW = trace.powerW.map((column) => new Float64Array(samples).fill(column[0]));
    const long = { ...input, problem: { ...problem, options }, trace: { ...trace, samples, powerW } };
    let last = new Float64Array(0);
    const { steady } = runHotspot({
      input: long,
      mode: 'physical',
      transient: true,
      onSample: (_, at) => {
        last = Float64Array.from(at.unitsK());
      },
    });
    expect(largestDifference(last, steady[0].temperatureK)).toBeLessThan(0.01);
  });
});

function constant({ powerW }: { readonly powerW: readonly Float64Array[] }): Float64Array[] {
  return powerW.map((column) => new Float64Array(4).fill(column.reduce((a, b) => a + b, 0) / column.length));
}

describe('large grids in time', () => {
  /** acc21 on 64 x 64 cells, 16,396 nodes: reduced, because exact steps would take longer. */
  const input = readHotspotInput(
    {
      list: () => [],
      read: (path) =>
        path === 'acc21.config'
          ? '-model_type grid\n-k_chip 130\n-p_chip 1630300\n-r_convec 1.042\n-init_temp 318.15\n-grid_map_mode avg\n-sampling_intvl 1e-4\n'
          : golden(`acc21/${path}`).text,
    },
    { config: 'acc21.config', floorplan: 'acc21.flp', trace: 'acc21_100.ptrace', transient: true, options: [] },
  );
  const kept = new Map<string, readonly Float64Array[]>();
  const cache = {
    get: (key: string) => kept.get(key),
    put: (key: string, columns: readonly Float64Array[]) => void kept.set(key, columns),
  };
  const run = (init_temp: number) => {
    const rows: number[][] = [];
    const problem = { ...input.problem, options: { ...input.problem.options, init_temp } };
    const onSample = (_: number, at: HotspotTransient): void => void rows.push([...at.unitsK()]);
    const { plan } = runHotspot({ input: { ...input, problem }, mode: 'hotspot', transient: true, cache, onSample });
    expect(plan.transient).toBe('modal');
    return rows;
  };

  test('within 1e-3 K of the exact solution, cold and from the cache', () => {
    const cold = run(318.15);
    expect(largestDifference(cold.flat(), goldenRows('acc21/trans_64x64_exact_dt1e-4.csv').flat())).toBeLessThan(1e-3);
    expect(kept.size).toBe(1);
    expect(run(318.15)).toEqual(cold);
    expect(kept.size).toBe(1);
  });

  longTest('a warm start adds its own decay: superposition', () => {
    const [cold, warm, warmer] = [318.15, 328.15, 338.15].map(run);
    warm.forEach((row, k) => {
      row.forEach((value, u) => {
        expect(value - cold[k][u]).toBeCloseTo((warmer[k][u] - cold[k][u]) / 2, 3);
        expect(value).toBeGreaterThan(cold[k][u]);
      });
    });
    // After 0.1 ms the silicon has hardly cooled by the sink's time constant of a minute.
    expect(warm[0][0] - cold[0][0]).toBeCloseTo(10, 1);
  });

  /** Rises of all names above the ambient, K. */
  const steadyRises = (steady: 'names' | 'cells', of = input): number[] => {
    const outcome = runHotspot({ input: of, mode: 'hotspot', transient: true, cache, steady });
    return outcome.steady.flatMap(({ temperatureK }) => Array.from(temperatureK, (value) => value - 318.15));
  };

  test('the steady state of names is that of all cells, and is kept by the power', () => {
    const direct = steadyRises('cells');
    expect(steadyRises('names')).toEqual(direct);
    const [key, [temperaturesK]] = [...kept].find(([, columns]) => columns.length === 1)!;
    // One solution: 4 layers of 21 blocks, 12 nodes.
    expect(temperaturesK.length).toBe(4 * 21 + 12);
    expect(steadyRises('names')).toEqual(direct);
    // It is what is read.
    kept.set(key, [temperaturesK.map((value) => value + 1)]);
    expect(largestDifference(steadyRises('names'), direct)).toBeCloseTo(1, 9);
    kept.delete(key);
    const doubled = { ...input, trace: { ...input.trace, powerW: input.trace.powerW.map((w) => w.map((x) => 2 * x)) } };
    steadyRises('names');
    const hotter = steadyRises('names', doubled);
    expect(
      largestDifference(
        hotter,
        direct.map((rise) => 2 * rise),
      ),
    ).toBeLessThan(1e-7);
  });

  longTest('cells of the first layer within a hundredth of the hottest, and the units as without them', () => {
    const fieldsOf = (fields: number | 'all') => {
      const [cells, units]: Float64Array[][] = [[], []];
      const { plan } = runHotspot({
        // Exact steps take 50 ms each.
        input: { ...input, trace: { ...input.trace, samples: 40 } },
        mode: 'hotspot',
        transient: true,
        steady: 'none',
        fields,
        onSample(_, at) {
          cells.push(at.cellsK().slice(0, 64 * 64));
          units.push(at.unitsK().slice());
        },
      });
      return { plan, cells, units };
    };
    const [modal, exact] = [fieldsOf(0), fieldsOf('all')];
    expect([modal.plan.transient, exact.plan.transient]).toEqual(['modal', 'exponential']);
    exact.cells.forEach((cells, k) => {
      const hottest = Math.max(...cells) - 318.15;
      expect(largestDifference(modal.cells[k], cells)).toBeLessThan(hottest / 100);
    });
    expect(modal.units.flatMap((row) => [...row])).toEqual(run(318.15).slice(0, 40).flat());
    // The interface is no plane that the model keeps.
    const one = { ...input, trace: { ...input.trace, samples: 1 } };
    const why = (fields: number): readonly string[] =>
      runHotspot({ input: one, mode: 'hotspot', transient: true, steady: 'none', fields }).plan.why;
    expect(why(0)[1]).toContain('modal takes about');
    expect(why(1)[1]).toContain('not every cell');
  });
});

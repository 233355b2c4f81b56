import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../src/cosim/result.ts';
import { timeCharts } from '../../../src/report/charts/index.ts';
import type { TimeChart } from '../../../src/report/charts/time-chart.ts';
import { runModel } from '../../../src/report/data/model.ts';
import { madeUp, madeUpResult, type Shape } from '../support.ts';
import { Recorder } from './recorder.ts';

const FRAME = { x: 0, y: 0, width: 1000, height: 200 };

function chartOf(id: string, shape: Shape, change: Partial<RunResult> = {}): TimeChart {
  const chart = timeCharts(runModel(madeUp(shape, change))).find((one) => one.id === id);
  if (!chart) throw new Error(`no chart ${id}`);
  return chart;
}

function drawn(chart: TimeChart, fromS: number, toS: number): Recorder {
  const recorder = new Recorder();
  chart.draw(recorder, { ...FRAME, fromS, toS });
  return recorder;
}

/** Two epochs of 1 s and 3 s with one domain, three blocks and DRAM. */
function shortRun(volts: readonly [number, number], events: RunResult['events'] = []): Partial<RunResult> {
  const made = madeUpResult({ epochs: 2, domains: 1, blocks: 3, components: 4 });
  const kelvin = (...celsius: number[]) => Float64Array.from(celsius, (c) => c + 273.15);
  const domain = {
    ...made.trace.domains[0],
    voltageV: Float64Array.from(volts),
    frequencyHz: Float64Array.of(1e9, 1e9),
  };
  const trace = {
    ...made.trace,
    timeS: Float64Array.of(1, 4),
    durationS: Float64Array.of(1, 3),
    domains: [domain],
    powerW: [Float64Array.of(2, 2), Float64Array.of(1, 1), new Float64Array(2)],
    temperatureK: [kelvin(70, 74), kelvin(60, 60), kelvin(66, 68)],
    offDieW: Float64Array.of(1, 1),
    totalW: Float64Array.of(4, 4),
  };
  const thermal = { ...made.thermal!, startK: kelvin(70, 60, 66), limitK: 75 + 273.15 };
  return { trace, thermal, simulatedS: 4, marksK: [], events };
}

const SHORT: Shape = { epochs: 2, domains: 1, blocks: 3, components: 4, events: 0 };

describe('clock and voltage', () => {
  test('a value is that of its epoch from its beginning on; the axis begins at 0', () => {
    // Epochs of 1 s and 3 s: 0.7 V, then 1 V from a quarter of the width on, which is the top of the 200 units.
    const chart = chartOf('voltage', SHORT, shortRun([0.7, 1]));
    const line = [
      [0, 60],
      [250, 60],
      [250, 0],
      [1000, 0],
    ];
    expect(drawn(chart, 0, 4).lineIn('k0')).toEqual(line);
    // (0.7 * 1 + 1 * 3) / 4 = 0.925.
    expect(chart.readout(null)).toEqual(['mean 0.93 V']);
    expect(chart.readout(0.5)).toEqual(['0.70 V']);
  });

  test('transitions give the true steps within an epoch, and the share of the run at each point', () => {
    const event = { policy: 'throttle', domain: 'core', reason: '' };
    const events = [
      { ...event, timeS: 0, kind: 'decision', from: '', to: '1000MHz' },
      { ...event, timeS: 2, kind: 'transition', from: '1000MHz', to: '600MHz' },
      { ...event, timeS: 3, kind: 'transition', from: '600MHz', to: '1000MHz' },
    ] as RunResult['events'];
    const chart = chartOf('clock', SHORT, shortRun([1, 1], events));
    // 1 GHz is the top of 200 units, 600 MHz 80 below it; the steps are at 2 and 3 of 4 s.
    expect(drawn(chart, 0, 4).lineIn('k0')).toEqual([
      [0, 0],
      [500, 0],
      [500, 80],
      [750, 80],
      [750, 0],
      [1000, 0],
    ]);
    expect(chart.readout(2.5)).toEqual(['0.60 GHz']);
    expect(chart.aside?.[0].rows).toEqual([
      { label: '1.00 GHz, 0.90 V', share: 0.75 },
      { label: '600 MHz, 0.70 V', share: 0.25 },
    ]);
  });
});

describe('power', () => {
  test('each area begins where the one below ends; the line of the highest epoch is there only if it differs', () => {
    const chart = chartOf('power', SHORT, shortRun([1, 1]));
    const { fills, strokes } = drawn(chart, 0, 4);
    // 2 W, 3 W and 4 W of 4 W: tops at 100, 50 and 0 of 200.
    expect(
      fills.map(({ points }) => [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))]),
    ).toEqual([
      [100, 200],
      [50, 100],
      [0, 50],
    ]);
    // Grids, the total, and the axes.
    expect(strokes.map(({ ink }) => ink)).not.toContain('c7');
    expect(chart.readout(0.5).slice(0, 3)).toEqual(['2.00 W', '1.00 W', '1.00 W']);
  });

  test('of more epochs than pixels, the highest is drawn above the mean', () => {
    const made = madeUpResult({ epochs: 20_000, blocks: 2 });
    const totalW = made.trace.totalW.slice();
    totalW[7777] = 100;
    const change = { trace: { ...made.trace, totalW } };
    const { strokes } = drawn(chartOf('power', { epochs: 20_000, blocks: 2 }, change), 0, 20);
    const highest = strokes.find(({ ink, points }) => ink === 'muted' && points.length > 1000)!.points;
    // 100 W is the top of the axis, at 7.777 of 20 s.
    expect(highest.filter(([, y]) => y < 0.5).map(([x]) => Math.round(x))).toContain(389);
  });
});

describe('temperature', () => {
  test('is a line of the hottest and a shade down to the coolest block of a component', () => {
    const change = shortRun([1, 1]);
    const made = madeUpResult(SHORT);
    // Blocks 0 and 2 are of one component.
    const places = [{ blocks: [0, 2] }, { blocks: [1] }, { blocks: [] }, { blocks: [] }];
    const design = { ...made.experiment.design, places };
    const experiment = { ...made.experiment, design } as unknown as RunResult['experiment'];
    const { fills, strokes, texts } = drawn(chartOf('temperature', SHORT, { ...change, experiment }), 0, 4);
    // The axis is 60 to 75 C: 70 C is a third below the top, 74 C is 1/15; 66 C is 9/15 and 68 C 7/15 of 200 units.
    expect(strokes.find(({ ink }) => ink === 'c0')?.points).toEqual([
      [0, 66.7],
      [250, 66.7],
      [1000, 13.3],
    ]);
    expect(fills.find(({ ink }) => ink === 'c0')?.points.slice(3)).toEqual([
      [1000, 93.3],
      [250, 120],
      [0, 120],
    ]);
    expect(texts).toContain('limit 75.0 °C');
  });

  test('a limit far from the temperatures is named at the edge and does not flatten them', () => {
    const change = shortRun([1, 1]);
    const thermal = { ...change.thermal!, limitK: 120 + 273.15 };
    const { strokes, texts } = drawn(chartOf('temperature', SHORT, { ...change, thermal }), 0, 4);
    expect(texts).toContain('▲ limit 120.0 °C');
    expect(strokes.map(({ ink }) => ink)).not.toContain('bad');
  });

  test('one hot epoch of 20,000 is drawn at its place, zoomed in or out', () => {
    const shape = { epochs: 20_000, blocks: 2 };
    const made = madeUpResult(shape);
    made.trace.temperatureK[1][7777] = 273.15 + 120;
    const chart = chartOf('temperature', shape, { trace: made.trace });
    const [all, near] = [drawn(chart, 0, 20), drawn(chart, 7.77, 7.79)];
    const tops = (recorder: Recorder) =>
      recorder
        .lineIn('c1')!
        .filter(([, y]) => y < 1)
        .map(([x]) => x);
    expect(tops(all).map(Math.round)).toEqual([389]);
    // The epoch ends at 7.778 s, 8 of 20 ms.
    expect(tops(near)).toEqual([400]);
  });
});

describe('inferences', () => {
  const log = (count: number, latencyS: (i: number) => number, simulatedS = count) => {
    const releaseS = Float64Array.from({ length: count }, (_, i) => i);
    const endS = releaseS.map((release, i) => release + latencyS(i));
    const completed = endS.filter((s) => !Number.isNaN(s)).length;
    const inferences = { releaseS, startS: releaseS, endS, completed, layers: [], layerEndS: Float64Array.of() };
    const trace = {
      ...madeUpResult({ epochs: 1 }).trace,
      timeS: Float64Array.of(simulatedS),
      durationS: Float64Array.of(simulatedS),
    };
    const deadline = { limitS: 0.5, misses: 0, worstSlackS: 0 };
    return chartOf('latency', { epochs: 1 }, { inferences, trace, simulatedS, deadline });
  };

  test('a late one is marked; one that ends on time to the digit is not', () => {
    const chart = log(4, (i) => [0.4, 0.5, 0.6, Number.NaN][i]);
    const { boxes } = drawn(chart, 0, 4);
    const ends = (ink: string) => boxes.filter((box) => box.ink === ink && box.at[2] === 6).map(({ at }) => at[0] + 3);
    expect(ends('k0')).toEqual([100, 375]);
    // The unfinished one is 1 s old at the end of the run, and its deadline has passed.
    expect(ends('bad')).toEqual([650, 1000]);
    expect(chart.readout(2.5)).toEqual(['inference 3: 600 ms', '100 ms late']);
    expect(chart.label).toBe('Latency of 4 inferences; 2 end after the deadline of 500 ms');
  });

  test('one that runs when the run ends is not drawn unless its deadline has passed', () => {
    // The last is released at 3 s of 3.2 s.
    const { boxes } = drawn(
      log(4, (i) => (i === 3 ? Number.NaN : 0.4), 3.2),
      0,
      3.2,
    );
    expect(boxes.filter(({ at }) => at[2] === 6)).toHaveLength(3);
  });

  test('the name of the deadline stands left of a dot that it would lie on', () => {
    const endOf = (latencyS: number): number => {
      const recorder = new Recorder();
      let right = Number.NaN;
      recorder.text = (text, x) => {
        if (text === 'deadline 500 ms') right = x;
      };
      log(4, (i) => (i === 3 ? latencyS : 0.4)).draw(recorder, { ...FRAME, fromS: 0, toS: 4 });
      return right;
    };
    // The last one ends at 3.4 s of 4 s, far below the name: it stands at the right end.
    expect(endOf(0.4)).toBe(996);
    // The last one ends late at 3.55 s: 887.5 pixels.
    expect(endOf(0.55)).toBe(879.5);
  });

  test('of 50,000, the one that was late is drawn', () => {
    const chart = log(50_000, (i) => (i === 12_345 ? 0.7 : 0.3));
    expect(drawn(chart, 0, 50_000).boxes.filter(({ ink }) => ink === 'bad')).toHaveLength(1);
    expect(chart.note).toContain('the quickest and the slowest');
  });
});

describe('decisions', () => {
  test('say why at the cursor', () => {
    const chart = chartOf('decisions', { events: 60, epochs: 60 });
    // Events are 1 ms apart; number 8 is a decision of the governor, number 7 a conflict.
    const [decision, conflict] = chart.readout(8.5e-3);
    expect(chart.legend.map(({ name }) => name)).toEqual(['decision', 'conflict']);
    expect(decision).toBe('core 1 GHz to 600 MHz at 8.00 ms by governor: array at 83.4 C is above the trip of 82 C');
    expect(conflict).toContain('at 7.00 ms by governor');
  });

  test('two in one pixel are drawn once', () => {
    const { boxes } = drawn(chartOf('decisions', { events: 60_000, epochs: 800 }), 0, 0.8);
    expect(boxes.length).toBeLessThanOrEqual(3 * 2 * 1001);
  });
});

test('every chart draws every shape, near and far, with finite places', () => {
  const shapes: Shape[] = [
    {},
    { epochs: 1, inferences: 1, events: 0 },
    { thermal: false },
    { energy: 0 },
    { inferences: 0 },
  ];
  for (const shape of shapes) {
    const model = runModel(madeUp(shape));
    for (const chart of timeCharts(model)) {
      for (const share of [1, 0.01]) {
        const recorder = drawn(chart, model.startS, model.startS + share * (model.endS - model.startS));
        const numbers = [
          ...[...recorder.fills, ...recorder.strokes].flatMap(({ points }) => points.flat()),
          ...recorder.boxes.flatMap(({ at }) => at),
        ];
        expect(
          numbers.filter((value) => !Number.isFinite(value)),
          chart.id,
        ).toEqual([]);
      }
      expect(chart.readout(model.startS), chart.id).toHaveLength(chart.legend.length);
      expect(chart.table(model.startS, model.endS).rows[0]?.length ?? chart.table(0, 1).columns.length).toBe(
        chart.table(model.startS, model.endS).columns.length,
      );
    }
  }
});

import { describe, expect, test } from 'vitest';
import { joined } from '../../src/base/source.ts';
import type { RunResult } from '../../src/cosim/index.ts';
import { load, run } from '../../src/index.ts';
import { nodeFiles } from '../../src/node.ts';
import { perfettoTrace } from '../../src/peers/run-tables/index.ts';
import { artefacts } from '../../src/report/files/index.ts';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Record<string, number | string>;
}

interface Trace {
  readonly displayTimeUnit?: string;
  readonly traceEvents: readonly Event[];
}

function traceOf(result: RunResult): readonly Event[] {
  return wholeTraceOf(result).traceEvents;
}

function wholeTraceOf(result: RunResult): Trace {
  const files = artefacts(result, { inputsHash: 'x' });
  const source = (file: string) => ({ file, pieces: files[file]() });
  const tables = {
    trace: source('trace.csv'),
    events: source('events.csv'),
    inferences: source('inferences.csv'),
  };
  return JSON.parse(joined(perfettoTrace(tables))) as Trace;
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What an event has against the format: keys that it does not know for this phase, keys that are missing, values of another kind. */
function problemsOf(event: Event): string[] {
  const of: Readonly<Record<string, readonly [needed: string[], optional: string[]]>> = {
    X: [['name', 'ph', 'pid', 'tid', 'ts', 'dur'], ['args']],
    C: [['name', 'ph', 'pid', 'ts', 'args'], []],
    i: [['name', 'ph', 's', 'pid', 'tid', 'ts'], ['args']],
    M: [['name', 'ph', 'pid', 'args'], ['tid']],
  };
  const [needed, optional] = of[event.ph] ?? [[], []];
  const values: Readonly<Record<string, (value: unknown) => boolean>> = {
    name: (value) => typeof value === 'string' && value !== '',
    ph: (value) => Object.hasOwn(of, value as string),
    pid: Number.isInteger,
    tid: Number.isInteger,
    ts: isCount,
    dur: isCount,
    s: (value) => ['g', 'p', 't'].includes(value as string),
    // The series of a counter are numbers; metadata name a process or a thread.
    args: (value) =>
      event.ph === 'C'
        ? Object.values(value as object).length > 0 && Object.values(value as object).every(Number.isFinite)
        : event.ph !== 'M' || typeof (value as Record<string, unknown>).name === 'string',
  };
  return [
    ...needed.filter((key) => !Object.hasOwn(event, key)).map((key) => `lacks ${key}`),
    ...Object.entries(event).flatMap(([key, value]) => {
      if (![...needed, ...optional].includes(key)) return [`has ${key}`];
      return values[key](value) ? [] : [`${key} is ${JSON.stringify(value)}`];
    }),
    ...(event.ph === 'M' && !['process_name', 'thread_name'].includes(event.name) ? ['unknown metadata'] : []),
  ];
}

/** Times are whole nanoseconds. */
const ns = (us: number): number => Math.round(us * 1000);

const slicesOf = (events: readonly Event[], track: string): Event[] => {
  const thread = events.find(({ ph, args }) => ph === 'M' && args.name === track);
  return events.filter(({ ph, tid }) => ph === 'X' && tid === thread?.tid);
};

/** Five inferences with clocks that change between and within them. */
const RUNS = [
  ['a period, clocks that rest in between', { 'inferences.period': '7ms', policy: 'race-to-idle' }],
  ['back to back, clocks that change within inferences', { policy: 'component-util', epoch: '0.5ms' }],
  ['several arrays', { accelerator: 'quad-npu', policy: 'pace', deadline: '6ms', 'inferences.period': '7ms' }],
] as const;

describe.each(RUNS)('the trace of a run with %s', (_, set) => {
  const result = run(
    load(nodeFiles, 'one-inference', {
      set: { 'inferences.count': '5', epoch: '1ms', start: 'ambient', ...set },
    }),
  );
  const events = traceOf(result);
  const inferences = slicesOf(events, 'inferences');
  const layers = slicesOf(events, 'layers');
  const changes = result.domains.map((name) => slicesOf(events, `changes of ${name}`));

  // The rules of the Trace Event Format (Google, revision of October 2016), as far as these events need them.
  test('keeps the rules of the format', () => {
    expect(['ms', 'ns']).toContain(wholeTraceOf(result).displayTimeUnit);
    for (const event of events) expect(problemsOf(event), JSON.stringify(event)).toEqual([]);
  });

  test('has slices that overlap only where one holds the other', () => {
    for (const track of [inferences, layers, ...changes]) {
      const open: number[] = [];
      for (const { ts, dur } of [...track].sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
        const [from, to] = [ns(ts), ns(ts) + ns(dur)];
        while (open.length > 0 && open.at(-1)! <= from) open.pop();
        if (open.length > 0) expect(to).toBeLessThanOrEqual(open.at(-1)!);
        open.push(to);
      }
    }
  });

  test('has layers that fill their inference, which lasts as long as in the run', () => {
    expect(inferences).toHaveLength(5);
    inferences.forEach(({ ts, dur }, i) => {
      const own = layers.slice(i * result.layers.length, (i + 1) * result.layers.length);
      expect(own.map(({ name }) => name)).toEqual(result.layers.map(({ name }) => name));
      expect(own.reduce((sum, layer) => sum + ns(layer.dur), 0)).toBe(ns(dur));
      expect(own[0].ts).toBe(ts);
      // Nine digits of a table, then whole nanoseconds.
      expect(ns(dur) / 1e9).toBeCloseTo(result.inferences.endS[i] - result.inferences.startS[i], 8);
    });
  });

  // The ledger books the time of layers segment by segment, and knows no ends of layers.
  test('gives each layer the time that layers.csv says', () => {
    for (const { name, timeS } of result.layers) {
      const sum = layers.filter((layer) => layer.name === name).reduce((all, { dur }) => all + ns(dur), 0);
      expect(Math.abs(sum / 1e9 - timeS)).toBeLessThan(5 * 1e-9);
    }
  });

  test('has a slice a transition, as long as relocking and ramping take; the clock stands for its dead time', () => {
    const whole = changes.map((track) => track.filter(({ name }) => name !== 'clock stands'));
    expect(whole.flat()).toHaveLength(result.transitions);
    expect(result.transitions).toBeGreaterThan(0);
    result.domains.forEach((_name, d) => {
      const { transition, points } = result.experiment.design.spec.domains[d];
      const voltageOf = (text: string) =>
        points.find(({ frequencyHz }) => `${frequencyHz / 1e6}MHz` === text)!.voltageV;
      const ended = whole[d].filter(({ ts, dur }) => ns(ts) + ns(dur) < Math.round(result.simulatedS * 1e9) - 1);
      for (const { name, dur } of ended) {
        const [from, to] = name.split(' to ').map(voltageOf);
        const expected = transition.relockS + Math.abs(to - from) / transition.slewVPerS;
        expect(Math.abs(ns(dur) / 1e9 - expected)).toBeLessThan(2e-9);
      }
      const { dead } = result.trace.domains[d];
      const deadS = dead.reduce((sum, share, n) => sum + share * result.trace.durationS[n], 0);
      const standsS = changes[d].reduce((sum, { name, dur }) => sum + (name === 'clock stands' ? ns(dur) : 0), 0) / 1e9;
      expect(Math.abs(standsS - deadS)).toBeLessThan(2e-9 * (1 + whole[d].length));
    });
  });

  // The trace has means of epochs, the counter steps at the changes.
  test('has clocks whose means are those of trace.csv', () => {
    result.domains.forEach((name, d) => {
      const steps = events.filter((event) => event.ph === 'C' && event.name === `frequency of ${name}, MHz`);
      let cycles = 0;
      steps.forEach(({ ts, args }, i) => {
        const until = i + 1 < steps.length ? steps[i + 1].ts * 1e-6 : result.simulatedS;
        cycles += Number(args[name]) * 1e6 * (until - ts * 1e-6);
      });
      const { frequencyHz } = result.trace.domains[d];
      const expected = frequencyHz.reduce((sum, f, n) => sum + f * result.trace.durationS[n], 0);
      expect(cycles / expected).toBeCloseTo(1, 6);
    });
  });
});

test('an inference that is cut off lasts to the end of the run, and so does its layer', () => {
  const result = run(
    load(nodeFiles, 'one-inference', { set: { inferences: '{duration: 8ms}', epoch: '1ms', start: 'ambient' } }),
  );
  const events = traceOf(result);
  const last = slicesOf(events, 'inferences').at(-1)!;
  const layer = slicesOf(events, 'layers').at(-1)!;
  expect(last.args.unfinished).toBe('yes');
  expect(ns(last.ts) + ns(last.dur)).toBe(8_000_000);
  expect(ns(layer.ts) + ns(layer.dur)).toBe(8_000_000);
  expect(result.inferences.completed).toBe(slicesOf(events, 'inferences').length - 1);
});

test('of a long run, epochs share the mean of their time and their highest temperature', () => {
  // 100,001 epochs, the odd ones twice as long: three to a value, with 33,334 values in all.
  let time = 0;
  const rows = Array.from({ length: 100_001 }, (_, i) => {
    const duration = i % 2 === 0 ? 1 : 2;
    time += duration;
    return `${time},${duration},,,${i},${300 + (i % 7)}`;
  });
  const source = (file: string, text: string) => ({ file, pieces: [text] });
  const trace = perfettoTrace({
    trace: source('trace.csv', `time_s,duration_s,inference,layer,power_w:b,temperature_k:b\n${rows.join('\n')}\n`),
    events: source('events.csv', 'time_s,kind,policy,domain,from,to,reason,duration_s,stopped_s\n'),
    inferences: source('inferences.csv', 'inference,release_s,start_s,duration_s\n'),
  });
  const events = (JSON.parse(joined(trace)) as { traceEvents: Event[] }).traceEvents;
  const of = (name: string): Event[] => events.filter((event) => event.ph === 'C' && event.name.startsWith(name));
  expect(events[0].args.name).toBe('run, counters over 3 epochs');
  expect(of('power')).toHaveLength(33_334);
  // Epochs 3 to 5 begin at 4 s and last 2, 1 and 2 s.
  expect(of('power')[1]).toMatchObject({ ts: 4e6, args: { b: 4 } });
  // Epochs 4 to 6 would peak in the last; 3, 4, 5 end at 9 s with at most 305 K.
  expect(of('temperature')[1]).toMatchObject({ ts: 9e6, args: { b: Number((305 - 273.15).toPrecision(7)) } });
  // The last value has two epochs: 99,999 of 2 s and 100,000 of 1 s.
  expect(of('power').at(-1)?.args.b).toBe(Number(((2 * 99_999 + 100_000) / 3).toPrecision(7)));
});

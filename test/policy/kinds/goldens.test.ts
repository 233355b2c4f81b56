/** Decisions worked out elsewhere; each file says how. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  createStack,
  type PointByDomain,
  type PolicyContext,
  type Trigger,
  type WorkModel,
} from '../../../src/policy/index.ts';
import { ARRAY, contextOf, decisions, entry, heat, observe, running, stackOf } from '../support.ts';

const read = (name: string) => JSON.parse(readFileSync(`test/golden/policies/${name}.json`, 'utf8'));

describe('Linux thermal governors over 30 epochs', () => {
  const golden = read('thermal-governors');
  const clocksOf = (uses: string, parameters: string): number[] =>
    decisions(stackOf(uses, parameters), golden.temp_c.map(heat)).map(
      ({ points }) => ARRAY.points[points.array].frequencyHz / 1e6,
    );

  test('step_wise', () => {
    expect(clocksOf('step_wise', '{trip: 85C, max_state: 4}')).toEqual(golden.step_wise.f);
    // The defaults are the same.
    expect(clocksOf('step_wise', '{}')).toEqual(golden.step_wise.f);
    expect(clocksOf('step_wise', '{kernel: "6.6"}')).toEqual(golden.step_wise.f);
  });

  test('bang_bang', () => {
    const { f_hot_mhz, f_cool_mhz } = golden.bang_bang.params;
    const expected = golden.bang_bang.on.map((on: number) => (on ? f_hot_mhz : f_cool_mhz));
    for (const kernel of ['"6.6"', '"6.18"']) {
      expect(clocksOf('bang_bang', `{trip: 85C, hysteresis: 2K, kernel: ${kernel}}`)).toEqual(expected);
    }
  });
});

describe('ResNet-18 with a deadline', () => {
  const golden = read('deadline');
  const timeS: readonly (readonly number[])[] = golden.t_s;
  const energyJ: readonly (readonly number[])[] = golden.E_J;
  const { model } = golden;
  const retainW = model.opp_hz_v[0][1] * model.leak_A + model.dram_background_W;
  const idleW: Record<string, number> = { retain: retainW, gated: model.gated_idle_W };

  const sum = (table: readonly (readonly number[])[], k: number, from = 0): number =>
    table.slice(from).reduce((total, row) => total + row[k], 0);

  const contextFor = (idle: string, deadlineS: number): PolicyContext => {
    const work: WorkModel = {
      inferenceS: ({ array }) => sum(timeS, array),
      inferenceJ: ({ array }) => sum(energyJ, array),
      wake: () => ({ wakeS: 0, wakeJ: 0 }),
      idleW: () => idleW[idle],
      layers: timeS.map((row, i) => ({
        name: golden.layers[i][0],
        cycles: golden.layers[i][1],
        dramBytes: golden.layers[i][2],
        timeS: ({ array }) => row[array],
        energyJ: ({ array }) => energyJ[i][array],
      })),
      dramBytesPerS: model.bw_Bps,
      arrayDomains: ['array'],
      memoryDomains: [],
    };
    return contextOf({ work, deadlineS, transitionS: (_, from, to) => (from === to ? 0 : 20e-6) });
  };

  /** The point of each layer; a transition takes its time before the layer. */
  const pacedPoints = (context: PolicyContext): number[] => {
    const { deadlineS, work } = context;
    const stack = createStack([entry('pace', '{guard: 0, floor: none}')], context);
    let state = stack.initial;
    let points: PointByDomain = { array: 4 };
    let now = 0;
    return work.layers.map((layer, i) => {
      const remainingS = ({ array }: PointByDomain): number => sum(timeS, array, i);
      const inference = running({ deadlineS, layer: i, remainingS });
      const triggers = new Set<Trigger>([i === 0 ? 'epoch' : 'layer']);
      const decision = stack.decide(observe({ triggers, timeS: now, points, inference }), state);
      now += context.transitionS('array', points.array, decision.points.array) + layer.timeS(decision.points);
      ({ state, points } = decision);
      return points.array;
    });
  };

  test.each<{ idle: string; deadline_s: number; static_best: { opp: number; J: number }; pace_20us_2uJ: number[] }>(
    golden.cases,
  )('$idle, $deadline_s s', ({ idle, deadline_s, static_best, pace_20us_2uJ }) => {
    const context = contextFor(idle, deadline_s);
    const { points } = decisions(createStack([entry('static-best')], context), [{}])[0];
    expect(points.array).toBe(static_best.opp);
    const idleJ = context.work.idleW(points, 333, 'clocked') * (deadline_s - context.work.inferenceS(points));
    expect((context.work.inferenceJ(points, 333) + idleJ) / static_best.J).toBeCloseTo(1, 12);
    expect(pacedPoints(context)).toEqual(pace_20us_2uJ);
  });
});

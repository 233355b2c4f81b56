import { expect, test } from 'vitest';
import { checkStack, createStack } from '../../src/policy/index.ts';
import { contextOf, entry, problemsOf } from './support.ts';

// Domain `array` has clocks of 200 to 1000 MHz; the blocks are pe_array and ifmap_spad (support.ts). No deadline.
const CONTEXT = contextOf({ deadlineS: null });
const { work: _work, transitionS: _transitionS, ...SETTING } = CONTEXT;

const WRONG = [
  ['fixed', '{frequency: 300MHz}', 'unknown-operating-point p0.yaml:1:13 300MHz'],
  ['userspace', '{frequency: 350MHz}', 'unknown-operating-point p0.yaml:1:13 350MHz'],
  ['static-best', '{}', 'deadline-missing u.yaml:1:7 static-best'],
  ['pace', '{}', 'deadline-missing u.yaml:1:7 pace'],
  ['component-util', '{stall_low: 0.5, stall_high: 0.1}', 'out-of-range p0.yaml:1:13 0.5'],
  ['step_wise', '{blocks: [sink]}', 'unknown-name p0.yaml:1:11 sink'],
  ['bang_bang', '{domains: [dram]}', 'unknown-name p0.yaml:1:12 dram'],
  ['pid-frequency', '{domains: [dram]}', 'unknown-name p0.yaml:1:12 dram'],
] as const;

test.each(WRONG)('%s %s is found without any work', (uses, parameters, problem) => {
  expect(problemsOf(() => checkStack([entry(uses, parameters)], SETTING))).toEqual([problem]);
  expect(problemsOf(() => createStack([entry(uses, parameters)], CONTEXT))).toEqual([problem]);
});

test('finds all that is wrong at once', () => {
  const entries = WRONG.map(([uses, parameters]) => entry(uses, parameters));
  // Equal messages of one place, here those of the last two, are one.
  expect(problemsOf(() => checkStack(entries, SETTING))).toEqual(WRONG.map(([, , problem]) => problem).slice(0, -1));
});

test('what is right passes', () => {
  const entries = [entry('step_wise', '{trip: 80C}'), entry('pace', '{guard: 0.1}')];
  checkStack(entries, { ...SETTING, deadlineS: 5e-3 });
  expect(createStack(entries, contextOf()).name).toBe('step_wise > pace');
});

import { expect, test } from 'vitest';
import { PassesAhead } from '../../src/cosim/start/passes-ahead.ts';
import { WorkDone } from '../../src/cosim/start/work-done.ts';
import { load, run } from '../../src/index.ts';
import { nodeFiles } from '../../src/node.ts';

test('residuals that fall by a factor tell how many passes are left', () => {
  const passes = new PassesAhead(0.02, 3);
  expect(passes.ahead).toBe(2);
  passes.note(Number.POSITIVE_INFINITY);
  passes.note(2);
  // One residual has no factor: three passes as a rule, and two are over.
  expect(passes.ahead).toBe(0);
  passes.note(0.2);
  // A tenth with each pass: 0.02 K after this one.
  expect(passes.ahead).toBe(0);
  // 2 to 0.5 K in two passes is a half each: 0.25, 0.125, ... 0.0156 K is the fifth, so four follow the next one.
  passes.note(0.5);
  expect(passes.ahead).toBe(4);
});

test('the share of the work never falls, whatever the estimates say', () => {
  const done = new WorkDone(1);
  done.begin({ activity: 'a', work: 1, ahead: 2 });
  expect(done.share(0)).toBe(0);
  expect(done.share(1)).toBe(1 / 4);
  // Two more are expected than before: 1.5 of 6 would be less than what was said.
  done.begin({ activity: 'b', work: 1, ahead: 3 });
  expect(done.share(0)).toBe(1 / 4);
  expect(done.share(1)).toBe(2 / 6);
});

test('a run tells its passes with an estimate of their number, and a share that only rises', () => {
  const told: [string, number | undefined][] = [];
  const result = run(load(nodeFiles, 'one-inference'), {
    checkEpoch: true,
    onProgress: (activity, share) => told.push([activity, share]),
  });
  const passes = told
    .map(([activity]) => /^start pass (\d+) of about (\d+)$/.exec(activity))
    .filter((found) => !!found);
  expect(Math.max(...passes.map(([, pass]) => Number(pass)))).toBe(result.start?.iterations);
  for (const [, pass, about] of passes) expect(Number(about)).toBeGreaterThanOrEqual(Number(pass));
  expect(told.at(-1)?.[0]).toBe('check at half the epoch');
  const shares = told.flatMap(([, share]) => share ?? []);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBeLessThanOrEqual(1);
});

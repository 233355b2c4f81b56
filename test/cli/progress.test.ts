import { expect, test } from 'vitest';
import { partOf, progressLine, type Terminal } from '../../src/cli/progress.ts';

function terminalOf(columns: number | undefined): { shown: string[]; terminal: Terminal } {
  const shown: string[] = [];
  const write = (text: string): void => void shown.push(text.replace('\r\u001b[2K', ''));
  return { shown, terminal: { columns: () => columns, write } };
}

test('progress is silent where there is no terminal, and where quiet is asked for', () => {
  for (const [columns, quiet] of [
    [undefined, false],
    [80, true],
  ] as const) {
    const { shown, terminal } = terminalOf(columns);
    const progress = progressLine({ quiet }, terminal, 0);
    progress.update('layer 1 of 2');
    progress.done();
    expect(shown).toEqual([]);
  }
});

test('progress rewrites one line of a terminal and removes it', () => {
  const written: string[] = [];
  const progress = progressLine({}, { columns: () => 80, write: (text) => void written.push(text) }, 0);
  progress.update('layer 1 of 2');
  progress.update('layer 2 of 2');
  progress.done();
  expect(written).toEqual(['\r\u001b[2Klayer 1 of 2', '\r\u001b[2Klayer 2 of 2', '\r\u001b[2K']);
});

test('progress does not write more often than anyone can read', () => {
  const { shown, terminal } = terminalOf(80);
  const progress = progressLine({}, terminal, 1e6);
  for (let i = 0; i < 1000; i++) progress.update(`layer ${i}`);
  expect(shown).toHaveLength(1);
});

test('progress tells the share of the whole and the time that is left at the rate so far', () => {
  const { shown, terminal } = terminalOf(80);
  let now = 0;
  const progress = progressLine({}, terminal, 0, () => now);
  progress.update('thermal model');
  // What comes before the first share does not count for the rate.
  now = 7000;
  progress.update('start pass 1 of about 2', 0);
  // A quarter took 3 s, so the rest takes 9.
  now = 10_000;
  progress.update('start pass 1 of about 2', 0.25);
  // A tenth less than that would be a step back: it stays at a quarter, and 4 s a quarter leave 12, told in steps of 5.
  now = 11_000;
  progress.update('start pass 2 of about 3', 0.15);
  expect(shown).toEqual([
    'thermal model',
    'start pass 1 of about 2, 0 %',
    'start pass 1 of about 2, 25 %, 9 s left',
    'start pass 2 of about 3, 25 %, 15 s left',
  ]);
});

// ", 25 %, 9 s left" has 16 characters, and the last column stays free.
test.each([
  [30, 'start pass..., 25 %, 9 s left'],
  [12, ', 25 %, 9 s'],
])('progress stays in one row of a terminal of %s columns', (columns, second) => {
  const { shown, terminal } = terminalOf(columns);
  let now = 0;
  const progress = progressLine({}, terminal, 0, () => now);
  progress.update('start pass 1 of about 12', 0);
  now = 3000;
  progress.update('start pass 2 of about 12', 0.25);
  progress.update('\u5c42'.repeat(20), 0.25);
  for (const line of shown) {
    const width = Array.from(line).reduce((sum, letter) => sum + (letter > '\u1100' ? 2 : 1), 0);
    expect(width).toBeLessThan(columns);
  }
  expect(shown[1]).toBe(second);
});

test('a part of the work moves the whole between two shares', () => {
  const { shown, terminal } = terminalOf(80);
  const progress = progressLine({}, terminal, 0, () => 0);
  const part = partOf(progress, 0.5, 0.75);
  part('write', 0);
  part('write', 1);
  part('end');
  expect(shown).toEqual(['write, 50 %', 'write, 75 %', 'end, 75 %']);
});

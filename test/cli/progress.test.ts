import { expect, test } from 'vitest';
import { progressLine } from '../../src/cli/progress.ts';

function stream(isTTY: boolean): { written: string[]; stream: NodeJS.WriteStream } {
  const written: string[] = [];
  const write = (text: string): boolean => {
    written.push(text);
    return true;
  };
  return { written, stream: { isTTY, write } as unknown as NodeJS.WriteStream };
}

test('progress is silent where there is no terminal', () => {
  const { written, stream: file } = stream(false);
  const progress = progressLine(file, 0);
  progress.update('layer 1 of 2');
  progress.done();
  expect(written).toEqual([]);
});

test('progress rewrites one line of a terminal and removes it', () => {
  const { written, stream: terminal } = stream(true);
  const progress = progressLine(terminal, 0);
  progress.update('layer 1 of 2');
  progress.update('layer 2 of 2');
  progress.done();
  expect(written).toEqual(['\r\u001b[2Klayer 1 of 2', '\r\u001b[2Klayer 2 of 2', '\r\u001b[2K']);
});

test('progress does not write more often than anyone can read', () => {
  const { written, stream: terminal } = stream(true);
  const progress = progressLine(terminal, 1e6);
  for (let i = 0; i < 1000; i++) progress.update(`layer ${i}`);
  expect(written).toHaveLength(1);
});

test('progress tells the share and the time that is left of an activity, once it can be guessed', () => {
  const { written, stream: terminal } = stream(true);
  let now = 0;
  const progress = progressLine(terminal, 0, () => now);
  progress.update('start pass 1', 0.01);
  // A quarter took 3 s, so the rest takes 9.
  now = 3000;
  progress.update('start pass 1', 0.25);
  // Another activity begins anew: a tenth in 2 s leaves 18, told in steps of 5.
  progress.update('run', 0);
  now = 5000;
  progress.update('run', 0.1);
  const shown = written.map((line) => line.replace('\r\u001b[2K', ''));
  expect(shown).toEqual(['start pass 1, 1 %', 'start pass 1, 25 %, 9 s left', 'run, 0 %', 'run, 10 %, 20 s left']);
});

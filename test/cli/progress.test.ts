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

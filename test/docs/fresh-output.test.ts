import { describe, expect, test } from 'vitest';
import { freshOutput } from './fresh-output.ts';

describe('a block of output taken anew', () => {
  test('has the figures of the fresh output', () => {
    expect(freshOutput('energy   31.2 J\npeak  78.68 C', 'energy   9.8 J\nother\npeak  61.02 C')).toEqual({
      text: 'energy   9.8 J\npeak  61.02 C',
      strays: [],
    });
  });

  test('keeps lines that are left out, and cuts within lines', () => {
    const shown = 'energy  31.2 J, 7.79 mJ per inference, ...\n...\npeak 78 C';
    const fresh = 'energy  9.8 J, 2.45 mJ per inference, 0.5 W, 1 mW\na\nb\npeak 61 C';
    expect(freshOutput(shown, fresh).text).toBe('energy  9.8 J, 2.45 mJ per inference, ...\n...\npeak 61 C');
  });

  test('finds a line again whose words changed at the end', () => {
    expect(freshOutput('deadline  5.00 ms, met', 'limit 3\ndeadline  5.00 ms, missed 3 times').text).toBe(
      'deadline  5.00 ms, missed 3 times',
    );
  });

  test('leaves a line that is nowhere in the fresh output, and names it', () => {
    expect(freshOutput('gone 3 W', 'energy 1 J')).toEqual({ text: 'gone 3 W', strays: ['gone: gone 3 W'] });
  });

  test('names a line that now stands before one that it stood after', () => {
    const { text, strays } = freshOutput('energy 3 J\npeak 78 C\nwrote x', 'peak 61 C\nenergy 2 J\nwrote x');
    expect(text).toBe('energy 2 J\npeak 78 C\nwrote x');
    expect(strays).toEqual(['moved up: peak 78 C']);
  });
});

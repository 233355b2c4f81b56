import { expect, test } from 'vitest';
import { outcomeText } from '../../src/cli/commands/thermal-outcome.ts';

test('a terminal is told the hottest unit, the files written, and the one to open', () => {
  const steady = [
    { prefix: '', names: ['core', 'cache'], temperatureK: [329.73, 326.1] },
    { prefix: 'hsink_', names: ['core'], temperatureK: [322] },
  ];
  expect(outcomeText({ steady }, ['frames/index.html', 'chip.svg'])).toBe(
    'Hottest in the steady state: core, 56.58 C\nWrote frames/index.html, chip.svg; open frames/index.html\n',
  );
  expect(outcomeText({ steady: [] }, [])).toBe('');
});

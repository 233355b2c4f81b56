import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../src/cosim/result.ts';
import { reportHtml } from '../../../src/report/page/index.ts';
import { madeUp, type Shape } from '../support.ts';

const VOID = ['meta', 'path', 'rect', 'image'];

/** Tags that are not closed, or closed where they should not be; and attributes that are not in order. */
function malformed(page: string): string[] {
  const text = page.replace(/^<!DOCTYPE html>/, '').replace(/<style>[^<]*<\/style>/, '');
  const problems: string[] = [];
  const open: string[] = [];
  // Every "<" and ">" is to be a tag's.
  for (const tag of text.match(/<[^>]*>?|>/g) ?? []) {
    const parts = /^<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*")*)(\/?)>$/i.exec(tag);
    if (!parts) problems.push(tag);
    else if (parts[1] === '/') {
      if (open.pop() !== parts[2]) problems.push(tag);
    } else if (parts[4] === '/') {
      if (!VOID.includes(parts[2])) problems.push(tag);
    } else open.push(parts[2]);
  }
  const stray = text.match(/&(?!(amp|lt|gt|quot|#39);)/g) ?? [];
  return [...problems, ...stray, ...open];
}

/** What base64 has is chance. */
const IMAGE = /base64,[^"]*/g;

const SHAPES: readonly [string, Shape][] = [
  ['of a usual run', {}],
  ['without a thermal model', { thermal: false, deadline: false, domains: 1 }],
  ['of one epoch and one layer', { epochs: 1, layers: 1, inferences: 1, events: 0 }],
  ['of 20,000 epochs', { epochs: 20_000, layers: 60, blocks: 60, components: 12, inferences: 2000, events: 1000 }],
  ['of no energy', { energy: 0 }],
  ['of no inference', { inferences: 0 }],
  ['of no epoch', { epochs: 0, thermal: false, inferences: 0, energy: 0 }],
  ['with odd names', { odd: `<&"'>` }],
];

describe.each(SHAPES)('the page %s', (_name, shape) => {
  const page = reportHtml(madeUp(shape));

  test('is well-formed', () => {
    expect(malformed(page)).toEqual([]);
  });

  test('has only numbers', () => {
    expect(page.replace(IMAGE, '').match(/NaN|Infinity|undefined|null|\[object/g)).toBeNull();
  });

  test('needs nothing from elsewhere and runs nothing', () => {
    const loads = /https?:|\/\/|<script|<link|@import|url\(|\bon\w+=/gi;
    expect(page.replace(IMAGE, '').match(loads)).toBeNull();
    const sources = [...page.matchAll(/\b(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
    expect(sources.filter((source) => !source.startsWith('data:image/png;base64,'))).toEqual([]);
  });

  test('can be read aloud: language, title, headings in order, labels of pictures', () => {
    expect(page).toContain('<html lang="en">');
    expect(page).toMatch(/<title>[^<]+<\/title>/);
    const levels = [...page.matchAll(/<h(\d)/g)].map((match) => Number(match[1]));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    levels.forEach((level, i) => {
      expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
    for (const [tag] of page.matchAll(/<[^>]*role="(img|region)"[^>]*>/g)) expect(tag).toMatch(/aria-label="[^"]+"/);
  });

  test('is the same every time', () => {
    expect(reportHtml(madeUp(shape))).toBe(page);
  });
});

test('20,000 epochs stay below 600 kB', () => {
  const page = reportHtml(
    madeUp({ epochs: 20_000, layers: 60, blocks: 60, components: 12, inferences: 20_000, events: 5000 }),
  );
  expect(new TextEncoder().encode(page).length).toBeLessThan(6e5);
});

test('one hot epoch of 20,000 is drawn at its place', () => {
  const input = madeUp({ epochs: 20_000, blocks: 2 });
  const { trace, thermal } = input.result;
  trace.temperatureK[1][7777] = 273.15 + 120;
  const peak = { peakK: 273.15 + 120, peakTimeS: trace.timeS[7777], peakBlock: 'ifmap_spad' };
  const result = { ...input.result, thermal: { ...thermal, ...peak } } as RunResult;
  const page = reportHtml({ ...input, result });
  // 7.778 s of 20 s; the axis ends at 120 C, so the peak is at the top.
  expect(page).toContain('L388.9 0L');
  expect(page).toContain('M388.9 0h0');
  expect(page).toContain('ifmap_spad <b>at most 120.0 °C</b>');
});

describe('the verdict', () => {
  const verdictOf = (change: Partial<RunResult>, shape: Shape = {}): string => {
    const input = madeUp(shape);
    const page = reportHtml({ ...input, result: { ...input.result, ...change } });
    return (/<dl class="verdict">(.*?)<\/dl>/s.exec(page)?.[1] ?? '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
  };

  test('of a run that missed and was too hot', () => {
    const deadline = { limitS: 33e-3, misses: 1, worstSlackS: -4.2e-3 };
    const energyJ = { ...madeUp().result.energyJ, total: 3.8 };
    const text = verdictOf({ deadline, energyJ, simulatedS: 0.8 });
    // The last of the 20 has not ended when the run does, and its deadline has not passed.
    expect(text).toContain('Deadline of 33.0 ms✗ missed 1 miss of 19 inferences, worst slack -4.20 ms');
    expect(text).toMatch(/Peak temperature✗ 8\d\.\d °C in array; limit of 85\.0 °C exceeded for 123 ms/);
    // 3.8 J by the 19 that ended, and by 1.81e9 MACs; 3.8 J in 0.8 s; 19 in 0.8 s.
    expect(text).toContain('Energy per inference200 mJ 2.10 nJ per MAC; largest part dynamic,');
    expect(text).toContain('Mean power4.75 W');
    // 1.81e9 MACs in 12 layers of 1e5 cycles would be 9.2 % of 128 x 128 PEs; 10 of 200 us stalled; the slowest took 37.2 ms.
    expect(text).toContain('Inferences a second23.8 at most 37.2 ms each; PEs 9.2% used; stalled 5.0%');
    // Events 7, 27 and 47.
    expect(text).toContain('Conflicts✗ 3 between policies');
  });

  test('of a run in which all was well', () => {
    const { thermal } = madeUp().result;
    const cool = { ...thermal!, peakK: 273.15 + 61.2, limitK: 273.15 + 85, timeOverLimitS: 0 };
    const deadline = { limitS: 33e-3, misses: 0, worstSlackS: 1.5e-3 };
    const text = verdictOf({ deadline, thermal: cool, events: [] });
    expect(text).toContain('Deadline of 33.0 ms✓ met 0 misses of 19 inferences, worst slack 1.50 ms');
    expect(text).toContain('Peak temperature✓ 61.2 °C in array; limit of 85.0 °C kept');
    expect(text).not.toContain('Conflicts');
  });

  test('of a run without limits', () => {
    const { thermal } = madeUp().result;
    const text = verdictOf({ deadline: null, thermal: { ...thermal!, limitK: null, timeOverLimitS: null } });
    expect(text).not.toContain('eadline');
    expect(text).toContain('no limit is set');
  });

  test('a start that did not converge is said so', () => {
    const start = { mode: 'self-consistent', iterations: 20, residualK: 1.25, converged: false } as const;
    const input = madeUp();
    const page = reportHtml({ ...input, result: { ...input.result, start } });
    expect(page).toContain('self-consistent, 20 iterations, residual 1.25 K, not converged');
    expect(page).toContain('it is up to 1.25 K off');
  });
});

describe('events', () => {
  const rowsOf = (events: number): string[] => {
    const page = reportHtml(madeUp({ events }));
    const decisions = page.slice(page.indexOf('id="decisions"'), page.indexOf('id="checks"'));
    return decisions.match(/<tr(?: class="conflict")?><td[\s\S]*?<\/tr>/g) ?? [];
  };

  test('are there if they are few, conflicts marked; transitions are counted', () => {
    // Of 60 every second one is a decision, numbers 7, 27 and 47 are conflicts and the other 27 transitions.
    expect(rowsOf(60)).toHaveLength(33);
    expect(rowsOf(60).filter((row) => row.includes('class="conflict"'))).toHaveLength(3);
    expect(rowsOf(60)[3]).toContain('<td>1 GHz to 600 MHz</td>');
  });

  test('are the first and the last if they are many, and the page says so', () => {
    // 20 conflicts and 40 decisions, and the two rows of dots.
    expect(rowsOf(5000)).toHaveLength(62);
    const page = reportHtml(madeUp({ events: 5000 }));
    expect(page).toMatch(/2,500 decisions, 2,250 transitions \([^)]*\), 250 conflicts\./);
    expect(page).toContain('<li>2,690 decisions and other events.</li>');
  });
});

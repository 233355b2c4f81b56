import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PAGE_SCRIPTS, pageScript } from '../../../scripts/build-page.js';
import type { RunResult } from '../../../src/cosim/result.ts';
import { reportHtml } from '../../../src/report/page/index.ts';
import { SCRIPT, SCRIPT_HASH } from '../../../src/report/page/script.ts';
import { longTest } from '../../tier.ts';
import { madeUp, madeUpResult, type Shape } from '../support.ts';

const VOID = ['meta', 'path', 'rect', 'image', 'input'];

/** Tags that are not closed, or closed where they should not be; and attributes that are not in order. */
function malformed(page: string): string[] {
  const text = page
    .replace(/^<!DOCTYPE html>/, '')
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<script.*?<\/script>/gs, '');
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

/** What base64 has is chance, and scripts and their data are no text. */
const NO_TEXT = /base64,[^"]*|<script.*?<\/script>|<meta http-equiv[^>]*>/gs;

const SHAPES: readonly [string, Shape][] = [
  ['of a usual run', {}],
  ['without a thermal model', { thermal: false, deadline: false, domains: 1 }],
  ['of one epoch and one layer', { epochs: 1, layers: 1, inferences: 1, events: 0 }],
  ['of 20,000 epochs', { epochs: 20_000, layers: 60, blocks: 60, components: 12, inferences: 2000, events: 1000 }],
  ['of no energy', { energy: 0 }],
  ['of no inference', { inferences: 0 }],
  ['with odd names', { odd: `<&"'>` }],
];

describe.each(SHAPES)('the page %s', (_name, shape) => {
  const data = madeUp(shape);
  const page = reportHtml(data);

  test('is well-formed', () => {
    expect(malformed(page)).toEqual([]);
  });

  test('has only numbers', () => {
    expect(page.replace(NO_TEXT, '').match(/NaN|Infinity|undefined|null|\[object/g)).toBeNull();
  });

  test('needs nothing from elsewhere and runs only its own script', () => {
    const scripts = [...page.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)];
    expect(scripts.map(([, attributes]) => attributes)).toEqual([' type="application/json" id="report-data"', '']);
    expect(scripts[1][2]).toBe(SCRIPT);
    expect(JSON.parse(scripts[0][2])).toEqual(JSON.parse(JSON.stringify(data)));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1].replaceAll('&#39;', "'");
    expect(policy).toBe(
      `default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'`,
    );
    const loads = /https?:|\/\/|<link|@import|url\(|\bon\w+=/gi;
    expect(page.replace(NO_TEXT, '').match(loads)).toBeNull();
    const sources = [...page.replace(/<script.*?<\/script>/gs, '').matchAll(/\b(?:href|src)="([^"]*)"/g)].map(
      (match) => match[1],
    );
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

test.each(PAGE_SCRIPTS)('the script of %s is in %s: `npm run build` makes it anew', async (entry, target) => {
  expect(readFileSync(target, 'utf8')).toBe(await pageScript(entry));
});

test('the script cannot end early, and makes no code out of texts', () => {
  expect(SCRIPT).not.toMatch(/<\/script|<!--|\beval\(|new Function|innerHTML|fetch\(|XMLHttpRequest|import\(/i);
});

longTest('20,000 epochs stay below 2 MB', () => {
  const page = reportHtml(
    madeUp({ epochs: 20_000, layers: 60, blocks: 60, components: 12, inferences: 20_000, events: 5000 }),
  );
  expect(new TextEncoder().encode(page).length).toBeLessThan(2e6);
});

describe('the verdict', () => {
  const verdictOf = (change: Partial<RunResult>, shape: Shape = {}): string => {
    const page = reportHtml(madeUp(shape, change));
    return (/<dl class="verdict">(.*?)<\/dl>/s.exec(page)?.[1] ?? '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
  };

  test('of a run that missed and was too hot', () => {
    const deadline = { limitS: 33e-3, misses: 1, worstSlackS: -4.2e-3 };
    const energyJ = { ...madeUpResult({}).energyJ, total: 3.8 };
    const text = verdictOf({ deadline, energyJ, simulatedS: 0.8 });
    // The last of the 20 has not ended when the run does, and its deadline has not passed.
    expect(text).toContain('Deadline of 33.0 ms✗ missed 1 miss of 19 inferences, worst slack -4.20 ms');
    expect(text).toMatch(/Peak temperature✗ 8\d\.\d °C in array; limit of 85\.0 °C exceeded for 123 ms/);
    // 3.8 J by the 19 that ended, and by 1.81e9 MACs; 3.8 J in 0.8 s; 19 in 0.8 s.
    expect(text).toContain('Energy per inference200 mJ 2.10 nJ per MAC; largest part dynamic,');
    expect(text).toContain('Mean power4.75 W');
    // 1.81e9 MACs in 12 layers of 1e5 cycles would be 9.2 % of 128 x 128 PEs; 10 of 200 us stalled; the slowest took 37.2 ms.
    expect(text).toContain('Inferences a second23.8 at most 37.2 ms each; PEs 9.2 % used; stalled 5.0 %');
    // Events 7, 27 and 47.
    expect(text).toContain('Conflicts✗ 3 between policies');
  });

  test('of a run in which all was well', () => {
    const { thermal } = madeUpResult({});
    const cool = { ...thermal!, peakK: 273.15 + 61.2, limitK: 273.15 + 85, timeOverLimitS: 0 };
    const deadline = { limitS: 33e-3, misses: 0, worstSlackS: 1.5e-3 };
    const text = verdictOf({ deadline, thermal: cool, events: [] });
    expect(text).toContain('Deadline of 33.0 ms✓ met 0 misses of 19 inferences, worst slack 1.50 ms');
    expect(text).toContain('Peak temperature✓ 61.2 °C in array; limit of 85.0 °C kept');
    expect(text).not.toContain('Conflicts');
  });

  test('of a run without limits', () => {
    const { thermal } = madeUpResult({});
    const text = verdictOf({ deadline: null, thermal: { ...thermal!, limitK: null, timeOverLimitS: null } });
    expect(text).not.toContain('eadline');
    expect(text).toContain('no limit is set');
  });

  test('a start that did not converge is said so', () => {
    const start = { mode: 'self-consistent', iterations: 20, residualK: 1.25, converged: false } as const;
    const page = reportHtml(madeUp({}, { start }));
    expect(page).toContain('self-consistent, 20 iterations, residual 1.25\u00a0K, not converged');
    expect(page).toContain('it is up to 1.25 K off');
  });
});

describe('the sentence', () => {
  const sentenceOf = (change: Partial<RunResult>): string =>
    (/<p class="sentence">([^<]*)/.exec(reportHtml(madeUp({}, change))) ?? [])[1].replaceAll('\u00a0', ' ');

  test('of a run that missed and was too hot', () => {
    const deadline = { limitS: 33e-3, misses: 2, worstSlackS: -4.2e-3 };
    const energyJ = { ...madeUpResult({}).energyJ, total: 3.8 };
    // 3.8 J by the 19 that ended.
    expect(sentenceOf({ deadline, energyJ })).toMatch(
      /^Missed the 33\.0 ms deadline in 2 of 19 inferences, by up to 4\.20 ms; 8\d\.\d °C peak, above the limit for 123 ms; 200 mJ per inference\.$/,
    );
  });

  test('of a run without deadline and without a thermal model', () => {
    // The slowest of the made-up inferences takes 37.2 ms.
    expect(sentenceOf({ deadline: null, thermal: null, start: null })).toMatch(
      /^Took at most 37\.2 ms an inference; 251 mJ per inference; no thermal model\.$/,
    );
  });

  test('of a run in which all was well', () => {
    const thermal = { ...madeUpResult({}).thermal!, peakK: 273.15 + 61.2, limitK: 273.15 + 85, timeOverLimitS: 0 };
    const deadline = { limitS: 33e-3, misses: 0, worstSlackS: 1.5e-3 };
    expect(sentenceOf({ deadline, thermal })).toMatch(
      /^Met the 33\.0 ms deadline with 1\.50 ms to spare; 61\.2 °C peak, 23\.8 K below the limit; /,
    );
  });
});

describe('events', () => {
  const sectionOf = (shape: Shape): string => {
    const page = reportHtml(madeUp(shape));
    return page.slice(page.indexOf('id="decisions"'), page.indexOf('id="checks"'));
  };
  const rowsOf = (section: string): string[] => section.match(/<tr(?: class="conflict")?><td[\s\S]*?<\/tr>/g) ?? [];
  const countsOf = (section: string): string[] =>
    rowsOf(section.slice(0, section.indexOf('<h3>'))).map((row) => row.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '));

  test('are counted by kind and policy, and listed if they are few', () => {
    const section = sectionOf({ events: 60 });
    // Every second event is a decision, numbers 7, 27 and 47 are conflicts; every third is of `throttle`.
    expect(countsOf(section)).toEqual([
      ' decision throttle 10 a policy chose another operating point ',
      ' decision governor 20 a policy chose another operating point ',
      ' transition governor 18 a domain changed its operating point ',
      ' transition throttle 9 a domain changed its operating point ',
      ' conflict governor 2 a policy did not get what it asked for ',
      ' conflict throttle 1 a policy did not get what it asked for ',
    ]);
    // The three conflicts; the first and last ten of 30 decisions, and a row of dots.
    expect(rowsOf(section)).toHaveLength(6 + 3 + 21);
    expect(section).toContain('<td>1 GHz to 600 MHz</td>');
  });

  test('a cap that overrules a choice does its duty; one that can do no more is bad', () => {
    const result = madeUpResult({ events: 60 });
    const change = (kind: string) => ({
      events: result.events.map((event) => (event.kind === 'conflict' ? { ...event, kind } : event)),
    });
    const limited = reportHtml(madeUp({ events: 60 }, change('limited') as Partial<RunResult>));
    expect(limited).toMatch(/class="neutral"><dt>Limited choices<\/dt><dd><b>3<\/b>/);
    expect(limited).not.toContain('<dt>Conflicts');
    const saturated = reportHtml(madeUp({ events: 60 }, change('cap saturated') as Partial<RunResult>));
    expect(saturated).toMatch(/class="bad"><dt>Saturated caps<\/dt>/);
  });
});

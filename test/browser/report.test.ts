import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load, run } from '../../src/index.ts';
import { nodeFiles } from '../../src/node.ts';
import { reportData } from '../../src/report/data/index.ts';
import { type BarChart, mapReportHtml } from '../../src/report/index.ts';
import { celsius, unbroken } from '../../src/report/numbers.ts';
import { reportHtml } from '../../src/report/page/index.ts';
import { madeUp, type Shape } from '../report/support.ts';
import { longTest } from '../tier.ts';
import { CHROMIUM, launch, open } from './browser.ts';

if (!CHROMIUM) {
  process.stderr.write('\n*** NO BROWSER: test/browser is SKIPPED. Install one: apt-get install chromium ***\n\n');
}

const SHAPES: readonly [string, Shape][] = [
  ['a usual run', {}],
  ['a run without a thermal model and without a deadline', { thermal: false, deadline: false, domains: 1 }],
  ['a run of one epoch', { epochs: 1, layers: 1, inferences: 1, events: 0 }],
  ['a run without inferences', { inferences: 0 }],
  ['a run of 400 blocks and names of 80 letters', { blocks: 400, odd: 'a_name_of_forty_letters_before_and_after' }],
];

describe.skipIf(!CHROMIUM)('the report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test('says nothing on the console, asks for nothing, and every figure has a text', async () => {
    const { page, complaints, requests } = await open(browser, reportHtml(madeUp()));
    await page.waitForSelector('#chart-power canvas');
    const labels = await page.$$eval('canvas, svg', (all) => all.map((one) => one.getAttribute('aria-label')));
    expect(labels.length).toBeGreaterThan(8);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([page.url()]);
  });

  longTest.each(SHAPES)(
    '%s has labels, no complaints, and nothing wider than the page, anywhere',
    async (_name, shape) => {
      const html = reportHtml(madeUp(shape));
      for (const width of [390, 1280]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const { page, complaints } = await open(browser, html, { viewport: { width, height: 900 }, colorScheme });
          await page.waitForSelector('#chart-power canvas');
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(wide, `${width} ${colorScheme}`).toBeLessThanOrEqual(width);
          const unlabelled = await page.$$eval(
            'canvas, svg[role=img]',
            (all) => all.filter((one) => !one.getAttribute('aria-label')).length,
          );
          expect(unlabelled).toBe(0);
          expect(complaints).toEqual([]);
          await page.context().close();
        }
      }
    },
  );

  longTest('names of files cannot act', async () => {
    const odd = `<img src=x onerror="window.acted=1"></script><script>window.acted=1</script>'"`;
    const data = madeUp({ odd });
    const { page, complaints, requests } = await open(browser, reportHtml(data));
    await page.waitForSelector('#chart-power canvas');
    expect(await page.evaluate('window.acted')).toBeUndefined();
    expect(await page.textContent('h1')).toBe(data.summary.experiment);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([page.url()]);
  });

  longTest('zoom and cursor: mouse, keys and buttons; the map follows', async () => {
    const { page } = await open(browser, reportHtml(madeUp()));
    const where = (): Promise<string | null> => page.textContent('.where');
    const map = (): Promise<string | null> => page.textContent('#chart-map .map-text');
    await page.click('.controls >> text=whole run');
    await expect.poll(where).toBe('0.00 ms to 800.00 ms');
    // A drag from a quarter to a half of the plot, which has 46 px at its left and 10 px at its right.
    const canvas = await page.waitForSelector('#chart-power canvas');
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    const at = (share: number): number => box.x + 46 + share * (box.width - 56);
    await page.mouse.move(at(0.25), box.y + 60);
    await page.mouse.down();
    await page.mouse.move(at(0.4), box.y + 60);
    await page.mouse.move(at(0.5), box.y + 60);
    await page.mouse.up();
    await expect.poll(where).toMatch(/^(200|199|201)\.\d+ ms to (400|399|401)\.\d+ ms/);
    // The map's frames are those of the first 50 epochs, 1 ms each.
    await page.focus('.stage');
    await page.keyboard.press('0');
    await page.mouse.move(at(0.025), box.y + 60);
    await expect.poll(map).toMatch(/^At (19|20|21)\.00 ms/);
    const before = await map();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(map).not.toBe(before);
    await expect.poll(() => page.textContent('.spoken')).toContain('Power: ');
    for (let i = 0; i < 12; i++) await page.keyboard.press('+');
    // Down to one epoch. The page draws after the keys, so the width is asked for until it is there.
    const width = async (): Promise<number> => {
      const [from, to] = (await where())!.match(/[\d.]+(?= ms)/g)!.map(Number);
      return to - from;
    };
    await expect.poll(width).toBeCloseTo(1, 2);
  });

  longTest('every figure can be saved as SVG, PNG and CSV', async () => {
    const { page } = await open(browser, reportHtml(madeUp()));
    await page.click('.controls >> text=whole run');
    const save = async (figure: string, kind: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`#chart-${figure} .tools >> text=${kind}`),
      ]);
      return readFileSync(await download.path());
    };
    for (const figure of ['power', 'map', 'energy', 'layers', 'roofline']) {
      expect((await save(figure, 'SVG')).toString()).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect((await save(figure, 'PNG')).subarray(1, 4).toString()).toBe('PNG');
    }
    const csv = (await save('power', 'CSV')).toString().split('\n');
    expect(csv[0]).toMatch(/^from_s,to_s,power_w:/);
    // A row for each of 800 epochs, and the end of the last line.
    expect(csv).toHaveLength(802);
  });

  longTest('what is folded opens on paper, and folds again', async () => {
    const { page } = await open(browser, reportHtml(madeUp()));
    const folded = (): Promise<number> => page.$$eval('details:not([open])', (all) => all.length);
    const before = await folded();
    expect(before).toBeGreaterThan(0);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await folded()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await folded()).toBe(before);
  });

  longTest('the figures of other pages can be saved too, and those pages say nothing and ask for nothing', async () => {
    const energy: BarChart = {
      kind: 'bars',
      id: 'energy',
      title: 'Energy',
      note: '',
      quantity: 'energy_j',
      unit: 'J',
      parts: [{ name: 'pe', ink: 'c0' }],
      rows: [{ name: '</script><b>"', values: [2] }],
      mark: null,
    };
    const empty = { sentences: [], facts: [], nests: [], plots: [], tables: [] };
    const html = mapReportHtml({ ...empty, title: 'Mapping', bars: [energy] });
    const { page, complaints, requests } = await open(browser, html);
    const save = async (kind: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`#chart-energy .tools >> text=${kind}`),
      ]);
      return readFileSync(await download.path());
    };
    expect((await save('SVG')).toString()).toContain('aria-label="Energy: 1 bar; most in &lt;/script');
    expect((await save('PNG')).subarray(1, 4).toString()).toBe('PNG');
    expect((await save('CSV')).toString()).toBe('name,energy_j:pe\n"</script><b>""",2\n');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([page.url()]);
  });

  longTest('10^5 epochs draw in less than a second of script, and a zoom in less than 16 ms', async () => {
    const shape = { epochs: 100_000, inferences: 20_000, events: 40_000, blocks: 20, layers: 60 };
    const { page, complaints } = await open(browser, reportHtml(madeUp(shape)));
    await page.waitForSelector('#chart-power canvas');
    const session = await page.context().newCDPSession(page);
    // Time of the page's own thread, which does not depend on what else the machine does.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const scriptS = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'ScriptDuration')!.value;
    };
    // Only what runs from now on counts.
    await page.reload();
    await page.waitForSelector('#chart-power canvas');
    const drawn = await scriptS();
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).toBeLessThan(1);
    await page.focus('.stage');
    await page.keyboard.press('0');
    const took: number[] = [];
    for (let i = 0; i < 40; i++) {
      const before = await scriptS();
      await page.keyboard.press(i % 14 < 7 ? '+' : '-');
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      took.push((await scriptS()) - before);
    }
    took.sort((a, b) => a - b);
    process.stdout.write(`zoom: median ${(1e3 * took[20]).toFixed(1)} ms, longest ${(1e3 * took[39]).toFixed(1)} ms\n`);
    expect(took[20]).toBeLessThan(0.016);
    expect(complaints).toEqual([]);
  });

  longTest('what the quickstart shows is what its summary says', async () => {
    const result = run(load(nodeFiles, 'quickstart'));
    const data = reportData(result, { inputsHash: 'hash' });
    const html = reportHtml(data);
    expect(html.length).toBeLessThan(2e6);
    const { page, complaints } = await open(browser, html);
    await page.waitForSelector('#chart-power canvas');
    const legend = (figure: string): Promise<string[]> =>
      page.$$eval(`#chart-${figure} .legend li`, (all) => all.map((one) => one.textContent ?? ''));
    const { summary } = data;
    expect((await legend('temperature'))[0]).toContain(`at most ${celsius(summary.temperatureK!.peak)}`);
    // 17.4 J in 20 s.
    const meanW = summary.energyJ.total / summary.simulatedS;
    expect(await legend('power')).toContain(`total mean ${(1e3 * meanW).toFixed(0)} mW`);
    const { core } = summary.operatingPoints;
    expect(await legend('clock')).toEqual([`core mean ${(core.frequencyHz / 1e6).toFixed(0)} MHz`]);
    expect((await legend('latency'))[1]).toContain(
      `least ${(1e3 * summary.deadline!.worstSlackS!).toFixed(2)} ms left`,
    );
    expect(await page.textContent('.sentence')).toContain(unbroken(celsius(summary.temperatureK!.peak)));
    expect(complaints).toEqual([]);
  });
});

/** Laws of whole runs: what may not matter, and what scales. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { joined } from '../../src/base/source.ts';
import { preparePlant, type RunResult, runScenario } from '../../src/cosim/index.ts';
import { artefacts } from '../../src/report/index.ts';
import { lawOptions, longTest, someOf } from '../tier.ts';
import { BUNDLED_TEXTS, COARSE, coarseRuns, edit, LEAN_SRAM, load, MODELS, SRAM, type Texts } from './support.ts';

const go = coarseRuns('start: ambient');

/** What a run did, without the names of its policies. */
const deeds = ({ trace, inferences, energyJ, thermal }: RunResult) => ({
  trace,
  inferences,
  energyJ,
  peakK: thermal?.peakK,
});

describe('a policy below', () => {
  const load = 'inferences: { period: 300us, duration: 12ms }\ndeadline: 300us\n';
  test.each(
    someOf(
      [
        ['performance', 'powersave'],
        ['{ name: step_wise, trip: 46C }, performance', 'ondemand'],
        ['pace', '{ name: component-util, rule: threshold }'],
        ['{ name: bang_bang, trip: 46C }, pace', 'conservative'],
        ['{ name: userspace, frequency: 500MHz }', 'pace'],
      ],
      3,
    ),
  )('changes nothing where those above leave one point: %s and %s', (above, below) => {
    const alone = go(`${load}policy: [${above}]`);
    expect(deeds(go(`${load}policy: [${above}, ${below}]`))).toEqual(deeds(alone));
  });
});

describe('a deadline equal to the time of a setting', () => {
  test.each(someOf(['800MHz', '700MHz', '400MHz', '200MHz'], 2))(
    'is met at %s, and no text says otherwise',
    (clock) => {
      const { inferences } = go(`policy: { name: userspace, frequency: ${clock} }`);
      const timeS = inferences.endS[0] - inferences.startS[0];
      for (const policy of ['static-best', '{ name: pace, guard: 0 }', '{ name: pace, guard: 0, floor: none }']) {
        for (const periods of [1, 1.37]) {
          const lines = `inferences: { period: ${timeS * periods * 1e6}us, count: 7 }\ndeadline: ${timeS * 1e6}us`;
          const { deadline, events } = go(`${lines}\npolicy: ${policy}`);
          expect(deadline!.misses, policy).toBe(0);
          expect(events.filter(({ reason }) => /no (clock|setting)|not fast enough/.test(reason))).toEqual([]);
        }
      }
    },
  );
});

test('inferences that never began are misses once they are due', () => {
  const { deadline, inferences } = go(
    'inferences: { period: 20us, duration: 10ms }\ndeadline: 1ms\npolicy: performance',
  );
  // Releases at 0, 20, ... 9980 us; those before 9 ms are due: 450 of them, less the few that ended in time.
  const inTime = Array.from(inferences.endS.slice(0, inferences.completed)).filter(
    (endS, i) => endS <= inferences.releaseS[i] + 1e-3,
  ).length;
  expect(deadline!.misses).toBe(450 - inTime);
  expect(deadline!.neverBegan).toBe(450 - inferences.startS.length);
});

describe('clocks, DRAM and time scaled together', () => {
  const path = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;
  const text = COARSE[path].replace(
    '    nominal: 800MHz',
    '    transition: { relock: 4us, slew: 20mV/us }\n    nominal: 800MHz',
  );
  const halved = (value: string): string => {
    const [, number, unit] = /^([\d.]+)(.*)$/.exec(value)!;
    return `${Number(number) / 2}${unit}`;
  };
  const slow = edit(
    edit(
      text
        .replace(
          /(frequency|nominal|bandwidth|background_power): ([^,}\s]+)/g,
          (_, key, value) => `${key}: ${halved(value)}`,
        )
        .replace('latency: 100ns', 'latency: 200ns'),
      'relock: 4us',
      'relock: 8us',
    ),
    'slew: 20mV/us',
    'slew: 10mV/us',
  );

  test.each([['performance'], ['{ name: pace, floor: none }']])('leave the energy without leakage: %s', (policy) => {
    const run = (accelerator: string, factor: number) =>
      go(
        `inferences: { period: ${400 * factor}us, count: 20 }\ndeadline: ${400 * factor}us\nepoch: ${factor}ms\npolicy: ${policy}`,
        // The place of the text in the set makes plants of their own.
        { set: [`accelerator.idle_clock=${0.25}`, `seed=${factor}`], overlay: { [path]: accelerator } },
      );
    const [fast, half] = [run(text, 1), run(slow, 2)];
    for (const part of ['dynamic', 'idle', 'dram', 'transition'] as const) {
      expect(Math.abs(half.energyJ[part] - fast.energyJ[part]), part).toBeLessThan(1e-9 * fast.energyJ.total);
    }
    expect(half.simulatedS / fast.simulatedS).toBeCloseTo(2, 9);
    expect(half.transitions).toBe(fast.transitions);
  });
});

describe('the order of names in the files', () => {
  const folder = `${BUNDLED}accelerators/cloud-tpu`;
  const yaml = BUNDLED_TEXTS[`${folder}/accelerator.yaml`];
  const [, domains] = /^domains:\n((?: .*\n|\n)*?)(?=\S)/m.exec(yaml)!;
  const [array, memory] = domains.trimEnd().split(/(?=^ {2}memory:)/m);
  const floorplan = BUNDLED_TEXTS[`${folder}/chip.flp`];
  const permuted: Texts = {
    [`${folder}/accelerator.yaml`]: edit(yaml, domains, `${memory}\n${array}\n`),
    [`${folder}/chip.flp`]: floorplan.trimEnd().split('\n').reverse().join('\n'),
  };
  const own: Texts = Object.fromEntries(Object.keys(permuted).map((name) => [name, BUNDLED_TEXTS[name]]));

  longTest('permutes results: domains and blocks', () => {
    const run = (texts: Texts): RunResult => {
      const lines = `inferences: { period: 100us, duration: 5ms }\ndeadline: 100us\nstart: ambient\npolicy: [{ name: step_wise, trip: 45.5C }, pace]\n`;
      const experiment = load(`version: 1\nname: e\naccelerator: cloud-tpu\nworkload: ./net.csv\n${lines}`, {
        overlay: { [SRAM]: LEAN_SRAM, 'net.csv': COARSE['net.csv'], ...texts },
      });
      return runScenario(preparePlant(experiment, { cache: MODELS }), experiment);
    };
    const [a, b] = [run(own), run(permuted)];
    expect([...b.domains].sort()).toEqual([...a.domains].sort());
    expect(b.domains).not.toEqual(a.domains);
    expect(b.thermal!.blocks).not.toEqual(a.thermal!.blocks);
    expect(b.transitions).toBe(a.transitions);
    expect(Math.abs(b.energyJ.total / a.energyJ.total - 1)).toBeLessThan(1e-9);
    expect(b.inferences.endS.length).toBe(a.inferences.endS.length);
    a.inferences.endS.forEach(
      (endS, i) => void (Number.isNaN(endS) || expect(b.inferences.endS[i]).toBeCloseTo(endS, 12)),
    );
    a.thermal!.blocks.forEach((name, u) => {
      const v = b.thermal!.blocks.indexOf(name);
      const offK = a.trace.temperatureK[u].map((t, n) => Math.abs(t - b.trace.temperatureK[v][n]));
      expect(Math.max(...offK), name).toBeLessThan(1e-6);
    });
  });
});

describe('arrays that change places on the die', () => {
  const path = `${BUNDLED}accelerators/quad-npu/accelerator.yaml`;
  const WORK = 'layer,type,m,n,k\na,gemm,128,128,256\nb,gemm,64,64,600\n';
  const LINES = 'inferences: { duration: 6ms }\nepoch: 100us\nlimit: 50C\nstart: ambient\n';
  const quad = (thermal: string, more: Texts = {}): Texts => ({
    ...COARSE,
    'net.csv': WORK,
    [path]: edit(BUNDLED_TEXTS[path], /floorplan: auto\n/, `${thermal}\n  grid: { rows: 16, columns: 16 }\n`),
    ...more,
  });
  const run = (overlay: Texts, policy: string): RunResult => {
    const text = `version: 1\nname: e\naccelerator: quad-npu\nworkload: ./net.csv\n${LINES}policy: ${policy}\n`;
    const experiment = load(text, { overlay });
    return runScenario(preparePlant(experiment, { cache: MODELS }), experiment);
  };
  const swapped = (text: string): string =>
    text.replace(/(array|core)_(\d)/g, (_, name, a) => `${name}_${Number(a) ^ 1}`);

  longTest.each(['regional', 'step_wise'])('permute results: %s', (kind) => {
    const policy = `{ name: ${kind}, trip: 45.8C }`;
    const floorplan = joined(artefacts(run(quad('floorplan: auto'), policy), { inputsHash: '' })['chip.flp']!());
    // What the automatic floorplan calls its blocks.
    const blockOf = (component: string) =>
      `    block: "array_{array}.${component}${component === 'pe' ? '_{row}_{column}' : ''}"\n`;
    const yaml = quad('floorplan: ./chip.flp')
      [path].replace('filler: 12mm2', 'filler: [filler]')
      .replace(/^ {2}(pe|\w+_spad):\n( {4}domain.*\n)/gm, (_, name, domain) => `  ${name}:\n${domain}${blockOf(name)}`);
    const placed = (flp: string) =>
      run(quad('', { [path]: yaml, [path.replace('accelerator.yaml', 'chip.flp')]: flp }), policy);
    const [a, b] = [placed(floorplan), placed(swapped(floorplan))];
    expect(a.transitions).toBeGreaterThan(4);
    expect(b.transitions).toBe(a.transitions);
    expect(Math.abs(b.energyJ.total / a.energyJ.total - 1)).toBeLessThan(1e-9);
    // All arrays do the same work, so that the place decides: array 1 now has the clock and the temperatures of array 0.
    a.domains.forEach((domain, d) => {
      const other = b.domains.indexOf(swapped(domain));
      expect([...b.trace.domains[other].frequencyHz]).toEqual([...a.trace.domains[d].frequencyHz]);
    });
    a.thermal!.blocks.forEach((block, u) => {
      const v = b.thermal!.blocks.indexOf(swapped(block));
      const offK = a.trace.temperatureK[u].map((t, n) => Math.abs(t - b.trace.temperatureK[v][n]));
      expect(Math.max(...offK), block).toBeLessThan(1e-6);
    });
    // The places differ, or the law says nothing.
    const [left, right] = ['array_0.pe_1_1', 'array_1.pe_1_1'].map((name) => a.thermal!.blocks.indexOf(name));
    expect(
      Math.max(...a.trace.temperatureK[left].map((t, n) => Math.abs(t - a.trace.temperatureK[right][n]))),
    ).toBeGreaterThan(0.01);
  });
});

test('the past of a run from ambient does not depend on arrivals yet to come', () => {
  const microseconds = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 12 });
  const policies = [
    'pace',
    '{ name: race-to-idle, idle: gated }',
    '[{ name: step_wise, trip: 46C }, slack-step]',
    'schedutil',
  ];
  fc.assert(
    fc.property(
      microseconds,
      microseconds,
      fc.integer({ min: 300, max: 3500 }),
      fc.constantFrom(...policies),
      (one, two, cut, policy) => {
        const before = one.filter((us) => us < cut);
        const later = (all: readonly number[]) => [0, ...before, ...all.map((us) => cut + us)].sort((a, b) => a - b);
        const runOf = (all: readonly number[]) =>
          go(`inferences: { arrivals: ./a.csv, duration: 8ms }\ndeadline: 500us\nepoch: 100us\npolicy: ${policy}`, {
            overlay: {
              'a.csv': `time_s\n${later(all)
                .map((us) => us * 1e-6)
                .join('\n')}\n`,
            },
          });
        const [a, b] = [runOf(one), runOf(two)];
        const untilS = cut * 1e-6 * (1 - 1e-9);
        const past = ({ trace, events, inferences }: RunResult) => {
          const epochs = trace.timeS.findIndex((s) => s > untilS);
          return {
            watts: [...trace.totalW.slice(0, epochs)],
            temperatures: trace.temperatureK.map((column) => [...column.slice(0, epochs)]),
            events: events.filter(({ timeS, kind }) => timeS < untilS && kind !== 'cap saturated'),
            ends: [...inferences.endS].filter((s) => s < untilS),
          };
        };
        expect(past(b)).toEqual(past(a));
      },
    ),
    lawOptions(60, 6),
  );
});

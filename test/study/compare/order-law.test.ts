/** The order of bound, oracles and rows, over random designs with states, unused PEs, DRAM points and several domains. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUNDLED } from '../../../src/base/files.ts';
import { compare, Lab } from '../../../src/study/compare/index.ts';
import { BUNDLED_TEXTS, LEAN, memoryFiles, type Texts } from '../../cosim/support.ts';
import { lawOptions } from '../../tier.ts';

/** Fast cells, which leak a lot. */
const ARCHITECTURE = BUNDLED_TEXTS[`${BUNDLED}accelerators/quad-npu/architecture.yaml`].replaceAll(
  'itrs-lstp',
  'itrs-hp',
);
const SLOW = 400;
const FAST = 800;

/** Domains of a design, without DRAM, and the domain of the array and of each scratchpad. */
const SHAPES = {
  one: { domains: ['core'], of: ['core', 'core', 'core', 'core'], arrays: 1 },
  two: { domains: ['array', 'memory'], of: ['array', 'memory', 'memory', 'memory'], arrays: 1 },
  four: { domains: ['a', 'b', 'c', 'd'], of: ['a', 'b', 'c', 'd'], arrays: 1 },
  shared: { domains: ['core'], of: ['core', 'core', 'core', 'core'], arrays: 2 },
  arrays: { domains: ['core_{array}'], of: Array(4).fill('core_{array}'), arrays: 2 },
} as const;

interface State {
  readonly leakage: number;
  readonly wakeUs: number;
  readonly wakeUj: number;
}

interface Drawn {
  readonly shape: keyof typeof SHAPES;
  readonly isOneRail: boolean;
  /** States of each domain. */
  readonly states: readonly { readonly retention: State | null; readonly off: State | null }[];
  readonly pes: State | null;
  readonly hasDramPoints: boolean;
  readonly refresh: State | null;
  readonly relockUs: number;
}

const state = (mostLeakage: number): fc.Arbitrary<State | null> =>
  fc.option(
    fc.record({
      leakage: fc.double({ min: 0, max: mostLeakage, noNaN: true }),
      wakeUs: fc.constantFrom(0, 0.01, 2, 30),
      wakeUj: fc.constantFrom(0, 0.05, 2, 20),
    }),
    { freq: 2 },
  );

const designs: fc.Arbitrary<Drawn> = fc.record({
  shape: fc.constantFrom('one', 'two', 'four', 'shared', 'arrays'),
  isOneRail: fc.boolean(),
  states: fc.array(fc.record({ retention: state(0.5), off: state(0.1) }), { minLength: 4, maxLength: 4 }),
  pes: fc.option(
    fc.record({
      leakage: fc.double({ min: 0, max: 0.2, noNaN: true }),
      wakeUs: fc.constantFrom(0, 0.1, 5),
      wakeUj: fc.constantFrom(0, 1e-8, 1e-4),
    }),
    { freq: 3 },
  ),
  hasDramPoints: fc.boolean(),
  refresh: state(0.3),
  relockUs: fc.constantFrom(0, 1, 10),
});

const costs = ({ leakage, wakeUs, wakeUj }: State, key = 'leakage'): string =>
  `{ ${key}: ${leakage}, wake_time: ${wakeUs}us, wake_energy: ${wakeUj}uJ }`;

function statesText({ retention, off }: Drawn['states'][number]): string {
  const entries = [...(retention ? [`retention: ${costs(retention)}`] : []), ...(off ? [`off: ${costs(off)}`] : [])];
  return entries.length === 0 ? '' : `    states: { ${entries.join(', ')} }\n`;
}

function acceleratorText({ shape, isOneRail, states, pes, hasDramPoints, refresh, relockUs }: Drawn): string {
  const { domains, of, arrays } = SHAPES[shape];
  const [array, ...pads] = of;
  const rail = isOneRail && domains.length > 1 ? '    rail: common\n' : '';
  const dram = hasDramPoints
    ? `  operating_points:
    - { frequency: 800MHz, voltage: 1.1V, bandwidth: 4GB/s, latency: 200ns, background_power: 20mW }
    - { frequency: 1600MHz, voltage: 1.1V, bandwidth: 8GB/s, latency: 100ns, background_power: 30mW }
${refresh ? `  states: { retention: ${costs(refresh, 'background')} }\n` : ''}`
    : '  bandwidth: 8GB/s\n  latency: 100ns\n  background_power: 30mW\n';
  const names = ['ifmap', 'filter', 'ofmap'];
  const registers = ['ifmap', 'filter', 'psum']
    .flatMap((name) => ['read', 'write'].map((kind) => `${name}_${kind}: ${name}_reg_${kind}s`))
    .join(', ');
  const kib = [256, 512, 64];
  const reads = ['ifmap_sram_reads * ifmap_bits', 'filter_sram_read_bits', 'ofmap_sram_read_bits'];
  return `version: 1
name: drawn
description: drawn
array:
  rows: ${32 / arrays}
  columns: 32
  dataflow: os
  domain: "${array}"
${arrays > 1 ? `  partitions: { rows: ${arrays}, columns: 1, split: spatial }\n` : ''}${pes ? `  unused_pes: ${costs(pes)}\n` : ''}words: { ifmap: 8bit, filter: 8bit, ofmap: 8bit, psum: 32bit }
scratchpads:
${names.map((name, i) => `  ${name}: { capacity: ${kib[i] / arrays}KiB, port: 256bit, domain: "${pads[i]}" }\n`).join('')}dram:
  component: dram
${dram}domains:
${domains
  .map(
    (name, d) => `  "${name}":
${rail}    operating_points:
      - { frequency: ${SLOW}MHz, voltage: ${0.8 + 0.02 * d}V }
      - { frequency: ${FAST}MHz, voltage: ${1 + 0.02 * d}V }
    transition: { relock: ${relockUs}us }
${statesText(states[d])}`,
  )
  .join('')}bindings:
  pe: { domain: "${array}", actions: { mac: macs, ${registers} } }
${names
  .map(
    (name, i) =>
      `  ${name}_spad:\n    domain: "${pads[i]}"\n    pipelined: true\n    actions: { read: ${reads[i]} / 256, write: ${name}_sram_write_bits / 256 }\n`,
  )
  .join('')}  dram: { off_die: true, actions: { read: dram_read_bits / 64, write: dram_write_bits / 64 } }
architecture: ./architecture.yaml
`;
}

/** Choices of a policy: numbers that a design turns into clocks and states. */
const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 40, maxLength: 40 });

function scheduleText(drawn: Drawn, layers: number, numbers: readonly number[]): string {
  const { domains, arrays } = SHAPES[drawn.shape];
  const own = arrays > 1 && drawn.shape === 'arrays' ? ['core_0', 'core_1'] : [...domains];
  let next = 0;
  const draw = <T>(from: readonly T[]): T => from[numbers[next++ % numbers.length] % from.length];
  const clocks = (): string => {
    const core = own.map((name) => `${name}: ${draw([SLOW, FAST])}MHz`);
    return `{ ${[...core, ...(drawn.hasDramPoints ? [`dram: ${draw([800, 1600])}MHz`] : [])].join(', ')} }`;
  };
  const idle = own.map((name, i) => {
    const { retention, off } = drawn.states[drawn.shape === 'arrays' ? 0 : i];
    const has = ['"on"', 'clock-gated', ...(retention ? ['retention'] : []), ...(off || !retention ? ['"off"'] : [])];
    return `${name}: ${draw(has)}`;
  });
  const lines = Array.from({ length: layers }, (_, layer) => `    - { layer: ${layer}, frequency: ${clocks()} }\n`);
  return `version: 1
name: drawn
description: drawn
uses: schedule
parameters:
  layers:
${lines.join('')}  rest: ${clocks()}
  idle: ${draw([`{ ${idle.join(', ')} }`, 'gated'])}
  barrier: ${draw(['"on"', 'clock-gated', '"off"'])}
  unused_pes: ${draw(['"on"', '"off"'])}
`;
}

const gated = (idle: string, below: string): string =>
  `version: 1\nname: g\ndescription: g\nstack:\n  - { uses: gate-idle-pes, parameters: { idle: ${idle}, barrier: "off" } }\n  - { uses: ${below} }\n`;

test('bound <= oracle <= oracle with transitions <= every row in time, whatever states it uses', async () => {
  await fc.assert(
    fc.asyncProperty(
      designs,
      fc.array(
        fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 80 }), fc.integer({ min: 8, max: 300 })),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      fc.array(choices, { minLength: 4, maxLength: 4 }),
      fc.double({ min: 1, max: 3, noNaN: true }),
      fc.constantFrom('{ count: 1 }', '{ count: 4 }', 'period'),
      async (drawn, sizes, drawnChoices, factor, kind) => {
        const net = `layer,type,m,n,k\n${sizes.map(([m, n, k], l) => `l${l},gemm,${m},${n},${k}\n`).join('')}`;
        const policyTexts = drawnChoices.map((numbers) => scheduleText(drawn, sizes.length, numbers));
        const texts: Texts = {
          ...LEAN,
          [`${BUNDLED}accelerators/drawn/accelerator.yaml`]: acceleratorText(drawn),
          [`${BUNDLED}accelerators/drawn/architecture.yaml`]: ARCHITECTURE,
          'net.csv': net,
          ...Object.fromEntries(policyTexts.map((text, i) => [`s${i}.yaml`, text])),
          'deep.yaml': gated('"off"', 'performance'),
          'auto.yaml': gated('auto', 'static-best'),
        };
        const own = policyTexts.map((_, i) => `./s${i}.yaml`);
        const policies = ['performance', 'race-to-idle', 'static-best', './deep.yaml', './auto.yaml', ...own];
        const latencyS = await fastestS(texts);
        const deadlineUs = factor * latencyS * 1e6 + 0.001;
        const inferences = kind === 'period' ? `{ period: ${deadlineUs * 1.3}us, count: 4 }` : kind;
        // An array that wakes late at a barrier leaves the DRAM to the others, which is no schedule of an oracle.
        const staggers = (policy: string): boolean =>
          SHAPES[drawn.shape].arrays > 1 && String(texts[policy.slice(2)]).includes('barrier: "off"');
        await checkChain(texts, inferences, deadlineUs, policies, staggers);
      },
    ),
    // A case takes up to seconds: without an end at the first failure, shrinking would take hours.
    { ...lawOptions(60, 2), endOnFailure: true },
  );
});

const asked = (texts: Texts, inferences: string, deadlineUs: number, policies: readonly string[]) => {
  const exp = `version: 1\nname: e\naccelerator: drawn\nworkload: ./net.csv\nepoch: 100us\ninferences: ${inferences}\ndeadline: ${deadlineUs}us\n`;
  const lab = new Lab(memoryFiles({ ...texts, 'exp.yaml': exp }));
  const frame = {
    experiment: 'exp.yaml',
    set: [],
    sweeps: [],
    start: 'own',
    checkEpoch: false,
    uncertain: [],
    draws: 0,
  };
  return compare({ ...frame, policies, start: 'own' }, async (jobs) => jobs.map((job) => lab.run(job)));
};

async function fastestS(texts: Texts): Promise<number> {
  const [{ rows }] = (await asked(texts, '{ count: 1 }', 1e6, ['performance'])).cells;
  if (!rows[0].figures) throw new Error(rows[0].reason);
  return rows[0].figures.latencyS;
}

async function checkChain(
  texts: Texts,
  inferences: string,
  deadlineUs: number,
  policies: readonly string[],
  staggers: (policy: string) => boolean,
): Promise<void> {
  const [cell] = (await asked(texts, inferences, deadlineUs, policies)).cells;
  const { bound, oracle, oracleWithTransitions: charged, rows } = cell;
  for (const { applicable, reason } of rows) expect(reason ?? applicable).toBe(true);
  const inTime = rows.filter(({ figures }) => figures!.deadlineMisses === 0);
  expect(inTime.length).toBeGreaterThan(0);
  const below = [bound!.energyJ, oracle!.lowerBoundJ, oracle!.energyJ, ...(charged ? [charged.energyJ] : [])];
  for (let i = 1; i < below.length; i++) expect(below[i - 1]).toBeLessThanOrEqual(below[i] * (1 + 1e-9));
  for (const { policy, figures } of inTime) {
    const least = staggers(policy) ? below[0] : below.at(-1);
    expect(least, `${policy}: ${below} and ${figures!.energyJ}`).toBeLessThanOrEqual(figures!.energyJ * (1 + 1e-9));
  }
}

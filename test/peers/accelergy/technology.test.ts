import { describe, expect, test } from 'vitest';
import { type Diagnostic, InputError } from '../../../src/base/errors.ts';
import type { EnergyJob } from '../../../src/peers/accelergy/index.ts';
import { energyOf, estimateText } from './support.ts';

/** One component of a class with attributes, and what it is asked for. */
const one = (technology: string, cls: string, attributes: string, actions: string, count = 1) => `architecture:
  version: 0.4
  subtree:
  - name: t
    attributes: {technology: "${technology}", global_cycle_seconds: 1e-9}
    local:
${Array.from({ length: count }, (_, i) => `    - {name: a${i}, class: ${cls}, attributes: {${attributes}}, required_actions: [${actions}]}`).join('\n')}
`;

const problems = (text: string, more: Partial<EnergyJob> = {}): readonly Diagnostic[] => {
  try {
    estimateText(text, more);
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics;
    throw error;
  }
  return [];
};

describe('a technology without figures', () => {
  test.each([
    ['SRAM', '3nm', 'width: 64, depth: 1024', 'read', '7nm'],
    ['intadder', '3nm', 'width: 32', 'add', '7nm'],
    ['intadder', '250nm', 'width: 32', 'add', '130nm'],
    ['SRAM', '4.5nm', 'width: 64, depth: 1024', 'read', '7nm'],
  ])('of %s at %s is refused as a technology', (cls, technology, attributes, action, nearest) => {
    const [problem, ...others] = problems(one(technology, cls, attributes, action));
    expect(others).toEqual([]);
    expect(problem.code).toBe('no-estimator');
    expect(problem.message).toContain(`no estimator has figures of ${cls} for the technology "${technology}"`);
    expect(problem.message).toContain(`the nearest is ${nearest}`);
    expect(problem.span?.line).toBe(5);
  });

  test('that is no node is one problem for all classes', () => {
    const both = `${one('gaas', 'SRAM', 'width: 64, depth: 1024', 'read')}    - {name: b, class: intadder, attributes: {width: 32}, required_actions: [add]}\n`;
    const [problem, ...others] = problems(both);
    expect(others).toEqual([]);
    expect(problem.message).toContain('no estimator has figures for the technology "gaas", which is no node in nm');
    expect(problem.span?.line).toBe(5);
  });

  test('is one problem for all components that share it', () => {
    const found = problems(one('3nm', 'intadder', 'width: 32', 'add, leak', 40));
    expect(found).toHaveLength(1);
    expect(found[0].message).toContain('and 37 more');
  });

  test('and an unknown class is one problem, with the nearest class', () => {
    const found = problems(one('45nm', 'intader', 'width: 32', 'add, leak', 3));
    expect(found.map(({ message, suggestion }) => [message.includes('knows the class "intader"'), suggestion])).toEqual(
      [[true, 'intadder']],
    );
  });
});

describe('SRAM below 22 nm', () => {
  // The rule of the CACTI plug-in 291018b: sqrt(7 / 22) for energies; docs/methods/energy.md.
  const at = (technology: string) => one(technology, 'SRAM', 'width: 64, depth: 1024', 'read, leak');
  test('is scaled by the rule of the plug-in, with a warning that names both sources', () => {
    const warnings: Diagnostic[] = [];
    const fine = estimateText(at('7nm'), { warn: (warning) => warnings.push(warning) });
    const coarse = estimateText(at('22nm'));
    expect(energyOf(fine, 't.a0', 'read')! / energyOf(coarse, 't.a0', 'read')!).toBeCloseTo(Math.sqrt(7 / 22), 4);
    const said = warnings.filter(({ message }) =>
      /^sources disagree about the (energy|leakage|area) of SRAM/.test(message),
    );
    // Dynamic energy, leakage and area each have a range of their own.
    expect(said).toHaveLength(3);
    expect(said.every(({ expected }) => expected!.includes('291018b') && expected!.includes('Stillmaker'))).toBe(true);
  });

  test('has the range between that rule and the scaling of logic', () => {
    const [row] = estimateText(at('7nm')).tables[0].rows;
    // Stillmaker and Baas 2017 at 0.8 V, HP rows: 7 nm over 22 nm, the latter at 2/12 from 20 to 32 nm.
    const energy = (b2: number, b1: number, b0: number) => b2 * 0.64 + b1 * 0.8 + b0;
    const e20 = energy(0.373, -0.1582, 0.04104);
    const e32 = energy(0.8367, -0.4341, 0.1701);
    const logic = energy(0.1776, -0.09097, 0.02447) / (e20 + (2 / 12) * (e32 - e20));
    expect(row.parts[0].spread!.high).toBe(1);
    expect(row.parts[0].spread!.low).toBeCloseTo(logic / Math.sqrt(7 / 22), 6);
  });
});

test('the row of transistors is a choice, and its factor stands beside the other', () => {
  const at22 = one('22nm', 'intadder', 'width: 32', 'add');
  const [hp, lp] = (['HP', 'LP'] as const).map((transistors) => estimateText(at22, { transistors }));
  // The paper's low-power nodes shrink faster: 1.3 times from 40 to 22 nm.
  expect(energyOf(hp, 't.a0', 'add')! / energyOf(lp, 't.a0', 'add')!).toBeGreaterThan(1.2);
  expect(hp.tables[0].rows[0].parts[0].assumption).toMatch(/HP transistors \(energy x 0\.\d+; LP: x 0\.\d+\)/);
});

describe('DRAM', () => {
  const dram = (type: string, actions: string) =>
    one('45nm', 'DRAM', `width: 64, type: "${type}", n_devices: 4`, actions);
  test('has energies of a row and of standing by, from the currents of a device', () => {
    const result = estimateText(dram('DDR4', 'activate, background, power_down'));
    // VDD (IDD0 tRC - IDD3N tRAS - IDD2N tRP), the currents and cycles of DRAMsim3's DDR4_8Gb_x8_3200.ini.
    const activate = 1.2 * 0.63 * (57 * 74 - 52 * 52 - 37 * 22);
    expect(Math.abs(energyOf(result, 't.a0', 'activate')! / activate - 1)).toBeLessThan(0.005);
    expect(energyOf(result, 't.a0', 'background')).toBeCloseTo(4 * 62, 9);
    expect(energyOf(result, 't.a0', 'power_down')).toBeCloseTo(4 * 30, 9);
  });

  test('of a type without currents is refused by name', () => {
    expect(problems(dram('GDDR5', 'background'))[0].message).toContain('no currents of a GDDR5 device are known');
  });

  test('HBM2 is a range from 3.9 to 7.0 pJ/bit', () => {
    const [row] = estimateText(dram('HBM2', 'read')).tables[0].rows;
    expect(row.energyPj).toBeCloseTo(3.9 * 64, 9);
    expect(row.energyPj * row.parts[0].spread!.high).toBeCloseTo(7 * 64, 9);
  });
});

describe('files of others', () => {
  test.each([
    ['AccelForge', 'arch:\n  nodes:\n  - !Memory\n    name: a\n  - !Toll {name: b}\n'],
    ['CiMLoop', 'architecture:\n  nodes:\n  - !ArrayContainer\n    name: column\n'],
    [
      'CiMLoop',
      '{{include_text("defines.yaml")}}\narchitecture:\n  nodes:\n  - !Container\n    <<<: [*container_defaults]\n',
    ],
  ])('of %s are refused with one sentence', (name, text) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0].code).toBe('not-supported');
    expect(found[0].message).toContain(name);
  });
});

describe("Timeloop 0.1's arch", () => {
  const arch = `arch:
  arithmetic: {instances: 4, meshX: 2, word-bits: 8}
  storage:
  - {name: Buffer, sizeKB: 64, word-bits: 8, block-size: 8, num-ports: 2, num-banks: 4}
  - {name: DRAM, technology: DRAM, word-bits: 8, block-size: 8}
`;
  test('needs a technology from elsewhere', () => {
    const found = problems(arch);
    expect(found.map(({ message }) => message.includes('no estimator has figures without a technology'))).toEqual([
      true,
    ]);
  });

  test('becomes components with the sizes that estimators know', () => {
    const variables = 'variables: {version: 0.4, technology: "45nm", global_cycle_seconds: 1e-9}\n';
    const result = estimateText({ 'a.yaml': arch, 'b.yaml': variables });
    expect(result.tables.map(({ component }) => [component.segments.join('.'), component.class])).toEqual([
      ['Buffer[1..1]', 'storage'],
      ['DRAM[1..1]', 'DRAM'],
      ['MACs[1..4]', 'mac'],
    ]);
    // 8 pJ/bit of LPDDR4 for 8 words of 8 bit.
    expect(energyOf(result, 'DRAM[1..1]', 'read')).toBeCloseTo(512, 9);
  });
});

import { describe, expect, test } from 'vitest';
import { actionOf, bundledClasses, bundledEstimators, componentOf, diagnosticsOf, ertOf, readText } from './support.ts';

const design = (local: string) =>
  readText(`
architecture:
  version: 0.4
  subtree:
    - name: npu
      attributes: {technology: "45nm"}
      local:
${local}`);
const bundled = (local: string) => ertOf([design(local), ...bundledClasses()], bundledEstimators());

const ert = bundled(`
        - name: dram
          class: DRAM
          attributes: {type: "LPDDR4", width: 64}
          required_actions: [read, write]
        - name: sram
          class: smart_buffer
          attributes: {width: 256, depth: 8192, cell_type: "itrs-hp"}
        - {name: "pe[0..255]", class: systolic_pe}
        - {name: "pe_bf16[0..255]", class: systolic_pe_bf16}
        - {name: mac8, class: mac_int8}
        - {name: mac16, class: mac_bf16}
`);
const pj = (component: string, action: string) => actionOf(ert, component, action).energyJ * 1e12;
const um2 = (component: string) => componentOf(ert, component).areaM2 * 1e12;
const leakageW = (component: string) =>
  componentOf(ert, component).leakageParts.reduce((sum, part) => sum + part.powerW, 0);

// Figures of all tests below. Horowitz, ISSCC 2014: 8 bit multiply 0.2 pJ/282 um2, 32 bit add 0.1/137, fp16 multiply
// 1.1/1640, fp32 add 0.9/4184. Aladdin unit tables at 1 ns: register 0.009 pJ, 5.98 um2, 7e-5 mW a bit; counter 0.25074 pJ,
// 495.5 um2, 3.213e-4 pJ idle a cycle at 32 bit.

test('smart_buffer: the CACTI run of 256 KiB x 256 bit, and 13 bit address counters', () => {
  // CACTI 7.0.3, itrs-hp: read 86.7138, write 107.534 pJ, 0.876577 mm2, 124.058 mW
  expect(pj('sram', 'read')).toBeCloseTo(86.7138 + (0.25074 * 13) / 32, 10);
  expect(pj('sram', 'write')).toBeCloseTo(107.534 + (0.25074 * 13) / 32, 10);
  expect(um2('sram')).toBeCloseTo(876577 + (2 * 495.5 * 13) / 32, 6);
  expect(leakageW('sram')).toBeCloseTo(124.058e-3 + (2 * 3.213e-7 * 13) / 32, 12);
});

test('smart_buffer: the SRAM scales from 1.0 V, the counter from 0.9 V', () => {
  const { capacitanceF, fixedJ } = actionOf(ert, 'sram', 'read');
  expect(capacitanceF * 1e12).toBeCloseTo(86.7138 + (0.25074 * 13) / 32 / 0.81, 10);
  expect(fixedJ).toBe(0);
});

test('mac_int8 and mac_bf16: multiplier plus adder; bf16 says what it assumes', () => {
  expect(pj('mac8', 'mac')).toBeCloseTo(0.2 + 0.1, 12);
  expect(um2('mac8')).toBeCloseTo(282 + 137, 9);
  expect(pj('mac16', 'mac')).toBeCloseTo(1.1 + 0.9, 12);
  expect(um2('mac16')).toBeCloseTo(1640 + 4184, 9);
  expect(actionOf(ert, 'mac16', 'mac').parts[0].assumption).toMatch(/bf16 taken as fp16/);
});

test.each([
  ['pe', 0.3, 8, 419],
  ['pe_bf16', 2.0, 16, 5824],
])('systolic_%s: MAC, two operand registers and a 32 bit sum', (name, macPj, operandBits, macUm2) => {
  expect(pj(name, 'mac')).toBeCloseTo(macPj, 12);
  for (const action of ['ifmap_read', 'ifmap_write', 'filter_read', 'filter_write']) {
    expect(pj(name, action)).toBeCloseTo(0.009 * operandBits, 12);
  }
  for (const action of ['psum_read', 'psum_write']) expect(pj(name, action)).toBeCloseTo(0.009 * 32, 12);
  expect(um2(name)).toBeCloseTo(macUm2 + 5.98 * (2 * operandBits + 32), 9);
  expect(leakageW(name)).toBeCloseTo(7e-8 * (2 * operandBits + 32), 15);
  // Horowitz gives no leakage: it is missing by name, not zero.
  expect(componentOf(ert, name).leakageUnknown.map((u) => u.path)).toEqual(['mac.multiplier', 'mac.adder']);
  expect(componentOf(ert, name).component.count).toBe(256);
});

test('DRAM: pJ a bit x width, whatever the voltage, no area', () => {
  expect(pj('dram', 'read')).toBeCloseTo(8 * 64, 9);
  expect(actionOf(ert, 'dram', 'write')).toMatchObject({ capacitanceF: 0 });
  expect(actionOf(ert, 'dram', 'write').fixedJ * 1e12).toBeCloseTo(512, 9);
  expect(um2('dram')).toBe(0);
});

describe('primitive classes of the 45 nm tables', () => {
  test.each([
    ['intadder', 'width: 8', 'add', 0.03, 36],
    ['intadder', 'width: 16', 'add', 0.05, 67],
    ['intadder', 'width: 24', 'add', (0.1 * 24) / 32, (137 * 24) / 32],
    ['intmultiplier', 'width: 32', 'mult_random', 3.1, 3495],
    ['intmultiplier', 'width: 16', 'mult_random', 3.1 / 4, 3495 / 4],
    ['fpadder', 'exponent: 5, mantissa: 10', 'add', 0.4, 1360],
    ['fpmultiplier', 'exponent: 8, mantissa: 23', 'mult_random', 3.7, 7700],
    ['reg', 'width: 10', 'access', 0.09, 59.8],
    ['regfile', 'width: 10, depth: 1', 'read', 0.09, 59.8],
    ['counter', 'width: 32', 'count', 0.25074, 495.5],
    ['DRAM', 'width: 1, type: "HBM2"', 'read', 3.9, 0],
  ])('%s {%s}', (cls, attributes, action, energyPj, areaUm2) => {
    const one = bundled(
      `        - {name: x, class: ${cls}, attributes: {${attributes}}, required_actions: [${action}]}`,
    );
    expect(actionOf(one, 'x', action).energyJ * 1e12).toBeCloseTo(energyPj, 12);
    expect(componentOf(one, 'x').areaM2 * 1e12).toBeCloseTo(areaUm2, 9);
    for (const part of actionOf(one, 'x', action).parts) expect(part.source).not.toBe('');
  });

  test.each([
    ['regfile', 'width: 8, depth: 2', 'read'],
    ['fpadder', 'exponent: 8, mantissa: 7', 'add'],
    ['DRAM', 'width: 64, type: "DDR4"', 'read'],
  ])('no figure is made up for %s {%s}', (cls, attributes, action) => {
    const one = () =>
      bundled(`        - {name: x, class: ${cls}, attributes: {${attributes}}, required_actions: [${action}]}`);
    expect(diagnosticsOf(one)[0].code).toBe('no-estimator');
  });

  test('a row width without a CACTI run is no guess', () => {
    const one = () =>
      bundled('        - {name: x, class: smart_buffer, attributes: {width: 128, depth: 4096, cell_type: "itrs-hp"}}');
    const [problem] = diagnosticsOf(one);
    // Where the user wrote it, under the user's name for it, with a way out.
    expect(problem).toMatchObject({ code: 'no-estimator', span: { file: 'in.yaml', length: 1 } });
    expect(problem.message).toMatch(/^"storage" of component "x": no estimator has figures of SRAM\n/);
    expect(problem.message).toContain('its itrs-hp runs have 64, 256 bit');
    expect(problem.expected).toMatch(/^width: one of 64, 256; or figures of your own/);
  });
});

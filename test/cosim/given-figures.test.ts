/** Energies and operating points from elsewhere: an ERT of Accelergy, the points of a chip, nodes without tables of their own. */
import { describe, expect, test } from 'vitest';
import { accelerator, architecture, expectProblems, MINE } from './marked.ts';
import { EDGE, load, problemsOf, type Texts } from './support.ts';

const design = (overlay: Texts, set: readonly string[] = []) =>
  load(MINE['exp.yaml'], { overlay: { ...MINE, ...overlay }, set: [...set] }).design;

const ERT = `ERT:
  version: '0.4'
  tables:
  - name: edge_npu.pe[0..1023]
    actions:
    - {name: mac, arguments: {global_cycle_seconds: 1.0e-9, action_latency_cycles: 1}, energy: 0.5}
    - {name: ifmap_read, arguments: {global_cycle_seconds: 1.0e-9}, energy: 0.01}
    - {name: ifmap_write, arguments: {}, energy: 0.01}
    - {name: filter_read, arguments: {}, energy: 0.01}
    - {name: filter_write, arguments: {}, energy: 0.01}
    - {name: psum_read, arguments: {}, energy: 0.02}
    - {name: psum_write, arguments: {}, energy: 0.02}
    - {name: leak, arguments: {global_cycle_seconds: 2.0e-9}, energy: 0.004}
  - name: edge_npu.dram
    actions:
    - {name: read, arguments: {}, energy: 512}
    - {name: write, arguments: {}, energy: 500}
`;
const withErt = (more: string, ert = ERT): Texts => ({
  'npu/accelerator.yaml': EDGE.replace('version: 1', `version: 1\nert: {file: ERT.yaml${more}}`),
  'npu/ERT.yaml': ert,
});

describe('an ERT of Accelergy', () => {
  test('gives the energies of the components that it lists, the estimators those of the others', () => {
    const { ert } = design(withErt(', voltage: 0.8V'));
    const own = design({}).ert;
    const of = (name: string, from = ert) => from.components.find(({ component }) => component.name === name)!;
    const [mac] = of('pe').actions;
    // E(V) = E0 (V / V0)^2 with E0 of the table and V0 of the accelerator.
    expect(mac).toMatchObject({ action: 'mac', energyJ: 0.5e-12, fixedJ: 0 });
    expect(mac.capacitanceF).toBeCloseTo(0.5e-12 / 0.64, 24);
    expect(mac.arguments.size).toBe(0);
    expect(of('ifmap_spad').actions).toEqual(of('ifmap_spad', own).actions);
    // An energy of a cycle over the cycle of its row.
    expect(of('pe').leakageParts).toMatchObject([{ powerW: 0.002e-3, voltageV: 0.8, temperatureK: 300 }]);
    expect(of('pe').areaM2).toBe(of('pe', own).areaM2);
    // Off the die, no voltage counts.
    expect(of('dram').actions.map(({ capacitanceF, fixedJ }) => [capacitanceF, fixedJ])).toEqual([
      [0, 512e-12],
      [0, 500e-12],
    ]);
  });

  test('without a voltage is the same at every voltage, and the run says so', () => {
    const { ert, spec } = design(withErt(''));
    expect(ert.components[0].actions[0]).toMatchObject({ capacitanceF: 0, fixedJ: 0.5e-12 });
    expect(spec.assumptions.join()).toContain('taken at any voltage');
    expect(spec.assumptions.join()).toContain('ifmap_spad, filter_spad, ofmap_spad: not in ERT.yaml, estimated');
  });

  test('with areas replaces also classes that no estimator knows', () => {
    const overlay = {
      ...withErt(', area: ART.yaml, voltage: 0.8V'),
      ...architecture(['class: systolic_pe', 'class: made_up']),
      'npu/ART.yaml': "ART: {version: '0.4', tables: [{name: 'edge_npu.pe[0..1023]', area: 700}]}\n",
    };
    expect(design(overlay).ert.components[0].areaM2).toBeCloseTo(700e-12, 18);
  });

  test.each<[string, Texts, string]>([
    ['no file', { 'npu/accelerator.yaml': withErt('')['npu/accelerator.yaml'] }, 'file-not-found npu/accelerator.yaml'],
    ['a file of something else', withErt('', 'ART: {tables: []}\n'), 'missing-key npu/accelerator.yaml'],
    [
      'a component that is not there',
      withErt('', ERT.replace('edge_npu.dram', 'edge_npu.drma')),
      'unknown-name npu/ERT.yaml',
    ],
    ['a negative energy', withErt('', ERT.replace('512', '-512')), 'out-of-range npu/ERT.yaml'],
    ['an energy that is text', withErt('', ERT.replace('512', 'much')), 'wrong-type npu/ERT.yaml'],
    [
      'an action that the bindings need missing',
      withErt('', ERT.replace('name: mac,', 'name: mca,')),
      'action-unknown npu/accelerator.yaml',
    ],
    ['a voltage of zero', withErt(', voltage: 0V'), 'out-of-range npu/accelerator.yaml'],
    [
      'a class without an area',
      { ...withErt(''), ...architecture(['class: systolic_pe', 'class: made_up']) },
      'unknown-name npu/architecture.yaml',
    ],
  ])('%s is refused', (_, overlay, problem) => {
    expect(problemsOf(() => design(overlay))[0]).toContain(problem);
  });
});

describe('a node without tables of its own', () => {
  test('has the figures of isotherm energy, with leakage over temperature', () => {
    const { ert, leakage } = design(architecture(['"45nm"', '"32nm"']));
    const sources = new Set(
      ert.components.flatMap(({ actions }) => actions.flatMap(({ parts }) => parts.map((p) => p.source))),
    );
    expect([...sources].map((source) => source.split(' ')[0]).sort()).toEqual(['Aladdin', 'CACTI', 'value']);
    expect(leakage.sources.length).toBeGreaterThan(0);
    // SRAM of 32 nm leaks at 400 K 20 times what it does at 300 K (CACTI, itrs-lstp).
    const spad = ert.components.find(({ component }) => component.name === 'ifmap_spad')!;
    expect(spad.leakageParts.some(({ cell }) => cell === 'itrs-lstp')).toBe(true);
  });

  test('below 22 nm says the range of the sources in its assumptions', () => {
    const { ert } = design(architecture(['"45nm"', '"7nm"']));
    const spad = ert.components.find(({ component }) => component.name === 'ifmap_spad')!;
    expect(spad.actions[0].parts.map(({ assumption }) => assumption).join()).toContain('sources span 0.6');
  });
});

describe('the operating points of a chip', () => {
  const points = EDGE.replace(/ {4}operating_points:\n( {6}- .*\n)+ {4}nominal: .*\n/, '    points_of: rk3588-npu\n');
  test('are those of the table, slowest first', () => {
    const { spec } = design({ 'npu/accelerator.yaml': points });
    // Rockchip's rk3588s.dtsi, npu_opp_table, speed bin L0.
    expect(spec.domains[0].points.map(({ frequencyHz, voltageV }) => [frequencyHz / 1e6, voltageV])).toEqual([
      [300, 0.7],
      [400, 0.7],
      [500, 0.7],
      [600, 0.7],
      [700, 0.7],
      [800, 0.75],
      [900, 0.8],
      [1000, 0.85],
    ]);
    expect(spec.assumptions.join()).toContain('rk3588s.dtsi');
  });

  test.each<[string, Texts, string]>([
    ['an unknown chip', { 'npu/accelerator.yaml': points.replace('rk3588-npu', '«rk3588-npv»') }, 'unknown-name'],
    [
      'both kinds of points',
      accelerator(['  core:\n    operating_points:', '  «core»:\n    points_of: rk3588-npu\n    operating_points:']),
      'unknown-key',
    ],
    [
      'neither',
      { 'npu/accelerator.yaml': points.replace('  core:\n    points_of: rk3588-npu\n', '  «core»: {}\n') },
      'missing-key',
    ],
  ])('%s is refused', (_, texts, code) => expectProblems(texts, [code]));
});

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, InputError, type Span } from '../../../src/base/errors.ts';
import { nodeFiles } from '../../../src/node/index.ts';
import { estimateEnergy, OUTPUTS, readOwnFigures } from '../../../src/peers/accelergy/index.ts';
import { energyOf, estimateText, problemsOf } from './support.ts';

const GOLDEN = 'test/golden/accelergy/peer/bad_inputs';
const OWN = readOwnFigures(nodeFiles, ['test/golden/accelergy/peer-tables'], []);

/** The part of a file that a problem underlines. */
function underlined({ lineText, column, length }: Span): string {
  return lineText.slice(column - 1, column - 1 + length);
}

/** The errors of a case under Isotherm's own rules, else its warnings: code and underlined text. */
function verdict(name: string): string[] {
  const warnings: Diagnostic[] = [];
  const job = { files: nodeFiles, bundled: nodeFiles, own: OWN, digits: 6, isVerbose: false, outputs: OUTPUTS };
  const said = (list: readonly Diagnostic[], what: string) =>
    list.map(({ code, span }) => `${what} ${code} ${span ? underlined(span) : ''}`.trim());
  try {
    estimateEnergy({ ...job, paths: [`${GOLDEN}/${name}/input/in.yaml`], warn: (warning) => warnings.push(warning) });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return said(error.diagnostics, 'error');
  }
  return said(warnings, 'warning');
}

// Each problem underlines the slip. Accelergy accepts silently: shares, an index out of range, a class or subcomponent of one name, an
// unknown action of a primitive, a range of fractions, a missing width, an empty file. It refuses a missing cycle, for which 1 ns is taken.
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  area_share_ignored: ['warning unknown-key action_share', 'warning unknown-key area_share'],
  arg_not_range: ['error wrong-type 1'],
  attributes_list: ['error wrong-type [1, 2]'],
  bad_range_float: ['warning out-of-range "a[0..7/2]"'],
  bad_range_order: ['error out-of-range "a[5..2]"'],
  cc_action_index_out_of_range: ['error out-of-range "x[0..9]"'],
  cc_duplicate_class: ['error duplicate-name box'],
  cc_duplicate_subcomponent_basename: ['error duplicate-name "x[2..3]"', 'error out-of-range "x[0..1]"'],
  cc_required_action_missing: ['error action-unknown fly'],
  cc_self_recursion: ['error compound-cycle box'],
  cc_subcomponent_no_class: ['error missing-key {name: "x", attributes: {width: w}}'],
  cc_unknown_primitive_action: ['error no-estimator levitate'],
  counts_argument_value_absent: ['error argument-out-of-range add'],
  counts_bad_argument: ['error unknown-name 1'],
  counts_index_out_of_range: ['error out-of-range "t.a[7]"'],
  counts_missing_counts: ['error missing-key add'],
  counts_no_version: ['error missing-key local:'],
  counts_string_value: ['error wrong-type "many"'],
  counts_unknown_component: ['error unknown-name t.zzz'],
  cycle_seconds_string: ['error expression-not-a-number "1ns"'],
  dram_type_unknown: ['error no-estimator "DDR9"'],
  dup_yaml_key: ['error yaml-syntax width'],
  empty_file: ['error missing-key'],
  forward_reference: ['warning expression-unknown-name w2'],
  index_only_name: [],
  min_accuracy_too_high: ['error no-estimator a'],
  missing_name: ['error missing-key {class: intadder, attributes: {width: 8}, required_actions: [add]}'],
  missing_width: ['error no-estimator a'],
  no_actions_at_all: [],
  no_cycle_seconds: ['warning attribute-missing name: t'],
  no_technology: ['error attribute-missing name: t'],
  no_version: ['error missing-key subtree:'],
  parent_attr_reference: ['warning expression-unknown-name pw'],
  plugin_name_unknown: ['error unknown-name "nope"'],
  python_injection_unquoted: ['error expression-syntax .'],
  sram_width_float: [],
  subtree_not_list: ['error wrong-type {name: x}'],
  technology_unitless: [],
  undefined_jinja: ['error expression-unknown-name nope'],
  unknown_identifier: ['error expression-unknown-name wdth'],
  unquoted_string: ['error expression-syntax nm'],
  unsupported_action: ['error no-estimator transmogrify'],
  unsupported_technology: [],
  yaml_syntax: ['error yaml-syntax'],
};

const NESTED = `architecture:
  version: 0.4
  subtree:
    - name: t
      attributes: {technology: "45nm", global_cycle_seconds: 1e-9}
      local: [{name: x, class: outer}]
compound_components:
  version: 0.4
  classes:
    - name: outer
      subcomponents: [{name: in, class: inner}]
      actions:
        - {name: go, energy_scale: 3, subcomponents: [{name: in, actions: [{name: go, energy_scale: 5}]}]}
    - name: inner
      attributes:
        width: >-
          16 *
          2
      subcomponents: [{name: a, class: intadder, attributes: {width: width}}]
      actions:
        - {name: go, energy_scale: 7, subcomponents: [{name: a, actions: [{name: add}]}]}
`;

test('the scale that a nested action has of itself counts, which Accelergy 0.4 drops; a block of text is an expression', () => {
  // Accelergy 6911d15 with the Aladdin plug-in 5e2e126 gives 3.15 pJ for this file: 0.21 pJ for 32 bit, x 3 x 5.
  const scaled = (peer?: 'accelergy-0.4') => energyOf(estimateText(NESTED, { peer }), 't.x', 'go');
  expect(scaled('accelergy-0.4')).toBeCloseTo(0.21 * 3 * 5, 9);
  expect(
    scaled()! / energyOf(estimateText(NESTED.replace('energy_scale: 7', 'energy_scale: 1')), 't.x', 'go')!,
  ).toBeCloseTo(7, 4);
});

describe("what Accelergy refuses or passes over, by Isotherm's own rules", () => {
  test('covers every case', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(readdirSync(GOLDEN).sort());
  });

  test.each(Object.entries(EXPECTED))('%s', (name, expected) => {
    expect([...new Set(verdict(name))]).toEqual(expected);
  });
});

const arch = (component: string, more = '') =>
  `architecture:\n  version: 0.4\n  subtree:\n  - name: t\n    attributes: {technology: "45nm", global_cycle_seconds: 1e-9}\n    local:\n    - ${component}\n${more}`;
const ADDER = arch('{name: a, class: intadder, attributes: {width: 32}, required_actions: [add]}');

describe('counts', () => {
  const counted = (counts: string) =>
    `${ADDER}action_counts:\n  version: 0.4\n  local:\n  - {name: t.a, action_counts: [{name: add, counts: ${counts}}]}\n`;
  test.each([
    ['-3', 'out-of-range'],
    ['0.5', 'out-of-range'],
    ['.nan', 'out-of-range'],
    ['.inf', 'out-of-range'],
    ['nan', 'wrong-type'],
    ['18446744073709551600', 'out-of-range'],
    ['9007199254740993', 'out-of-range'],
    ['9007199254740994', 'out-of-range'],
  ])('%s is refused', (counts, code) =>
    expect(problemsOf(counted(counts)).map((problem) => problem.split(' ')[0])).toEqual([code]),
  );

  test('a fraction counts under the peer, which takes any number', () => {
    // 0.21 pJ an addition at 32 bit and 1 ns (Aladdin), half as often.
    expect(estimateText(counted('0.5'), { peer: 'accelergy-0.4' }).energies?.[0].energyPj).toBeCloseTo(0.105, 9);
  });
});

describe('tags', () => {
  // PyYAML and ruamel.yaml have tags that run Python; Accelergy 0.4 keeps unknown ones and looks at the value alone.
  test.each([
    ['!!python/object/apply:os.system ["id"]', '!!python/object/apply:os.system'],
    ['!include width.yaml', '!include'],
    ['!bits 32', '!bits'],
  ])('%s has no meaning', (value, tag) => {
    const text = arch(`{name: a, class: intadder, attributes: {width: ${value}}, required_actions: [add]}`);
    expect(problemsOf(text)[0]).toMatch(/^not-supported 7:/);
    expect(() => estimateText(text)).toThrow(`the tag ${tag} has no meaning here`);
  });

  test('of YAML itself are none', () => {
    expect(problemsOf(ADDER.replace('width: 32', 'width: !!int 32'))).toEqual([]);
  });
});

describe('lists', () => {
  const named = (name: string) =>
    arch(`{name: "${name}", class: intadder, attributes: {width: 32}, required_actions: [add]}`);
  test('of 10^9 instances cost no more than one', () => {
    const before = process.cpuUsage();
    expect(estimateText(named('a[0..999999999]')).tables[0].component.count).toBe(1e9);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
  });

  test.each(['a[0..9007199254740992]', 'a[0..10**30]', 'a[-9007199254740991..9007199254740991]'])(
    '%s is longer than a number counts',
    (name) => expect(problemsOf(named(name))).toEqual(['out-of-range 7:14']),
  );

  test('in lists multiply up to what a number counts', () => {
    const inner = named('a[0..999999999]').replace('name: t', 'name: t[0..999999999]');
    expect(problemsOf(inner)).toEqual(['out-of-range 7:14']);
  });

  test('fan-outs of Timeloop multiply up to what a number counts', () => {
    const nodes = `architecture:\n  version: 0.4\n  nodes:\n  - !Container {name: c, spatial: {meshX: 10**9, meshY: 10**9}}\n`;
    expect(problemsOf(`${nodes}  - !Component {name: m, class: intmac}\n`)[0]).toMatch(/^out-of-range 4/);
  });

  test('an argument without values does not unroll the ranges beside it', () => {
    const cls = `compound_components:
  version: 0.4
  classes:
  - name: k
    subcomponents: [{name: b, class: intadder, attributes: {width: 8}}]
    actions: [{name: go, arguments: {y: 1..0, x: 0..999999999}, subcomponents: [{name: b, actions: [{name: add}]}]}]
`;
    expect(estimateText(arch('{name: a, class: k}', cls)).tables[0].rows).toEqual([]);
  });
});

/** Stillmaker and Baas 2017, high performance at 0.8 V, from 40 to 45 nm: between 32 and 45 nm at 8/13 by the node. */
const HP45 = 1.018 * 0.64 - 0.3107 * 0.8 + 0.1539;
const HP32 = 0.8367 * 0.64 - 0.4341 * 0.8 + 0.1701;
const NODE_45 = HP45 / (HP32 + (8 / 13) * (HP45 - HP32));

describe('templates', () => {
  test.each([
    ['setenv', '{{ setenv("A", "b") }}\n', 'not-supported 1:4'],
    ['add_to_path', '{{ add_to_path("/tmp") }}\n', 'not-supported 1:4'],
    ['add_to_path of anything', "{{ add_to_path(cwd() ~ '/..') }}\n", 'not-supported 1:4'],
    ['a line that includes a file outside the folder', '!include ../../etc/passwd.yaml\n', 'out-of-range 1:1'],
    ['a line that includes a missing file', '!include other.yaml\n', 'file-not-found 1:1'],
    ['a line that includes its own file', '!include in.yaml\n', 'out-of-range 1:1'],
    ['a path outside', '{{ include_text("../secret.yaml") }}\n', 'out-of-range 1:4'],
    ['an absolute path', '{{ include_text("/etc/passwd") }}\n', 'out-of-range 1:4'],
    ['a statement of Jinja that is not ours', '{% import "x" %}\n', 'not-supported 1:4'],
    ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}\n', 'out-of-range'],
    ['a macro with too many arguments', '{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}\n', 'argument-out-of-range'],
    ['an unknown filter', '{{ 1 | squeeze }}\n', 'not-supported'],
    ['an open name', '{{ width }}\n', 'expression-unknown-name'],
    [
      'an endless loop',
      '{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}\n',
      'out-of-range 1:41',
    ],
    ['a block without end', '{% if 1 %}\n', 'expression-syntax 1:4'],
  ])('%s is refused', (_, text, problem) => expect(problemsOf(text)[0]).toContain(problem.split(' ')[0]));

  test('files that include each other are refused', () => {
    const files = { 'a.yaml': '{{ include_text("b/x.yaml") }}\n', 'b/x.yaml': '{{ include_text("../a.yaml") }}\n' };
    expect(problemsOf(files)[0]).toContain('out-of-range');
  });

  test('an expression of an included file stays one', () => {
    const files = {
      'a.yaml': arch(
        "{name: a, class: intadder, attributes: {{ include('b/x.yaml', 'size') }}, required_actions: [add]}",
      ),
      'b/x.yaml': 'size:\n  two: 2\n  width: max(1, two) * 16\n',
    };
    expect(energyOf(estimateText(files), 't.a', 'add')).toBeCloseTo(0.21 * NODE_45, 3);
  });
});

describe('bounded', () => {
  test.each([
    [
      'a range of 10^9',
      arch(
        '{name: a, class: c}',
        'compound_components:\n  version: 0.4\n  classes:\n  - {name: c, attributes: {}, subcomponents: [{name: x, class: intadder, attributes: {width: 8}}], actions: [{name: go, arguments: {d: 0..1000000000}, subcomponents: []}]}\n',
      ),
      'argument-out-of-range',
    ],
    [
      'a list of 10^12',
      arch('{name: "a[0..999999999999]", class: intadder, attributes: {width: 8}, required_actions: [add]}'),
      undefined,
    ],
    [
      'a deep expression',
      arch(`{name: a, class: intadder, attributes: {width: "8", w: ${'('.repeat(2000)}1${')'.repeat(2000)}}}`),
      'expression-syntax',
    ],
  ])('%s', (_, text, code) => {
    const started = performance.now();
    const problems = problemsOf(text);
    expect(problems[0]?.split(' ')[0]).toBe(code);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('a number of a file of 0.3 may hide as text, but a name that refers to itself in a circle does not', () => {
  const text =
    'architecture:\n  version: 0.3\n  subtree:\n  - name: t\n    attributes: {technology: 45nm}\n    local:\n    - {name: a, class: intadder, attributes: {width: w, w: v, v: w}}\n';
  expect(problemsOf(text)[0]).toContain('expression-cycle');
});

test('a mapping where a value is meant is shown as it is written', () => {
  const text = NESTED.replace('technology: "45nm"', 'technology: {a: 1}').replace(
    'class: outer}',
    'class: intadder, attributes: {width: 8}}',
  );
  expect(() => estimateText(text)).toThrow('for the technology "{"a":1}"');
});

test('components that are left out for one cause share one warning, which names them', () => {
  const local = ['a', 'b', 'c', 'd', 'e']
    .map((name) => `    - {name: ${name}, class: ${name === 'e' ? 'intadder' : 'oracle'}, attributes: {width: 8}}`)
    .join('\n');
  const warnings: Diagnostic[] = [];
  const { tables } = estimateText(
    `architecture:
  version: 0.4
  subtree:
  - name: s
    attributes: {technology: "45nm", global_cycle_seconds: 1e-9}
    local:
${local}
`,
    { leaveOut: true, warn: (warning) => warnings.push(warning) },
  );
  expect(tables.length).toBe(1);
  expect(warnings.map(({ message }) => message.split(':')[0])).toEqual([
    'component "a", component "b", component "c" and 1 more',
  ]);
});

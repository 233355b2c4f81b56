import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/base/errors.ts';
import { energyOf, estimateText, problemsOf } from './support.ts';

const NODES = `architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {technology: "45nm", global_cycle_seconds: 1e-9, word: 8}
  - !Component {name: DRAM, class: DRAM, attributes: {type: "LPDDR4", width: word * 8}}
  - !Container
    name: column
    spatial: {meshX: 14}
  - !Parallel
    nodes:
    - !Component {name: weights, class: SRAM, attributes: {depth: 2048, width: 64}, constraints: {dataspace: {keep: [W]}}}
    - !Nothing
    - !Container
      name: inner
      spatial: {meshY: 3}
  - !Component {name: mac, class: intmac, spatial: {meshY: 2 * 6}, attributes: {width: word}}
`;

test('a line that is nothing but !include stands for the text of the file, whose anchors serve below', () => {
  const pasted = estimateText(
    {
      'in.yaml':
        '!include macros.yaml\n\narchitecture:\n  version: 0.4\n  nodes:\n  - !Component {name: mac, <<: *unit}\n',
      'macros.yaml':
        'own:\n- &unit {class: intmac, attributes: {width: 8, technology: "45nm", global_cycle_seconds: 1e-9}}\n',
    },
    { paths: ['in.yaml'] },
  );
  expect(pasted.tables.map(({ component }) => [component.class, component.attributes.get('width')?.value])).toEqual([
    ['intmac', 8],
  ]);
});

// Timeloop hands a node to Accelergy as often as the fan-outs above it say, inside one container system_top_level.
describe('the nodes of Timeloop 0.4', () => {
  const result = estimateText(NODES);

  test('become components that are there as often as the fan-outs above them say', () => {
    expect(result.tables.map(({ component }) => component.segments.join('.'))).toEqual([
      'system_top_level.DRAM[1..1]',
      'system_top_level.weights[1..14]',
      'system_top_level.mac[1..168]',
    ]);
  });

  test('inherit the attributes of the containers above them', () => {
    // LPDDR4 has 8 pJ/bit: 64 bit take 512 pJ.
    expect(energyOf(result, 'system_top_level.DRAM[1..1]', 'read')).toBe(512);
  });

  test('have the usual actions of their classes', () => {
    const actions = result.tables.map(({ rows }) => rows.map(({ action }) => action));
    expect(actions[1]).toEqual(['read', 'write', 'update', 'leak']);
    expect(actions[2]).toEqual(['mac_random', 'mac_reused', 'mac_gated', 'leak']);
  });

  test('say once that constraints do not count', () => {
    const warnings: Diagnostic[] = [];
    estimateText(NODES, { warn: (warning) => warnings.push(warning) });
    expect(warnings.map(({ message }) => message)).toEqual([
      '"constraints" is for Timeloop\'s mapper and does not enter the estimate',
    ]);
  });

  test('are refused under a peer, as Accelergy refuses them', () => {
    expect(problemsOf(NODES, { peer: 'accelergy-0.4' })).toEqual(['missing-key 2:3']);
  });
});

describe('slips in nodes', () => {
  const nodes = (text: string) => `architecture:\n  version: 0.4\n  nodes:\n${text}`;
  test.each([
    ['a node without a tag', nodes('  - {name: a}\n'), ['wrong-type 4:5']],
    ['a node of AccelForge', nodes('  - !Memory {name: a}\n'), ['not-supported 4:5']],
    [
      'a misspelt key',
      nodes('  - !Component {name: a, class: DRAM, atributes: {width: 64}}\n'),
      ['unknown-key 4:39 attributes?'],
    ],
    ['no fan-out', nodes('  - !Container {name: a, spatial: {meshX: 0}}\n'), ['out-of-range 4:43']],
    [
      'two components of one name',
      nodes(
        '  - !Component {name: a, class: DRAM, attributes: {width: 8}}\n  - !Component {name: a, class: DRAM, attributes: {width: 8}}\n',
      ),
      ['duplicate-name 5:23'],
    ],
  ])('%s', (_, text, problems) => expect(problemsOf(text)).toEqual(expect.arrayContaining(problems.slice(0, 1))));
});

// 16 x 16 registers of 0.009 pJ at 1 ns (Aladdin, 40 nm) and comparators of 4 bit for the 16 entries: 16 x 0.02947 x 4 / 32.
test.each([
  ['smartbuffer_RF', 'regfile'],
  ['storage', 'regfile'],
  ['buffet', 'regfile'],
])('%s of 16 x 16 bit is a register file', (cls) => {
  const text = `architecture:\n  version: 0.4\n  nodes:\n  - !Container {name: c, attributes: {technology: "40nm", global_cycle_seconds: 1e-9}}\n  - !Component {name: a, class: ${cls}, attributes: {width: 16, depth: 16}}\n`;
  expect(energyOf(estimateText(text), 'system_top_level.a[1..1]', 'read')).toBeCloseTo(
    16 * 0.009 + (16 * 0.02947 * 4) / 32,
    5,
  );
});

test('a required action that is no name is an error at its place', () => {
  const text = NODES.replace('width: word * 8}}', 'width: word * 8}, required_actions: [read: write]}');
  expect(problemsOf(text)).toEqual([expect.stringMatching(/^wrong-type 7:/)]);
});

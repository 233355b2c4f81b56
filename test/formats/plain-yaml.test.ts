import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Generator } from '../../src/base/random.ts';
import { readPlainYaml } from '../../src/formats/plain-yaml.ts';
import { parseAnyYaml } from '../../src/formats/tagged-yaml.ts';
import { mutate } from '../fuzz/mutate.ts';
import { longTest } from '../tier.ts';

const read = (text: string) => readPlainYaml({ file: 'a.yaml', text });

// The parser of all of YAML is the reference: whatever the plain reader takes must be the same, places included.
function agrees(text: string): boolean {
  const source = { file: 'a.yaml', text };
  const plain = readPlainYaml(source);
  if (plain !== undefined) expect(plain).toEqual(parseAnyYaml(source));
  return plain !== undefined;
}

const PLAIN = [
  'a: 1',
  'a:  x y  # said\n\nb:\n- 1\n- -2.5e-3\nc:   \n    d: "q: #"\n    e: \'f\'\n',
  '# first\n- name: x\n  list: [1, two, {a: .5, b: "c"}, []]\n- name: y\n  map: {}\n- z\n',
  'a: {b: 45nm, c: true, d: Null, e: 007, f: -0, g: 1e400}\nh: max(1, 2)\ni: a#b\nj: x:y\n   \n  # last',
  'a:\n  - - 1\n'.replace('- - 1', '-   b: 1\n      c: 2'),
];

const BEYOND = [
  ...['', 'a', 'a:', '- ', 'a: &x 1', 'a: *x', 'a: !t 1', '<<: {}', 'a: |\n  b', '"a": 1', 'a: "b\\n"', "a: 'b''c'"],
  ...['a: 1\na: 2', 'a: b: c', 'a: b\n  c', 'a: 1\n b: 2', '  a: 1\n b: 2', '{a}', 'a: {b}', 'a: [b: c]', 'a: {b: 1,}'],
  ...['a: 0x10', 'a: .inf', 'a: 12345678901234567', 'a:\tb', 'a: 1\r\n', '--- \na: 1', 'true: 1', 'a: -', 'a: [1\n]'],
];

describe('plain YAML', () => {
  test.each(PLAIN)('reads %j as the parser of all of YAML does', (text) => {
    expect(agrees(text)).toBe(true);
  });

  test.each(BEYOND)('leaves %j to it', (text) => {
    expect(read(text)).toBeUndefined();
  });

  longTest('agrees with it about damaged files', () => {
    const folder = new URL('../golden/accelergy/peer/', import.meta.url);
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .filter(({ length }) => length < 3000);
    const { next } = new Generator(1);
    let [taken, left] = [0, 0];
    for (let i = 0; i < 2000; i++) {
      const damaged = mutate(texts[Math.floor(next() * texts.length)], next);
      let isPlain = false;
      try {
        isPlain = agrees(damaged);
      } catch (error) {
        expect.unreachable(`${JSON.stringify(damaged)}: ${error}`);
      }
      if (isPlain) taken++;
      else left++;
    }
    expect(Math.min(taken, left)).toBeGreaterThan(100);
  });
});

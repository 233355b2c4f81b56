import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTimeloop } from '../../src/formats/timeloop/index.ts';
import { evaluateTimeloop, machineOf, nestOf, type TensorStats } from '../../src/mapping/index.ts';
import { linkedWords } from '../reference/link-steps.ts';
import { lawOptions } from '../tier.ts';

const golden = (file: string): string =>
  readFileSync(new URL(`../golden/timeloop/os_gemm/${file}.yaml`, import.meta.url), 'utf8');

/** A convolution over one row: K filters of R weights, P outputs. It has a factor of each dimension at DRAM, GBuf, on the 4 x 4 mesh and at Reg. */
const PROBLEM = (sizes: readonly number[]) => `problem:
  shape:
    name: conv
    dimensions: [K, R, P]
    data-spaces:
    - {name: W, projection: [[[K]], [[R]]]}
    - {name: I, projection: [[[R], [P]]]}
    - {name: O, projection: [[[K]], [[P]]], read-write: true}
  instance: {K: ${sizes[0]}, R: ${sizes[1]}, P: ${sizes[2]}}
`;
/** Timeloop walks indices 0 and 1 of each loop and multiplies: with loops of two iterations that is every step. */
const factor = fc.constantFrom(1, 2, 2);
const mesh = fc.constantFrom([1, 1, 1], [2, 1, 1], [1, 2, 1], [1, 1, 2], [4, 1, 1], [1, 3, 1], [1, 1, 4], [2, 2, 1]);
const order = fc.shuffledSubarray(['K', 'R', 'P'], { minLength: 3, maxLength: 3 });
const three = fc.tuple(factor, factor, factor);

const text = (factors: readonly number[], permutation: readonly string[], more = ''): string =>
  `factors: K=${factors[0]} R=${factors[1]} P=${factors[2]}, permutation: ${permutation.join('')}${more}`;

/** The reference walks every step of every child with sets of words; the model has a formula. */
test('words that neighbours on the mesh pass on are those of a walk through all steps', () => {
  let linked = 0;
  fc.assert(
    fc.property(
      three,
      three,
      mesh,
      mesh,
      fc.tuple(order, order),
      fc.constantFrom(1, 2),
      (dram, gbuf, y, x, orders, reg) => {
        const spatial = y.map((bound, d) => bound * x[d]);
        fc.pre(y.every((bound, d) => bound === 1 || x[d] === 1));
        const sizes = spatial.map((bound, d) => bound * dram[d] * gbuf[d] * (d === 2 ? reg : 1));
        const along = [0, 1, 2].filter((d) => x[d] > 1);
        const across = [0, 1, 2].filter((d) => !along.includes(d));
        const permutation = [...along, ...across].map((d) => 'KRP'[d]);
        const mapping = `mapping:
- {target: DRAM, type: temporal, ${text(dram, orders[0])}}
- {target: GBuf, type: temporal, ${text(gbuf, orders[1])}}
- {target: GBuf, type: spatial, ${text(spatial, permutation, `, split: ${along.length}`)}}
- {target: Reg, type: temporal, ${text([1, 1, reg], ['K', 'R', 'P'])}}
`;
        const problem = PROBLEM(sizes);
        const arch = golden('arch')
          .replace('PE[0..255]', 'PE[0..15]')
          .replaceAll('meshX: 16', 'meshX: 4')
          .replace('depth: 4', 'depth: 64');
        const files = { arch, problem, ert: golden('ert'), mapping };
        const input = readTimeloop(Object.entries(files).map(([name, body]) => ({ file: `${name}.yaml`, text: body })));
        const machine = machineOf(input.problem, input.architecture, input.energies);
        const nest = nestOf(machine, input.mapping!);
        const [with_, without] = [true, false].map(
          (links) => evaluateTimeloop(machine, input.mapping!, undefined, links).levels.GBuf,
        );
        for (const [q, name] of ['W', 'I', 'O'].entries()) {
          const key = name === 'O' ? 'updates' : 'reads';
          const saved = (without[name] as TensorStats)[key] - (with_[name] as TensorStats)[key];
          const walked = linkedWords(machine, nest, input.mapping!, 2, q);
          linked += walked;
          expect(saved, `${name} of ${mapping}`).toBe(walked);
        }
      },
    ),
    lawOptions(400, 40),
  );
  expect(linked).toBeGreaterThan(0);
});

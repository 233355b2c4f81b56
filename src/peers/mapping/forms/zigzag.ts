import type { OperationRoles, Role, TimeloopInput, TimeloopMapping } from '../../../formats/timeloop/index.ts';

const CONV_NAMES: Readonly<Record<Role, string>> = {
  N: 'B',
  G: 'G',
  K: 'K',
  C: 'C',
  Y: 'OY',
  X: 'OX',
  R: 'FY',
  S: 'FX',
};
/** O[d0][d1] += I[d0][d2] W[d2][d1] */
const GEMM_NAMES: Partial<Readonly<Record<Role, string>>> = { N: 'D0', K: 'D1', C: 'D2' };

/**
 * A mapping as ZigZag's (3d12a96e): loops over the axes D1 (X) and D2 (Y) of the array, and all temporal loops, the innermost first. Levels
 * and bypasses do not survive, since ZigZag allots memories itself. Returns why not if there is no such form.
 */
export function zigzagForm(
  { problem }: TimeloopInput,
  { kind, dimensions }: OperationRoles,
  { levels }: TimeloopMapping,
): string | { readonly reason: string } {
  if (levels.some(({ temporal, spatial }) => [...temporal, ...spatial].some(({ bound, last }) => bound !== last)))
    return { reason: 'its factors are imperfect' };
  const names = new Map([...dimensions].map(([role, d]) => [d, (kind === 'gemm' ? GEMM_NAMES : CONV_NAMES)[role]!]));
  const along = (axis: 'X' | 'Y'): string =>
    levels
      .flatMap(({ spatial }) => spatial.filter((loop) => loop.axis === axis))
      .map(({ dimension, bound }) => `"${names.get(dimension)}, ${bound}"`)
      .join(', ');
  const loops = levels
    .flatMap(({ temporal }) => temporal)
    .filter(({ bound }) => bound > 1)
    .reverse();
  const axes = [
    ['D1', along('X')],
    ['D2', along('Y')],
  ].filter(([, unrolled]) => unrolled !== '');
  return `# ${problem.name || 'operation'}: ZigZag takes this entry for every layer without its own.
- name: default
  spatial_mapping: {${axes.map(([axis, unrolled]) => `${axis}: [${unrolled}]`).join(', ')}}
  temporal_ordering:
${loops.map(({ dimension, bound }) => `    - [${names.get(dimension)}, ${bound}]\n`).join('')}  memory_operand_links: {O: O, W: I2, I: I1}
`.replace('  temporal_ordering:\n  memory', '  temporal_ordering: []\n  memory');
}

import type { Dimension, Directive, MaestroLayer, MaestroNetwork } from '../../../formats/maestro/index.ts';
import type { OperationRoles, Role, TimeloopInput, TimeloopMapping } from '../../../formats/timeloop/index.ts';

/** The names of roles in a GEMM of MAESTRO: input M x K, filter K x N, output M x N. */
const GEMM_NAMES: Partial<Readonly<Record<Role, Dimension>>> = { N: 'M', C: 'K', K: 'N' };
const NOWHERE = { file: 'mapping.m', line: 1, column: 1, length: 1, lineText: '' };

/** A mapping as a dataflow of MAESTRO, and the PEs on which it runs. */
export interface MaestroForm {
  readonly network: MaestroNetwork;
  readonly pes: number;
}

/**
 * A mapping in MAESTRO's directives: a cluster level for each memory and each further parallel dimension, a map of every dimension
 * at each. The innermost memory's own loops are the PE's. Returns why not if there is no such form.
 *
 * MAESTRO has two buffers and no bypass, and charges by its own rules: costs do not carry over.
 */
export function maestroForm(
  { problem, architecture }: TimeloopInput,
  roles: OperationRoles,
  { levels }: TimeloopMapping,
): MaestroForm | string {
  const { kind, dimensions, strideX, strideY } = roles;
  if (levels.some(({ temporal, spatial }) => [...temporal, ...spatial].some(({ bound, last }) => bound !== last)))
    return 'its factors are imperfect';
  const used = [...dimensions].filter(
    ([role]) => role !== 'N' || kind === 'gemm' || problem.sizes[dimensions.get('N')!] > 1,
  );
  const nameOf = (role: Role): Dimension =>
    kind === 'gemm' ? GEMM_NAMES[role]! : kind === 'depthwise' && role === 'G' ? 'C' : role;
  const parts = used.map(([role, d]) => ({ role, d, name: nameOf(role) }));
  const extents = [...problem.sizes];
  const stepOf = (role: Role): number => (role === 'Y' ? strideY : role === 'X' ? strideX : 1);
  const map = (kindOfMap: 'spatial' | 'temporal', { role, d, name }: (typeof parts)[number]): Directive => {
    const extent = (extents[d] - 1) * stepOf(role) + 1;
    const isOutput = kind !== 'gemm' && (role === 'Y' || role === 'X');
    return { kind: kindOfMap, size: extent, offset: extent, dimension: name, isOutput, span: NOWHERE };
  };
  const isFilter = (role: Role): boolean => role === 'R' || role === 'S';
  const directives: Directive[] = [];
  let pes = 1;
  for (const [level, { temporal, spatial }] of levels.entries()) {
    const across = [...new Set(spatial.map(({ dimension }) => dimension))];
    // The loops of the innermost memory run inside a PE, which MAESTRO does not describe.
    if (level === levels.length - 1 && across.length === 0) break;
    const filter = temporal.find(
      ({ dimension, bound }) => bound > 1 && (dimension === dimensions.get('R') || dimension === dimensions.get('S')),
    );
    if (filter) return `${architecture.storages[level].name} tiles the filter over time`;
    for (const { dimension, bound } of temporal) extents[dimension] /= bound;
    const loops = [...temporal].sort((a, b) => Number(b.bound > 1) - Number(a.bound > 1));
    const order = loops
      .map(({ dimension }) => parts.find(({ d }) => d === dimension))
      .filter((part) => part !== undefined);
    for (const [i, d] of (across.length > 0 ? across : [order[0].d]).entries()) {
      const children = spatial
        .filter(({ dimension }) => dimension === d)
        .reduce((product, { bound }) => product * bound, 1);
      if (directives.length > 0) directives.push({ kind: 'cluster', size: children, span: NOWHERE });
      pes *= children;
      extents[d] /= children;
      const rows = i === 0 ? order : parts;
      // A filter that is spread already is handed down: MAESTRO takes no map of a part of it.
      const named = rows.filter(
        (part) => part.d === d || !isFilter(part.role) || extents[part.d] === problem.sizes[part.d],
      );
      directives.push(...named.map((part) => map(part.d === d ? 'spatial' : 'temporal', part)));
    }
  }
  if (directives.length === 0) return 'it has no loops outside the innermost memory';
  const sizes = new Map<Dimension, number>(parts.map(({ name, d }) => [name, problem.sizes[d]]));
  if (kind !== 'gemm')
    for (const name of ['C', 'R', 'S', 'Y', 'X', ...(kind === 'conv' ? ['K'] : [])] as Dimension[])
      if (!sizes.has(name)) sizes.set(name, 1);
  // MAESTRO knows strides of inputs only.
  const isOutputSized = kind !== 'gemm' && strideX === 1 && strideY === 1;
  if (kind !== 'gemm' && !isOutputSized) {
    sizes.set('Y', (sizes.get('Y')! - 1) * strideY + sizes.get('R')!);
    sizes.set('X', (sizes.get('X')! - 1) * strideX + sizes.get('S')!);
  }
  const layer: MaestroLayer = {
    name: 'layer',
    type: kind === 'gemm' ? 'GEMM' : kind === 'depthwise' ? 'DSCONV' : dimensions.has('G') ? 'NGCONV' : 'CONV',
    strideX,
    strideY,
    sizes,
    isOutputSized,
    directives,
    span: NOWHERE,
  };
  return { network: { name: 'mapping', layers: [layer] }, pes };
}

import type { FanOut, Names } from './directives.ts';
import type {
  LevelMapping,
  MappingLoop,
  SpatialLoop,
  TimeloopArchitecture,
  TimeloopMapping,
  TimeloopProblem,
} from './types.ts';

/**
 * A mapping as `map.yaml`, which timeloop-model and `isotherm map --mapping` read. Fan-outs along different axes have entries of their own.
 */
export function writeMappingYaml(
  { dimensions, tensors }: TimeloopProblem,
  { storages }: TimeloopArchitecture,
  { levels }: TimeloopMapping,
  fanOuts: Names['fanOuts'] = new Map(),
): string {
  const factors = (loops: readonly MappingLoop[]): string =>
    dimensions.map((name, d) => `${name}=${factorText(loops.filter(({ dimension }) => dimension === d))}`).join(' ');
  const permutation = (inner: readonly number[]): string => {
    const rest = dimensions.map((_, d) => d).filter((d) => !inner.includes(d));
    const names = [...inner, ...rest].map((d) => dimensions[d]);
    return names.every((name) => name.length === 1) ? names.join('') : `[${names.join(', ')}]`;
  };
  const lines = levels.flatMap(({ keep, temporal, spatial }, level) => {
    const target = storages[level].name;
    const order = temporal.map(({ dimension }) => dimension).reverse();
    const along = (wanted: 'X' | 'Y'): SpatialLoop[] => spatial.filter(({ axis }) => axis === wanted);
    const inwards = (loops: readonly SpatialLoop[]): number[] => loops.map(({ dimension }) => dimension).reverse();
    // The first name of a fan-out is that of its node.
    const isFirst = (name: string, one: FanOut): boolean =>
      [...fanOuts].find(([, other]) => other === one)?.[0] === name;
    const apart = [...fanOuts].filter(([name, one]) => one.storage === target && one.axis && isFirst(name, one));
    const [inX, inY] = [along('X'), along('Y')].map(inwards);
    const spread = (name: string, loops: readonly SpatialLoop[], order: readonly number[], split: number): string =>
      `- {target: ${name}, type: spatial, factors: '${factors(loops)}', permutation: ${permutation(order)}, split: ${split}}`;
    const named = (kept: boolean): string =>
      tensors.flatMap(({ name }, q) => (keep[q] === kept ? [name] : [])).join(', ');
    return [
      `- {target: ${target}, type: temporal, factors: '${factors(temporal)}', permutation: ${permutation(order)}}`,
      ...(spatial.length === 0 || apart.length > 0 ? [] : [spread(target, spatial, [...inX, ...inY], inX.length)]),
      ...apart.flatMap(([name, { axis }]) => {
        const loops = along(axis!);
        return loops.length === 0 ? [] : [spread(name, loops, inwards(loops), axis === 'X' ? loops.length : 0)];
      }),
      `- {target: ${target}, type: bypass, keep: [${named(true)}], bypass: [${named(false)}]}`,
    ];
  });
  return `mapping:\n${lines.join('\n')}\n`;
}

function factorText(loops: readonly MappingLoop[]): string {
  const bound = loops.reduce((product, loop) => product * loop.bound, 1);
  const last = loops.reduce((product, loop) => product * loop.last, 1);
  return last === bound ? String(bound) : `${bound},${last}`;
}

/**
 * A mapping as `map.txt`, for people: below each level its loops from the outermost to the innermost. `tileWords` gives
 * the words of each tensor at a level.
 */
export function writeMappingText(
  { dimensions, tensors }: TimeloopProblem,
  { storages }: TimeloopArchitecture,
  { levels }: TimeloopMapping,
  tileWords: (level: number, tensor: number) => number,
): string {
  let depth = 0;
  const line = (loop: MappingLoop, axis = ''): string => {
    const range = loop.last === loop.bound ? `[0:${loop.bound})` : `[0:${loop.bound},${loop.last})`;
    return `| ${'  '.repeat(depth++)}for ${dimensions[loop.dimension]} in ${range}${axis}`;
  };
  const block = ({ keep, temporal, spatial }: LevelMapping, level: number): string => {
    const kept = tensors.flatMap(({ name }, q) =>
      keep[q] ? [`${name}:${tileWords(level, q)} (${tileWords(level, q)}) `] : [],
    );
    const header = `${storages[level].name} [ ${kept.join('')}] `;
    const loops = [
      ...temporal.filter(({ bound }) => bound > 1).map((loop) => line(loop)),
      ...spatial.map((loop) => line(loop, ` (Spatial-${loop.axis})`)),
    ];
    // A level without loops shows one that does nothing, as Timeloop v3.0.3 does.
    if (loops.length === 0) loops.push(line({ dimension: dimensions.length - 1, bound: 1, last: 1 }));
    return [header, '-'.repeat(header.length - 1), ...loops].join('\n');
  };
  return `${levels.map(block).join('\n\n')}\n`;
}

import { type Directive, type Names, readDirective, readFactors, readPermutation, readTensors } from './directives.ts';
import { problemAt, recordOf, refuseUnknown, type Section, sectionsOf, spanAt, textOf, wholeOf } from './reading.ts';
import { type LevelConstraints, type LoopConstraint, METRICS, type TimeloopMetric } from './types.ts';

/** No constraint: what a mapspace is without any. */
export function freeConstraints(names: Names): LevelConstraints[] {
  return names.levels.map(() => ({
    temporal: freeLoops(names),
    spatial: freeLoops(names),
    keep: names.tensors.map(() => undefined),
    leastParallel: 1,
  }));
}

function freeLoops({ dimensions, sizes }: Names): LoopConstraint {
  return {
    fixed: dimensions.map(() => undefined),
    least: dimensions.map(() => 1),
    most: [...sizes],
    innermost: [],
    isWholeOrder: false,
  };
}

/** Reads constraint lists on top of one another. Problems go to the readers. */
export function readConstraints(sections: readonly Section[], names: Names): LevelConstraints[] {
  const found = freeConstraints(names);
  for (const section of sections) {
    for (const entry of sectionsOf(listIn(section))) {
      const directive = readDirective(entry, names, ['parallelism']);
      if (directive) found[directive.level] = constrained(found[directive.level], directive, names);
    }
  }
  return found;
}

/** A list, or a mapping with a list of `constraints` or `targets`. */
function listIn(section: Section): Section | undefined {
  if (Array.isArray(section.item.value) || section.item.value === null) return section;
  const keys = recordOf(section);
  refuseUnknown(keys, ['version', 'template', 'constraints', 'targets'], section);
  const template = textOf(keys.get('template'));
  if (template !== undefined && template !== 'uber')
    problemAt(keys.get('template')!, 'not-supported', `the mapspace template "${template}"`, 'uber: perfect factors');
  const inner = keys.get('constraints') ?? keys.get('targets');
  return inner && inner.item.value !== null && !Array.isArray(inner.item.value) ? listIn(inner) : inner;
}

function constrained(before: LevelConstraints, directive: Directive, names: Names): LevelConstraints {
  const { keys, kind } = directive;
  switch (kind) {
    case 'temporal':
      return { ...before, temporal: loops(before.temporal, directive, names) };
    case 'spatial': {
      const axis = directive.fanOut?.axis;
      if (axis) {
        const along = loops(before.axes?.[axis] ?? freeLoops(names), directive, names);
        return { ...before, axes: { ...before.axes, [axis]: along } };
      }
      const split = wholeOf(keys.get('split'), 0);
      return { ...before, spatial: loops(before.spatial, directive, names), split: split ?? before.split };
    }
    case 'parallelism':
      return {
        ...before,
        leastParallel: wholeOf(keys.get('min'), 1) ?? 1,
        parallelSpan: spanAt(keys.get('min') ?? directive.section),
      };
    default: {
      const keep = [...before.keep];
      const kept = readTensors(keys.get('keep'), names);
      const bypass = keys.get('bypass');
      for (const tensor of kept) keep[tensor] = true;
      for (const tensor of readTensors(bypass, names)) {
        if (kept.includes(tensor))
          problemAt(bypass!, 'duplicate-name', `${names.tensors[tensor]} is kept and bypassed`, 'one of both');
        keep[tensor] = false;
      }
      return { ...before, keep };
    }
  }
}

function loops(before: LoopConstraint, { keys, section }: Directive, names: Names): LoopConstraint {
  const fixed = [...before.fixed];
  const least = [...before.least];
  const most = [...before.most];
  for (const { dimension, comparison, bound, last } of readFactors(keys.get('factors'), names)) {
    if (last !== bound) problemAt(section, 'not-supported', 'an imperfect factor in a constraint', 'perfect factors');
    const value = bound === 0 ? names.sizes[dimension] : bound;
    if (comparison === '=') fixed[dimension] = value;
    else if (comparison === '<=') most[dimension] = Math.min(most[dimension], value);
    else least[dimension] = Math.max(least[dimension], value);
  }
  const order = readPermutation(keys.get('permutation'), names);
  const innermost = order.length > 0 ? order : before.innermost;
  const factors = keys.get('factors');
  const span = factors ? spanAt(factors) : before.span;
  return { fixed, least, most, innermost, isWholeOrder: innermost.length === names.dimensions.length, span };
}

/** Reads the objectives of a `mapper`; undefined if it has none. Problems go to the reader. */
export function readMetrics(section: Section): TimeloopMetric[] | undefined {
  const keys = recordOf(section);
  const given = keys.get('optimization-metrics') ?? keys.get('optimization_metrics') ?? keys.get('optimization-metric');
  if (!given) return undefined;
  const entries = typeof given.item.value === 'string' ? [given] : sectionsOf(given);
  const metrics = entries.flatMap((entry) => {
    const name = textOf(entry);
    const metric = METRICS.find((known) => known === name);
    if (name !== undefined && !metric)
      problemAt(entry, 'not-supported', `the metric "${name}"`, `one of ${METRICS.join(', ')}`);
    return metric ?? [];
  });
  return metrics.length > 0 ? metrics : undefined;
}

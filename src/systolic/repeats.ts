import type { Layer } from '../workload/index.ts';

/**
 * Schedules layers of the same shape once, because networks repeat their layers. A schedule depends on its layer's shape, and keeps its
 * name only in `layer`.
 */
export function oncePerShape<Schedule extends { readonly layer: Layer }>(
  schedule: (layer: Layer) => Schedule,
): (layer: Layer) => Schedule {
  const known = new Map<string, Schedule>();
  return (layer) => {
    const shape = JSON.stringify({ ...layer, name: '' });
    const made = known.get(shape) ?? schedule(layer);
    known.set(shape, made);
    return { ...made, layer };
  };
}

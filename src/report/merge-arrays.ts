import type { RunResult } from '../cosim/index.ts';

/** A run with equal components of several arrays as one, as people want to read it; of a single array the run itself. */
export function mergeArrays(result: RunResult): RunResult {
  const { experiment, components, componentJ, actionJ, layers } = result;
  const { design } = experiment;
  const names = [...new Set(design.writtenNames)];
  if (names.length === components.length) return result;
  const kindOf = design.writtenNames.map((name) => names.indexOf(name));
  const merged = (joules: Float64Array): Float64Array => {
    const sums = new Float64Array(names.length);
    joules.forEach((value, c) => {
      sums[kindOf[c]] += value;
    });
    return sums;
  };
  const places = names.map((_, kind) => ({
    blocks: design.places.flatMap(({ blocks }, c) => (kindOf[c] === kind ? blocks : [])),
    tiles: null,
  }));
  return {
    ...result,
    experiment: { ...experiment, design: { ...design, places, writtenNames: names } },
    components: names,
    componentJ: merged(componentJ),
    actionJ: merged(actionJ),
    layers: layers.map((layer) => ({ ...layer, componentJ: merged(layer.componentJ) })),
  };
}

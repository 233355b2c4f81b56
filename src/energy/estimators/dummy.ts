import type { Estimator, Query } from './estimator.ts';

const SOURCE = 'placeholder of Accelergy, not an estimate';

/**
 * Accelergy's placeholder: 1 pJ an action but 0 for `leak`, and 1 um2. It answers for components whose `technology` is -1,
 * before all others; with `isFallback`, as Accelergy 0.4 does for files older than 0.4, for any other too, after all others.
 */
export function dummyEstimators(isFallback: boolean): Estimator[] {
  return [
    dummy(100, ({ attributes }) => attributes.get('technology') === -1),
    ...(isFallback ? [dummy(1, () => true)] : []),
  ];
}

function dummy(priority: number, answers: (query: Query) => boolean): Estimator {
  const refusal = { reason: 'it is a placeholder, for technology: -1' };
  const common = { source: SOURCE, assumption: 'stands for no component' };
  return {
    name: 'dummy',
    priority,
    classes: [],
    estimateAction: (query) =>
      answers(query)
        ? { ...common, energyJ: query.action === 'leak' ? 0 : 1e-12, voltageV: null, temperatureK: 300 }
        : refusal,
    estimateArea: (query) => (answers(query) ? { ...common, areaM2: 1e-12 } : refusal),
    estimateLeakage: (query) =>
      answers(query) ? { ...common, powerW: 0, voltageV: null, temperatureK: 300 } : refusal,
  };
}

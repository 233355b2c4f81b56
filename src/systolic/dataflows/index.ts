import { fail, nearestName, type Span } from '../../base/errors.ts';
import type { Dataflow } from './dataflow.ts';
import { inputStationary } from './input-stationary.ts';
import { outputStationary } from './output-stationary.ts';
import { weightStationary } from './weight-stationary.ts';

/** Every dataflow there is; a new one is a file beside these and a line here. */
export const DATAFLOWS: readonly Dataflow[] = [outputStationary, weightStationary, inputStationary];

/** The dataflow with this id. Error: `unknown-name`. */
export function findDataflow(id: string, span?: Span): Dataflow {
  const ids = DATAFLOWS.map((d) => d.id);
  return (
    DATAFLOWS.find((d) => d.id === id) ??
    fail('unknown-name', `there is no dataflow "${id}"`, {
      span,
      expected: `one of ${ids.join(', ')}`,
      suggestion: nearestName(id, ids),
    })
  );
}

export type { Dataflow };

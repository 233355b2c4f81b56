import type { Files } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import {
  type ActionQuery,
  aladdinEstimator,
  bundledFigures,
  dummyEstimators,
  type Estimator,
  lazyCacti,
  lazyDram,
  libraryEstimator,
  type Query,
  type Refusal,
  readLibrary,
  stillmakerScaling,
  TABLELESS,
  type TableSet,
  type TransistorRow,
  tableSetEstimator,
} from '../../energy/index.ts';
import type { Rules } from '../../energy/input/index.ts';

/** Figures of the user's own, beside the bundled ones. */
export interface OwnFigures {
  readonly sets: readonly TableSet[];
  readonly libraries: readonly SourceText[];
  /** Estimators in JavaScript, each asked about its own classes alone. */
  readonly estimators?: readonly Estimator[] | undefined;
}

/**
 * The estimators of a run, in the order in which Accelergy loads its plug-ins: placeholder, table sets, Aladdin, component
 * library, CACTI. Under a peer they repeat the plug-ins; otherwise their known slips are corrected, and figures of other nodes are scaled
 * with the transistors of `row`.
 */
export function estimatorsFor(
  files: Files,
  own: OwnFigures,
  { peer, isLegacy }: Rules,
  row: TransistorRow,
): Estimator[] {
  const { stillmaker, units, sram, dram, library } = bundledFigures(files);
  const manner = peer ?? 'corrected';
  const scaling = stillmakerScaling(
    stillmaker(),
    peer ? { kind: 'library' } : { kind: 'corrected', row, voltageV: 0.8 },
  );
  // The own ones come first.
  const entries = [...readLibrary(own.libraries).entries, ...library().entries];
  return [
    ...dummyEstimators(peer === 'accelergy-0.4' && isLegacy),
    ...(own.estimators ?? []).map(ofItsClasses),
    ...own.sets.map((set) => tableSetEstimator(set, tablesName(peer), peer ? 'exact' : 'corrected')),
    aladdinEstimator(units(), manner, peer ? undefined : scaling),
    ...(peer === 'accelergy-0.3' ? [] : [libraryEstimator({ entries }, scaling)]),
    lazyDram(dram, manner),
    lazyCacti(sram, manner, scaling),
    ...(peer ? [] : TABLELESS),
  ];
}

/** The bundled estimators judge every class themselves; one of the user need not. */
function ofItsClasses(estimator: Estimator): Estimator {
  const ask =
    <Q extends Query, T extends object>(answer: (query: Q) => T | Refusal) =>
    (query: Q): T | Refusal =>
      estimator.classes.includes(query.class) ? answer(query) : { reason: `it has no class "${query.class}"` };
  return {
    name: estimator.name,
    priority: estimator.priority,
    classes: estimator.classes,
    estimateAction: ask((query: ActionQuery) => estimator.estimateAction(query)),
    estimateArea: ask((query) => estimator.estimateArea(query)),
    estimateLeakage: ask((query) => estimator.estimateLeakage(query)),
  };
}

function tablesName(peer: Rules['peer']): string {
  if (peer === 'accelergy-0.4') return 'DEPRECATED table-based-plug-ins. Use the Library plug-in instead.';
  return 'table-based-plug-ins';
}

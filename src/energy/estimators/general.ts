import type { Files } from '../../base/files.ts';
import { once } from '../../base/once.ts';
import { aladdinEstimator } from './aladdin.ts';
import { bundledFigures } from './bundled.ts';
import { type CactiManner, type CactiRun, cactiEstimator } from './cacti.ts';
import { type DramType, dramEstimator } from './dram.ts';
import { type Estimator, isRefusal, type Provenance, type Query, type Refusal } from './estimator.ts';
import { interconnectEstimator } from './interconnect.ts';
import { type LeakageCurve, readLeakageCurves } from './leakage-curve.ts';
import { type NodeScaling, stillmakerScaling } from './node-scaling.ts';

/** Estimators that read no files, for runs and for `isotherm energy`. One of your own is a file here and a name in this list. */
export const TABLELESS: readonly Estimator[] = [interconnectEstimator];

/** The supply at which nodes are compared, V. */
const SCALING_V = 0.8;

/**
 * The estimators of `isotherm energy` for every technology: DRAM, SRAM and Aladdin units. `isCovered` says which classes of a technology
 * have figures of their own; those are refused, so that one design does not mix two sources for a class.
 */
export function generalEstimators(files: Files, isCovered: (technology: string, cls: string) => boolean): Estimator[] {
  const { stillmaker, units, sram, dram } = bundledFigures(files);
  const scaling = once(() => stillmakerScaling(stillmaker(), { kind: 'corrected', row: 'HP', voltageV: SCALING_V }));
  const estimators = [
    lazyDram(dram, 'corrected'),
    lazily(cactiEstimator([], 'corrected'), () => cactiEstimator(sram(), 'corrected', scaling())),
    lazily(aladdinEstimator(new Map(), 'corrected'), () => aladdinEstimator(units(), 'corrected', scaling())),
  ];
  return [...estimators, ...TABLELESS].map((estimator) => besides(estimator, isCovered));
}

function besides(estimator: Estimator, isCovered: (technology: string, cls: string) => boolean): Estimator {
  const barred = (query: Query): Refusal | undefined => {
    const technology = String(query.attributes.get('technology'));
    return isCovered(technology, query.class)
      ? { reason: `the tables of ${technology} have ${query.class}, and their figures count` }
      : undefined;
  };
  const { estimateCycle } = estimator;
  return {
    ...estimator,
    estimateAction: (query) => barred(query) ?? withRange(estimator.estimateAction(query)),
    estimateArea: (query) => barred(query) ?? withRange(estimator.estimateArea(query)),
    estimateLeakage: (query) => barred(query) ?? withRange(estimator.estimateLeakage(query)),
    ...(estimateCycle && { estimateCycle: (query: Query) => barred(query) ?? estimateCycle(query) }),
  };
}

/** An answer whose assumption names the range of its sources, since a run prints no warnings of figures. */
function withRange<T extends Provenance>(answer: T | Refusal): T | Refusal {
  if (isRefusal(answer) || answer.spread === undefined) return answer;
  const { low, high, sources } = answer.spread;
  const [from, to] = [low, high].map((times) => Number(times.toPrecision(3)));
  const range = `sources span ${from} to ${to} times the figure: ${sources}`;
  return { ...answer, assumption: [answer.assumption, range].filter(Boolean).join('; ') };
}

/** The CACTI estimator, whose large sweep is read at the first question about an SRAM. */
export function lazyCacti(sram: () => readonly CactiRun[], manner: CactiManner, scaling: NodeScaling): Estimator {
  return lazily(cactiEstimator([], manner), () => cactiEstimator(sram(), manner, scaling));
}

/** The DRAM estimator, whose table is read at the first question about a DRAM. */
export function lazyDram(dram: () => readonly DramType[], manner: CactiManner): Estimator {
  return lazily(dramEstimator([], manner), () => dramEstimator(dram(), manner));
}

/** An estimator that is made, and its files read, at the first question about one of its classes. */
function lazily({ name, priority, classes, estimateCycle }: Estimator, make: () => Estimator): Estimator {
  const get = once(make);
  const ask = <T extends object>(query: Query, question: (estimator: Estimator) => T | Refusal): T | Refusal =>
    classes.includes(query.class) ? question(get()) : { reason: `it has no class "${query.class}"` };
  return {
    name,
    priority,
    classes,
    estimateAction: (query) => ask(query, (estimator) => estimator.estimateAction(query)),
    estimateArea: (query) => ask(query, (estimator) => estimator.estimateArea(query)),
    estimateLeakage: (query) => ask(query, (estimator) => estimator.estimateLeakage(query)),
    ...(estimateCycle && { estimateCycle: (query: Query) => ask(query, (one) => one.estimateCycle!(query)) }),
  };
}

/** Leakage over temperature by cell at the nearest node of CACTI's. Errors: those of `readLeakageCurves`. */
export function nodeLeakageCurves(files: Files, nodeNm: number): ReadonlyMap<string, LeakageCurve> {
  return readLeakageCurves(bundledFigures(files).leakage(), nodeNm);
}

import { solveGeneral } from '../../../numeric/dense.ts';
import type { ReducedModel } from '../../reduced/reduced-model.ts';
import { expansionShifts } from '../expansion.ts';
import { ladderOf } from '../ladder.ts';
import type { Continuum } from '../response.ts';
import { IN_EVERY_STEP, ONCE, ownShort, shortWaves } from '../short/index.ts';
import type { Rectangle, Source } from '../sources.ts';
import { unitLoads } from '../unit-loads.ts';
import { type CoupledWaves, ownCoupledRises } from './coupled-waves.ts';
import { nearPairs } from './near-pairs.ts';
import { shortPoles } from './short-poles.ts';
import { WaveTransient } from './wave-transient.ts';

/** By source, its own steady rise, K/W. The sources must lie on one face. */
export function ownSteadyRises(waves: CoupledWaves): Float64Array {
  const short = ownSteadyShort(waves.continuum);
  return ownCoupledRises(waves).map((rise, u) => rise + short[u]);
}

/** The part of the short waves in own steady rises, K/W. */
function ownSteadyShort({ assembly, sources, rectangles }: Continuum): Float64Array {
  const { layers, cooling } = assembly;
  const own = sources.map(rectangleIn(rectangles));
  const short = shortWaves(assembly, own, own, ONCE);
  const { temperature } = unitLoads(ladderOf(layers, cooling, short.lambda, 0), { layers, cooling });
  const [{ face }] = sources;
  return ownShort(short, temperature(face, face));
}

function rectangleIn(rectangles: readonly Rectangle[]) {
  return ({ rectangle }: Source): Rectangle => rectangles[rectangle];
}

/**
 * The transient of a stack whose sources lie on one face, from the models of the cosines that meet the package (`reduceCoupled`); blocks
 * are read at `reads`.
 */
export function waveTransient(
  { continuum, parts }: CoupledWaves,
  models: readonly ReducedModel[],
  reads: readonly Source[],
  ambientK: number,
  shortestS: number,
): WaveTransient {
  const { assembly, sources, rectangles } = continuum;
  const [from, to] = [sources, reads].map((some) => some.map(rectangleIn(rectangles)));
  const short = shortWaves(assembly, from, to, IN_EVERY_STEP);
  const near = nearPairs(assembly, short, from, to);
  const poles = shortPoles(short, near, assembly, sources[0].face, expansionShifts(assembly, shortestS, 1));
  const placeOf = placesInPlane(continuum, short.plane);
  const ofParts = models.map((model, p) => ({ model, place: parts[p].numbers.map((number) => placeOf[number]) }));
  return new WaveTransient({ ambientK, short, near, parts: ofParts, ...poles }, sources.length, reads.length);
}

/** Means over other places of a transient of these waves. */
export function waveReader(
  { continuum }: CoupledWaves,
  places: readonly Rectangle[],
): (transient: WaveTransient, meanK: Float64Array) => void {
  const { assembly, sources, rectangles } = continuum;
  const from = sources.map(rectangleIn(rectangles));
  const short = shortWaves(assembly, from, places, IN_EVERY_STEP);
  const near = nearPairs(assembly, short, from, places);
  return (transient, meanK) => {
    transient.readPlane(short.plane, meanK);
    transient.addNear(near, meanK);
  };
}

/** As `waveReader`, of many cells: the part of waves too short for the plane counts as even within each source. */
export function waveCellReader(
  { continuum }: CoupledWaves,
  cells: readonly Rectangle[],
): (transient: WaveTransient, meanK: Float64Array) => void {
  const { assembly, sources, rectangles } = continuum;
  const from = sources.map(rectangleIn(rectangles));
  const { plane, common } = shortWaves(assembly, from, cells, IN_EVERY_STEP);
  const near = nearPairs(assembly, shortWaves(assembly, from, from, IN_EVERY_STEP), from, from);
  const rises = new Float64Array(sources.length);
  return (transient, meanK) => {
    transient.readPlane(plane, meanK);
    transient.addNear(near, rises.fill(0));
    for (const { place, source, share } of common) {
      const { x0, x1, y0, y1 } = from[source];
      meanK[place] += share * (x1 - x0) * (y1 - y0) * rises[source];
    }
  };
}

/** By mode of the die that meets the package, its place among the waves of the plane. */
function placesInPlane({ assembly }: Continuum, plane: ReturnType<typeof shortWaves>['plane']): Int32Array {
  const { x, y, modes } = assembly.bodies[assembly.die];
  const places = new Int32Array(modes);
  const numberOf = (of: typeof x, wave: number): number => (wave % 2 === 0 ? wave / 2 : of.even + (wave - 1) / 2);
  for (let at = 0; at < plane.size; at++) {
    const [i, j] = plane.waves(at);
    if (i < x.count && j < y.count) places[numberOf(y, j) * x.count + numberOf(x, i)] = at;
  }
  return places;
}

/** Brings a transient, which is at ambient, to the steady state in which the blocks have these rises, K: a start that is one is exact. */
export function startSteady(transient: WaveTransient, riseK: Float64Array): void {
  const { temperatureK } = transient;
  const ambientK = temperatureK[0];
  const m = riseK.length;
  const resistance = new Float64Array(m * m);
  const powerW = new Float64Array(m);
  for (let v = 0; v < m; v++) {
    powerW[v] = 1;
    transient.setSteady(powerW);
    powerW[v] = 0;
    for (let u = 0; u < m; u++) resistance[u * m + v] = temperatureK[u] - ambientK;
  }
  transient.setSteady(solveGeneral(resistance, m, riseK.slice()));
}

import { solveGeneral } from '../../../numeric/dense.ts';
import type { ReducedModel } from '../../reduced/reduced-model.ts';
import { expansionShifts } from '../expansion.ts';
import { ladderOf } from '../ladder.ts';
import type { Continuum } from '../response.ts';
import { beyondOf, IN_EVERY_STEP, ONCE, ownShort, type ShortWaves, shortWaves } from '../short/index.ts';
import type { Rectangle, Source } from '../sources.ts';
import { unitLoads } from '../unit-loads.ts';
import { type CoupledWaves, ownCoupledRises } from './coupled-waves.ts';
import { shortPoles } from './short-poles.ts';
import { WaveTransient } from './wave-transient.ts';

/** By source, its own steady rise, K/W. The sources must lie on one face. */
export function ownSteadyRises(waves: CoupledWaves): Float64Array {
  const { sources } = waves.continuum;
  const short = ownSteadyShort(waves.continuum, sources, ONCE);
  return ownCoupledRises(waves).map((rise, u) => rise + short.own[u]);
}

/** The part of the short waves in steady rises of places by the source of the same number, K/W; and that of what is beyond the plane. */
function ownSteadyShort({ assembly, sources, rectangles }: Continuum, places: readonly Source[], most: number) {
  const { layers, cooling } = assembly;
  const short = shortWaves(assembly, sources.map(rectangleIn(rectangles)), places.map(rectangleIn(rectangles)), most);
  const { temperature } = unitLoads(ladderOf(layers, cooling, short.lambda, 0), { layers, cooling });
  const [{ face }] = sources;
  const value = temperature(face, face);
  return { short, own: ownShort(short, value), beyond: beyondOf(short, value) };
}

function rectangleIn(rectangles: readonly Rectangle[]) {
  return ({ rectangle }: Source): Rectangle => rectangles[rectangle];
}

/**
 * The waves of every step: few, so that what is beyond them is much for small blocks. Its part in the temperature of a block by its own
 * power is as in the steady state with many more waves.
 */
function steppedWaves(continuum: Continuum, reads: readonly Source[]): ShortWaves {
  const { short, own, beyond } = ownSteadyShort(continuum, reads, IN_EVERY_STEP);
  const finer = ownSteadyShort(continuum, reads, ONCE).own;
  const common = short.common.map((one) => {
    const { place, source, share } = one;
    return place === source ? { ...one, share: share + (finer[source] - own[source]) / beyond } : one;
  });
  return { ...short, common };
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
  const { assembly, sources } = continuum;
  const short = steppedWaves(continuum, reads);
  const poles = shortPoles(short, assembly, sources[0].face, expansionShifts(assembly, shortestS, 1));
  const placeOf = placesInPlane(continuum, short.plane);
  const ofParts = models.map((model, p) => ({ model, place: parts[p].numbers.map((number) => placeOf[number]) }));
  return new WaveTransient({ ambientK, short, parts: ofParts, ...poles }, sources.length, reads.length);
}

/** Means over other places of a transient of these waves. */
export function waveReader(
  { continuum }: CoupledWaves,
  places: readonly Rectangle[],
): (transient: WaveTransient, meanK: Float64Array) => void {
  const { assembly, sources, rectangles } = continuum;
  const short = shortWaves(assembly, sources.map(rectangleIn(rectangles)), places, IN_EVERY_STEP);
  return (transient, meanK) => transient.read(short, meanK);
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

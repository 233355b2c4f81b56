import { solveGeneral } from '../../../numeric/dense.ts';
import type { ReducedModel } from '../../reduced/reduced-model.ts';
import { expansionShifts } from '../expansion.ts';
import { ladderOf } from '../ladder.ts';
import type { Continuum } from '../response.ts';
import { beyondOf, lessBeyond, shortWaves } from '../short/index.ts';
import type { Rectangle, Source } from '../sources.ts';
import { unitLoads } from '../unit-loads.ts';
import { type CoupledWaves, ownCoupledRises } from './coupled-waves.ts';
import { shortPoles } from './short-poles.ts';
import { WaveTransient } from './wave-transient.ts';

/** By source, its own steady rise, K/W. The sources must lie on one face. */
export function ownSteadyRises(waves: CoupledWaves): Float64Array {
  const { assembly, sources, rectangles } = waves.continuum;
  const { layers, cooling } = assembly;
  const own = sources.map(({ rectangle }) => rectangles[rectangle]);
  const short = shortWaves(assembly, own, []);
  const { temperature } = unitLoads(ladderOf(layers, cooling, short.lambda, 0), { layers, cooling });
  const [{ face }] = sources;
  const value = temperature(face, face);
  const inPlane = short.plane.ofSquares(lessBeyond(short, value));
  const whole = beyondOf(short, value);
  return ownCoupledRises(waves).map((rise, u) => rise + inPlane[u] + whole / areaOf(own[u]));
}

function areaOf({ x0, x1, y0, y1 }: Rectangle): number {
  return (x1 - x0) * (y1 - y0);
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
  const rectangleOf = ({ rectangle }: Source): Rectangle => rectangles[rectangle];
  const short = shortWaves(assembly, sources.map(rectangleOf), reads.map(rectangleOf));
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
  const short = shortWaves(
    assembly,
    sources.map(({ rectangle }) => rectangles[rectangle]),
    places,
  );
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

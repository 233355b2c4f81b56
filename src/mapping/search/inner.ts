import { InnerBound } from './inner-bound.ts';
import { allowsSpatial, allowsTemporal, type Mapspace, placeOnAxes } from './space.ts';
import type { Steps } from './steps.ts';

/** Most inner tiles that are kept in memory. */
const MOST_TILES = 1_000_000;

/** How many choices pass between two pauses, in each of which the clock is asked. */
const CHOICES_PER_PAUSE = 1024;

/**
 * The innermost choices of a mapping: the tile of the last storage, its factors over multipliers, and the factors over
 * instances of that storage. Factors are indices into the divisors, at tile * dimensions + d.
 */
export interface InnerTiles {
  readonly count: number;
  readonly temporal: Uint16Array;
  readonly spatial: Uint16Array;
  readonly lanes: Uint16Array;
  /** Lower bound of the energy that does not depend on the outer loops, in pJ. */
  readonly energyPj: Float64Array;
  /** Parallel multipliers below one instance of the level above. */
  readonly parallel: Float64Array;
  /** Tiles by falling parallelism, then by rising energy. */
  readonly sorted: Int32Array;
  /** Whether tiles are missing because there are too many. */
  readonly isCut: boolean;
}

class Growing {
  bytes = new Uint16Array(1 << 14);
  length = 0;

  push(values: ArrayLike<number>): void {
    if (this.length + values.length > this.bytes.length) {
      const larger = new Uint16Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(values, this.length);
    this.length += values.length;
  }
}

/** Lists the inner tiles that fit, each with its bound. `isOver` is asked in each pause, and ends the list where it is. */
export function* innerTilesInSteps(space: Mapspace, keep: Uint8Array, isOver: () => boolean): Steps<InnerTiles> {
  const { machine, divisors, constraints } = space;
  const { levels: L, dimensions: D } = machine;
  const last = L - 1;
  const above = L - 2;
  const bound = new InnerBound(space, keep);
  const [r, s, m] = [new Float64Array(D).fill(1), new Float64Array(D).fill(1), new Float64Array(D).fill(1)];
  const [ri, si, mi] = [new Uint16Array(D), new Uint16Array(D), new Uint16Array(D)];
  const [temporal, spatial, lanes] = [new Growing(), new Growing(), new Growing()];
  const energies: number[] = [];
  const parallels: number[] = [];
  const mostLanes = machine.fanoutX[last] * machine.fanoutY[last];
  const mostSpatial = above < 0 ? 1 : machine.fanoutX[above] * machine.fanoutY[above];
  let isCut = false;
  const accept = (): void => {
    if (energies.length >= MOST_TILES) {
      isCut = true;
      return;
    }
    const across = product(s);
    const within = product(m);
    if (within < constraints[last].leastParallel || (above >= 0 && across < constraints[above].leastParallel)) return;
    if (!placeOnAxes(space, last, m, undefined)) return;
    if (above >= 0 && !placeOnAxes(space, above, s, undefined)) return;
    temporal.push(ri);
    spatial.push(si);
    lanes.push(mi);
    energies.push(bound.energyPj(r, s, m));
    parallels.push(across * within);
  };
  let choices = 0;
  const choose = function* (d: number, across: number, within: number): Steps<void> {
    if (isCut) return;
    if (d === D) {
      accept();
      return;
    }
    if (++choices % CHOICES_PER_PAUSE === 0) {
      yield;
      if (isOver()) isCut = true;
    }
    const size = machine.sizes[d];
    const list = divisors[d];
    for (let a = list.length - 1; a >= 0; a--) {
      if (list[a] * across > mostSpatial || (above < 0 ? list[a] > 1 : !allowsSpatial(space, above, d, list[a])))
        continue;
      s[d] = list[a];
      si[d] = a;
      for (let b = list.length - 1; b >= 0; b--) {
        if (list[b] * within > mostLanes || size % (list[a] * list[b]) !== 0 || !allowsSpatial(space, last, d, list[b]))
          continue;
        m[d] = list[b];
        mi[d] = b;
        for (let c = 0; c < list.length; c++) {
          if (size % (list[a] * list[b] * list[c]) !== 0 || !allowsTemporal(space, last, d, list[c])) continue;
          if (above < 0 && list[b] * list[c] !== size) continue;
          r[d] = list[c];
          ri[d] = c;
          if (!bound.fits(r, m)) break;
          yield* choose(d + 1, across * list[a], within * list[b]);
        }
        r[d] = 1;
      }
      m[d] = 1;
    }
    s[d] = 1;
  };
  if (bound.fits(r, m)) yield* choose(0, 1, 1);
  const energyPj = Float64Array.from(energies);
  const parallel = Float64Array.from(parallels);
  const sorted = Int32Array.from(energyPj, (_, i) => i);
  if (!isOver()) sorted.sort((a, b) => parallel[b] - parallel[a] || energyPj[a] - energyPj[b] || a - b);
  return {
    count: energies.length,
    temporal: temporal.bytes,
    spatial: spatial.bytes,
    lanes: lanes.bytes,
    energyPj,
    parallel,
    sorted,
    isCut,
  };
}

function product(values: Float64Array): number {
  let all = 1;
  for (let i = 0; i < values.length; i++) all *= values[i];
  return all;
}

import type { Assembly } from '../bodies.ts';
import type { LateralModes } from '../lateral/index.ts';

/**
 * Fluxes (cases x fluxes) of one assembly of a stack in the modes of another one, of any resolution. Modes that this has besides get no
 * flux. Modes of elements are nearly those of other elements.
 */
export function fluxesIn(to: Assembly, from: Assembly, flux: Float64Array): Float64Array {
  const [size, total] = [to, from].map(({ interfaces }) => interfaces.reduce((sum, { modes }) => sum + modes, 0));
  const count = flux.length / total;
  const out = new Float64Array(count * size);
  let [first, firstFrom] = [0, 0];
  to.interfaces.forEach(({ overlap, modes }, i) => {
    const old = from.interfaces[i];
    const [x, y] = [overlap.x.smaller, overlap.y.smaller];
    const [oldX, oldY] = [old.overlap.x.smaller, old.overlap.y.smaller];
    const [ofX, ofY] = [numbersIn(x, oldX), numbersIn(y, oldY)];
    for (let v = 0; v < count; v++) {
      for (let j = 0; j < oldY.count; j++) {
        const row = v * size + first + ofY[j] * x.count;
        const at = v * total + firstFrom + j * oldX.count;
        for (let k = 0; k < oldX.count; k++) if (ofY[j] >= 0 && ofX[k] >= 0) out[row + ofX[k]] = flux[at + k];
      }
    }
    first += modes;
    firstFrom += old.modes;
  });
  return out;
}

/** By mode of `from`, its number among the other modes, or -1. */
function numbersIn(modes: LateralModes, from: LateralModes): Int32Array {
  const odd = modes.count - modes.even;
  return Int32Array.from({ length: from.count }, (_, i) => {
    const rank = i < from.even ? i : i - from.even;
    if (i < from.even) return rank < modes.even ? rank : -1;
    return rank < odd ? modes.even + rank : -1;
  });
}

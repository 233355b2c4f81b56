import type { Mapspace } from './space.ts';

/** Every choice of the tensors that the levels keep, within the constraints; the outermost level keeps all. */
export function bypasses({ machine, constraints }: Mapspace): Uint8Array[] {
  const { levels: L, tensors: T } = machine;
  const free: number[] = [];
  const base = new Uint8Array(L * T).fill(1);
  for (let level = 1; level < L; level++) {
    for (let q = 0; q < T; q++) {
      const kept = constraints[level].keep[q];
      if (kept === undefined) free.push(level * T + q);
      else base[level * T + q] = kept ? 1 : 0;
    }
  }
  return Array.from({ length: 2 ** free.length }, (_, mask) => {
    const keep = base.slice();
    free.forEach((at, i) => {
      keep[at] = (mask >> i) & 1 ? 0 : 1;
    });
    return keep;
  });
}

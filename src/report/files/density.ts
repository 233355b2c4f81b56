import type { RunResult } from '../../cosim/index.ts';

/** Area of all instances of each component, mm2; 0 off the die. */
export function componentAreasMm2({ experiment }: Pick<RunResult, 'experiment'>): number[] {
  return experiment.design.ert.components.map(({ areaM2, component }) => areaM2 * component.count * 1e6);
}

/** Mean power of the components on the die over their area, W/mm2; undefined without an area or a time. `joules` by component. */
export function meanDensity(joules: ArrayLike<number>, areasMm2: readonly number[], timeS: number): number | undefined {
  let [energyJ, areaMm2] = [0, 0];
  areasMm2.forEach((area, c) => {
    if (area === 0) return;
    energyJ += joules[c];
    areaMm2 += area;
  });
  return areaMm2 > 0 && timeS > 0 ? energyJ / timeS / areaMm2 : undefined;
}

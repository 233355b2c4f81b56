import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTimeloop } from '../../src/formats/timeloop/index.ts';
import { machineOf, mapspaceOf, objectiveOf, searchExactlyInSteps } from '../../src/mapping/index.ts';
import { someOf } from '../tier.ts';

const golden = (file: string) =>
  readFileSync(new URL(`../golden/timeloop/map_conv_16x8/${file}.yaml`, import.meta.url), 'utf8');

/**
 * The factors of 720, 720, 60, 60 and 12 over three memories and two meshes, times the orders of seven loops at three levels and six bypasses: 10^30
 * mappings, of which a second lists a few thousand.
 */
const SIZES = '  instance: {C: 720, K: 720, R: 3, S: 3, N: 12, P: 60, Q: 60, Wstride: 1, Hstride: 1}\n';

test.each(someOf([40, 400], 1))(
  'a search of 10^30 mappings that is stopped at look %i at the clock has a mapping and ends at once',
  (most) => {
    const files = {
      arch: golden('arch'),
      ert: golden('ert'),
      problem: golden('problem').replace(/ {2}instance:.*/s, SIZES),
    };
    const sources = Object.entries(files).map(([name, text]) => ({ file: `${name}.yaml`, text }));
    const { problem, architecture, energies, constraints } = readTimeloop(sources);
    const space = mapspaceOf(machineOf(problem, architecture, energies), constraints);
    let looks = 0;
    let progress = 0;
    const steps = searchExactlyInSteps(space, objectiveOf(['edp']), false, {
      isOver: () => ++looks > most,
      onProgress: ({ best, bound }) => {
        expect(bound).toBeLessThanOrEqual(best);
        progress++;
      },
    });
    let pauses = 0;
    for (let step = steps.next(); ; step = steps.next()) {
      pauses++;
      if (!step.done) continue;
      const { best, lowerBound, reason } = step.value;
      expect(reason).toBe('stopped');
      expect(best!.cost.energyPj * best!.cost.cycles).toBeGreaterThanOrEqual(lowerBound);
      break;
    }
    expect(progress).toBeGreaterThan(1);
    // Each pause has its look; after the last one only the list of this choice of bypasses, and the others, are left out.
    expect(pauses).toBeLessThan(most + 80);
  },
);

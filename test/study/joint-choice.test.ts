import { expect, test } from 'vitest';
import { type ChoiceTable, choose, type JointObjective } from '../../src/study/joint/choice.ts';
import { randomFrom } from '../support/random.ts';
import { cases } from '../tier.ts';

interface Sums {
  readonly timeS: number;
  readonly energyJ: number;
}

/** Sums of every way to give each layer one of its choices. */
function allSums({ layers, choices, timeS, energyJ }: ChoiceTable): Sums[] {
  let sums: Sums[] = [{ timeS: 0, energyJ: 0 }];
  for (let layer = 0; layer < layers; layer++) {
    sums = sums.flatMap((sum) =>
      Array.from({ length: choices }, (_, choice) => ({
        timeS: sum.timeS + timeS[layer * choices + choice],
        energyJ: sum.energyJ + energyJ[layer * choices + choice],
      })),
    );
  }
  return sums;
}

/** Costs with and without ties, with and without a trade of time for energy. */
function randomTable(random: () => number): ChoiceTable {
  const [layers, choices] = [1 + Math.floor(4 * random()), 1 + Math.floor(6 * random())];
  const isWhole = random() < 0.5;
  const trades = random() < 0.7;
  const cost = (): number => (isWhole ? 1 + Math.floor(6 * random()) : 0.1 + random());
  const timeS = Float64Array.from({ length: layers * choices }, cost);
  const energyJ = Float64Array.from(timeS, (time) => (trades ? (0.5 + random()) / time : cost()));
  return { layers, choices, timeS, energyJ };
}

/** None, one that is exactly that of a way, one just below the least, or any. */
function randomDeadline(sums: readonly Sums[], random: () => number): number {
  const kind = random();
  if (kind < 0.2) return Number.POSITIVE_INFINITY;
  if (kind < 0.6) return sums[Math.floor(random() * sums.length)].timeS;
  const times = sums.map(({ timeS }) => timeS);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return kind < 0.7 ? least * (1 - 1e-6) : least + (most - least) * (1.2 * random() - 0.1);
}

const VALUES: Readonly<Record<JointObjective, (sums: Sums) => number>> = {
  energy: ({ energyJ }) => energyJ,
  delay: ({ timeS }) => timeS,
  edp: ({ energyJ, timeS }) => energyJ * timeS,
  ed2p: ({ energyJ, timeS }) => energyJ * timeS ** 2,
};

// Brute force: every choice of every layer.
test.each(Object.entries(VALUES) as [JointObjective, (sums: Sums) => number][])(
  'least %s within random deadlines is that of all ways, or the bound is below it',
  (objective, measure) => {
    const random = randomFrom(objective.length);
    const seen = { none: 0, exact: 0, gap: 0 };
    for (let i = 0; i < cases(800, 200); i++) {
      const table = randomTable(random);
      const sums = allSums(table);
      const deadlineS = randomDeadline(sums, random);
      const inTime = sums.filter(({ timeS }) => timeS <= deadlineS * (1 + 1e-12));
      const found = choose(table, objective, deadlineS);
      if (inTime.length === 0) {
        seen.none++;
        const leastS = Math.min(...sums.map(({ timeS }) => timeS));
        expect(found).toEqual({ leastS: expect.closeTo(leastS, 12) });
        continue;
      }
      if ('leastS' in found) throw new Error(`${i}: a way ends within ${deadlineS}`);
      const least = Math.min(...inTime.map(measure));
      const { value, lowerBound, choiceOf, timeS, energyJ } = found;
      const own = { timeS: 0, energyJ: 0 };
      for (const [layer, choice] of choiceOf.entries()) {
        own.timeS += table.timeS[layer * table.choices + choice];
        own.energyJ += table.energyJ[layer * table.choices + choice];
      }
      expect([timeS, energyJ, value]).toEqual([own.timeS, own.energyJ, measure(own)].map((x) => expect.closeTo(x, 10)));
      expect(timeS).toBeLessThanOrEqual(deadlineS * (1 + 1e-12));
      expect(lowerBound).toBeLessThanOrEqual(least * (1 + 1e-12));
      if (lowerBound === value) {
        seen.exact++;
        expect(value / least).toBeCloseTo(1, 10);
      } else {
        seen.gap++;
        expect(value).toBeGreaterThanOrEqual(least * (1 - 1e-12));
      }
    }
    expect(seen.none).toBeGreaterThan(cases(40, 8));
    expect(seen.exact).toBeGreaterThan(cases(150, 40));
    // Only products of time and energy within a deadline may have a gap.
    if (objective === 'energy' || objective === 'delay') expect(seen.gap).toBe(0);
  },
);

import { bestSchedule } from '../oracle/index.ts';

export type JointObjective = 'energy' | 'delay' | 'edp' | 'ed2p';

/** The least time in s that any choice takes, if that is longer than the deadline. */
export interface JointUnmeetable {
  readonly leastS: number;
}

/** Costs of the choices that each layer has, at layer * choices + choice: s and J. */
export interface ChoiceTable {
  readonly layers: number;
  readonly choices: number;
  readonly timeS: Float64Array;
  readonly energyJ: Float64Array;
}

/** One choice for each layer, its sums, and what is proven about them. */
export interface Chosen {
  readonly choiceOf: readonly number[];
  readonly energyJ: number;
  readonly timeS: number;
  readonly value: number;
  readonly lowerBound: number;
}

/**
 * The choices of all layers with the least objective, a product of powers of the summed energy and time, of those that end within the
 * deadline. Least energy within a deadline is solved exactly, as are all objectives without one; others within a deadline have a bound.
 */
export function choose(table: ChoiceTable, objective: JointObjective, deadlineS: number): Chosen | JointUnmeetable {
  if (objective === 'energy' && Number.isFinite(deadlineS)) return leastEnergy(table, deadlineS);
  const hull = hullOfSums(table);
  const fastest = hull[0];
  if (fastest.timeS > deadlineS * (1 + 1e-12)) return { leastS: fastest.timeS };
  // A product of powers of energy and time has its minimum at a corner of the hull of all sums (it is quasi-concave).
  const values = { energy: [1, 0], delay: [0, 1], edp: [1, 1], ed2p: [1, 2] } as const;
  const [e, t] = values[objective];
  const measure = ({ energyJ, timeS }: Corner): number => energyJ ** e * timeS ** t;
  const inTime = hull.filter(({ timeS }) => timeS <= deadlineS * (1 + 1e-12));
  const best = inTime.reduce((least, corner) => (measure(corner) < measure(least) ? corner : least));
  const value = measure(best);
  // A deadline that cuts the hull leaves choices between the corners on both sides of it.
  const cut = hull.find(({ timeS }) => timeS > deadlineS * (1 + 1e-12));
  const last = inTime.at(-1)!;
  if (!cut) return { ...best, value, lowerBound: value };
  const share = (deadlineS - last.timeS) / (cut.timeS - last.timeS);
  const edge = { choiceOf: [], timeS: deadlineS, energyJ: last.energyJ + share * (cut.energyJ - last.energyJ) };
  return { ...best, value, lowerBound: Math.min(value, measure(edge)) };
}

const timeOf = ({ choices, timeS }: ChoiceTable, layer: number, choice: number): number =>
  timeS[layer * choices + choice];

const energyOf = ({ choices, energyJ }: ChoiceTable, layer: number, choice: number): number =>
  energyJ[layer * choices + choice];

/** Least energy within a deadline: a path through layers, solved exactly. */
function leastEnergy(table: ChoiceTable, deadlineS: number): Chosen | JointUnmeetable {
  const { layers, choices, timeS: times, energyJ: energies } = table;
  const found = bestSchedule({
    layers,
    points: choices,
    timeS: times,
    energyJ: energies,
    changes: null,
    starts: Array.from({ length: choices }, (_, choice) => choice),
    rests: [{ point: 0, to: 0, delayS: 0, energyJ: 0, powerW: 0, name: 'end' }],
    deadlineS,
  });
  if (found.kind === 'unmeetable') return { leastS: found.leastS };
  const { energyJ, timeS, gapJ, pointOf } = found;
  // Less than the rounding of the sums is no gap.
  const lowerBound = gapJ <= 1e-12 * energyJ ? energyJ : energyJ - gapJ;
  return { choiceOf: Array.from(pointOf), energyJ, timeS, value: energyJ, lowerBound };
}

interface Corner {
  readonly choiceOf: readonly number[];
  readonly energyJ: number;
  readonly timeS: number;
}

/** Corners of the lower hull of all sums of (time, energy), from the fastest on: the layers' hulls, edge by edge. */
function hullOfSums(table: ChoiceTable): Corner[] {
  const steps: { readonly layer: number; readonly to: number; readonly slope: number }[] = [];
  const choiceOf: number[] = [];
  for (let layer = 0; layer < table.layers; layer++) {
    const hull = layerHull(table, layer);
    choiceOf.push(hull[0]);
    hull.slice(1).forEach((to, i) => {
      const [dt, de] = [
        timeOf(table, layer, to) - timeOf(table, layer, hull[i]),
        energyOf(table, layer, hull[i]) - energyOf(table, layer, to),
      ];
      steps.push({ layer, to, slope: de / dt });
    });
  }
  steps.sort((a, b) => b.slope - a.slope || a.layer - b.layer);
  const cornerOf = (): Corner => ({
    choiceOf: [...choiceOf],
    timeS: choiceOf.reduce((sum, choice, layer) => sum + timeOf(table, layer, choice), 0),
    energyJ: choiceOf.reduce((sum, choice, layer) => sum + energyOf(table, layer, choice), 0),
  });
  const corners = [cornerOf()];
  for (const { layer, to } of steps) {
    choiceOf[layer] = to;
    corners.push(cornerOf());
  }
  return corners;
}

/** Choices on the lower hull of one layer, from the fastest to the one of least energy. */
function layerHull(table: ChoiceTable, layer: number): number[] {
  const time = (choice: number): number => timeOf(table, layer, choice);
  const energy = (choice: number): number => energyOf(table, layer, choice);
  const sorted = Array.from({ length: table.choices }, (_, choice) => choice).sort(
    (a, b) => time(a) - time(b) || energy(a) - energy(b) || a - b,
  );
  const front: number[] = [];
  for (const choice of sorted) if (front.length === 0 || energy(choice) < energy(front.at(-1)!)) front.push(choice);
  const hull: number[] = [];
  for (const choice of front) {
    while (hull.length >= 2) {
      const [a, b] = hull.slice(-2);
      const isAbove =
        (energy(b) - energy(a)) * (time(choice) - time(a)) >= (energy(choice) - energy(a)) * (time(b) - time(a));
      if (!isAbove) break;
      hull.pop();
    }
    hull.push(choice);
  }
  return hull;
}

import { type LayerCosts, layerCosts, type PreparedPlant, settingsOf } from '../../cosim/index.ts';
import { findDataflow, type LayerSchedule, orderName } from '../../systolic/index.ts';
import { gemmShape } from '../../workload/index.ts';
import { bestSchedule } from '../oracle/index.ts';

/** A plant whose arrays have one of the dataflows to choose from. */
export interface DataflowPlant {
  readonly dataflow: string;
  readonly prepared: PreparedPlant;
}

export type JointObjective = 'energy' | 'delay' | 'edp' | 'ed2p';

/** The dataflow and the operating points of one layer. */
export interface JointLayer {
  readonly layer: string;
  readonly dataflow: string;
  /** The order of its folds, as the dataflow's schedule has it; undefined without next-use retention. */
  readonly order: string | undefined;
  /** Its T tile; undefined if T is not cut. */
  readonly streamTile: number | undefined;
  /** The operating point of each domain, by its index. */
  readonly points: Int32Array;
  /** Hz of each domain. */
  readonly frequencyHz: readonly number[];
  /** Stall-free array cycles. */
  readonly cycles: number;
  readonly timeS: number;
  readonly energyJ: number;
}

/** A choice for every layer of one inference, and what is proven about it. */
export interface JointResult {
  readonly layers: readonly JointLayer[];
  readonly domains: readonly string[];
  readonly energyJ: number;
  readonly timeS: number;
  /** No choice has a lower value of the objective. */
  readonly lowerBound: number;
  readonly value: number;
  /** Layers x dataflows x settings. */
  readonly evaluations: number;
  /** The best with one dataflow for all layers; null if it misses the deadline. */
  readonly single: Readonly<Record<string, { readonly energyJ: number; readonly timeS: number } | null>>;
}

/** The least time in s that any choice takes, if that is longer than the deadline. */
export interface JointUnmeetable {
  readonly leastS: number;
}

/** Most settings of the operating points that are tried for each layer. */
const MOST_SETTINGS = 400;

interface Table {
  readonly plants: readonly DataflowPlant[];
  readonly costs: readonly LayerCosts[];
  readonly layers: number;
  /** Pairs of a plant and a setting. */
  readonly pairs: readonly (readonly [plant: number, setting: number])[];
}

/**
 * The best dataflow and operating points of each layer: the least energy, time, energy x time or energy x time squared of
 * one inference, of those that end within the deadline. Costs are those of the loop at the schedule's best order of folds, with
 * the leakage of a die at ambient temperature; changes between layers are free. All plants must have one network and one set of
 * domains.
 */
export function bestJointly(
  plants: readonly DataflowPlant[],
  objective: JointObjective,
  deadlineS = Number.POSITIVE_INFINITY,
): JointResult | JointUnmeetable {
  const table = tableOf(plants);
  const chosen = choose(table, objective, deadlineS);
  if ('leastS' in chosen) return chosen;
  const single = Object.fromEntries(
    plants.map((plant) => {
      const alone = choose(tableOf([plant]), objective, deadlineS);
      return [plant.dataflow, 'leastS' in alone ? null : { energyJ: alone.energyJ, timeS: alone.timeS }];
    }),
  );
  const { domains } = plants[0].prepared.plant;
  return {
    ...chosen,
    layers: chosen.pairOf.map((pair, layer) => layerOf(table, layer, pair)),
    domains: domains.map(({ name }) => name),
    evaluations: table.layers * table.pairs.length,
    single,
  };
}

function tableOf(plants: readonly DataflowPlant[]): Table {
  const costs = plants.map(({ prepared }) => {
    const { domains } = prepared.plant;
    const settings = settingsOf(domains, MOST_SETTINGS) ?? togetherOf(domains);
    return layerCosts(prepared, settings, ambientOf(prepared));
  });
  const pairs = costs.flatMap(({ settings }, plant) => settings.map((_, setting) => [plant, setting] as const));
  return { plants, costs, layers: costs[0].layers, pairs };
}

/** The temperatures of the blocks of a die at ambient temperature. */
export function ambientOf({ plant: { blocks, model, design } }: PreparedPlant): Float64Array {
  return new Float64Array(blocks.length).fill(model?.ambientK ?? design.spec.dieTemperatureK);
}

/** Settings in which all domains move together, the lowest points first. */
function togetherOf(domains: PreparedPlant['plant']['domains']): Int32Array[] {
  const most = Math.max(...domains.map(({ points }) => points.length));
  return Array.from({ length: most }, (_, i) =>
    Int32Array.from(domains, ({ points }) => Math.round((i * (points.length - 1)) / Math.max(1, most - 1))),
  );
}

const timeOf = ({ costs, pairs }: Table, layer: number, pair: number): number => {
  const [plant, setting] = pairs[pair];
  return costs[plant].timeS[layer * costs[plant].settings.length + setting];
};

const energyOf = ({ costs, pairs }: Table, layer: number, pair: number): number => {
  const [plant, setting] = pairs[pair];
  return costs[plant].energyJ[layer * costs[plant].settings.length + setting];
};

function layerOf(table: Table, layer: number, pair: number): JointLayer {
  const [plant, setting] = table.pairs[pair];
  const { prepared, dataflow } = table.plants[plant];
  const schedule = prepared.programs.schedules[layer];
  const points = table.costs[plant].settings[setting];
  const alone = schedule.parts.find((part) => part !== null);
  return {
    layer: schedule.layer.name,
    dataflow,
    ...(alone ? foldsOf(alone, dataflow) : { order: undefined, streamTile: undefined }),
    points,
    frequencyHz: prepared.plant.domains.map((domain, d) => domain.points[points[d]].frequencyHz),
    cycles: schedule.cycles,
    timeS: timeOf(table, layer, pair),
    energyJ: energyOf(table, layer, pair),
  };
}

function foldsOf(
  { layer, queue, streamTile }: LayerSchedule,
  dataflow: string,
): Pick<JointLayer, 'order' | 'streamTile'> {
  const isCut = streamTile < gemmShape(layer)[findDataflow(dataflow).axes.streamed];
  return { order: queue ? orderName(queue.order) : undefined, streamTile: isCut ? streamTile : undefined };
}

interface Chosen {
  readonly pairOf: readonly number[];
  readonly energyJ: number;
  readonly timeS: number;
  readonly value: number;
  readonly lowerBound: number;
}

function choose(table: Table, objective: JointObjective, deadlineS: number): Chosen | JointUnmeetable {
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
  const edge = { pairOf: [], timeS: deadlineS, energyJ: last.energyJ + share * (cut.energyJ - last.energyJ) };
  return { ...best, value, lowerBound: Math.min(value, measure(edge)) };
}

/** Least energy within a deadline: a path through layers, solved exactly. */
function leastEnergy(table: Table, deadlineS: number): Chosen | JointUnmeetable {
  const { layers, pairs } = table;
  const points = pairs.length;
  const cells = (of: typeof timeOf): Float64Array =>
    Float64Array.from({ length: layers * points }, (_, i) => of(table, Math.floor(i / points), i % points));
  const found = bestSchedule({
    layers,
    points,
    timeS: cells(timeOf),
    energyJ: cells(energyOf),
    changes: null,
    starts: pairs.map((_, pair) => pair),
    rests: [{ point: 0, to: 0, delayS: 0, energyJ: 0, powerW: 0, name: 'end' }],
    deadlineS,
  });
  if (found.kind === 'unmeetable') return { leastS: found.leastS };
  const { energyJ, timeS, gapJ, pointOf } = found;
  // Less than the rounding of the sums is no gap.
  const lowerBound = gapJ <= 1e-12 * energyJ ? energyJ : energyJ - gapJ;
  return { pairOf: Array.from(pointOf), energyJ, timeS, value: energyJ, lowerBound };
}

interface Corner {
  readonly pairOf: readonly number[];
  readonly energyJ: number;
  readonly timeS: number;
}

/** Corners of the lower hull of all sums of (time, energy), from the fastest on: the layers' hulls, edge by edge. */
function hullOfSums(table: Table): Corner[] {
  const steps: { readonly layer: number; readonly to: number; readonly slope: number }[] = [];
  const pairOf: number[] = [];
  for (let layer = 0; layer < table.layers; layer++) {
    const hull = layerHull(table, layer);
    pairOf.push(hull[0]);
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
    pairOf: [...pairOf],
    timeS: pairOf.reduce((sum, pair, layer) => sum + timeOf(table, layer, pair), 0),
    energyJ: pairOf.reduce((sum, pair, layer) => sum + energyOf(table, layer, pair), 0),
  });
  const corners = [cornerOf()];
  for (const { layer, to } of steps) {
    pairOf[layer] = to;
    corners.push(cornerOf());
  }
  return corners;
}

/** Pairs on the lower hull of one layer, from the fastest to the one of least energy. */
function layerHull(table: Table, layer: number): number[] {
  const time = (pair: number): number => timeOf(table, layer, pair);
  const energy = (pair: number): number => energyOf(table, layer, pair);
  const sorted = table.pairs.map((_, pair) => pair).sort((a, b) => time(a) - time(b) || energy(a) - energy(b) || a - b);
  const front: number[] = [];
  for (const pair of sorted) if (front.length === 0 || energy(pair) < energy(front.at(-1)!)) front.push(pair);
  const hull: number[] = [];
  for (const pair of front) {
    while (hull.length >= 2) {
      const [a, b] = hull.slice(-2);
      const isAbove =
        (energy(b) - energy(a)) * (time(pair) - time(a)) >= (energy(pair) - energy(a)) * (time(b) - time(a));
      if (!isAbove) break;
      hull.pop();
    }
    hull.push(pair);
  }
  return hull;
}

import { type LayerCosts, layerCosts, type PreparedPlant, settingsOf } from '../../cosim/index.ts';
import { findDataflow, type LayerSchedule, orderName } from '../../systolic/index.ts';
import { gemmShape } from '../../workload/index.ts';
import { type ChoiceTable, choose, type JointObjective, type JointUnmeetable } from './choice.ts';

/** A plant whose arrays have one of the dataflows to choose from. */
export interface DataflowPlant {
  readonly dataflow: string;
  readonly prepared: PreparedPlant;
}

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

/** Most settings of the operating points that are tried for each layer. */
const MOST_SETTINGS = 400;

/** A plant with the costs of its layers at each setting. */
export interface CostedPlant extends DataflowPlant {
  readonly costs: LayerCosts;
}

interface Table extends ChoiceTable {
  readonly plants: readonly CostedPlant[];
  /** The plant and the setting of each choice. */
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
  return bestOfCosted(plants.map(costed), objective, deadlineS);
}

/** The same with costs that are known already. */
export function bestOfCosted(
  plants: readonly CostedPlant[],
  objective: JointObjective,
  deadlineS: number,
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
    layers: chosen.choiceOf.map((pair, layer) => layerOf(table, layer, pair)),
    domains: domains.map(({ name }) => name),
    evaluations: table.layers * table.choices,
    single,
  };
}

export function costed({ dataflow, prepared }: DataflowPlant): CostedPlant {
  const { domains } = prepared.plant;
  const settings = settingsOf(domains, MOST_SETTINGS) ?? togetherOf(domains);
  return { dataflow, prepared, costs: layerCosts(prepared, settings, ambientOf(prepared)) };
}

function tableOf(plants: readonly CostedPlant[]): Table {
  const pairs = plants.flatMap(({ costs }, plant) => costs.settings.map((_, setting) => [plant, setting] as const));
  const [{ costs }] = plants;
  const { layers } = costs;
  const column = (name: 'timeS' | 'energyJ'): Float64Array =>
    Float64Array.from({ length: layers * pairs.length }, (_, i) => {
      const [plant, setting] = pairs[i % pairs.length];
      const of = plants[plant].costs;
      return of[name][Math.floor(i / pairs.length) * of.settings.length + setting];
    });
  return { plants, pairs, layers, choices: pairs.length, timeS: column('timeS'), energyJ: column('energyJ') };
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

function layerOf(table: Table, layer: number, pair: number): JointLayer {
  const [plant, setting] = table.pairs[pair];
  const { prepared, dataflow, costs } = table.plants[plant];
  const schedule = prepared.programs.schedules[layer];
  const points = costs.settings[setting];
  const alone = schedule.parts.find((part) => part !== null);
  return {
    layer: schedule.layer.name,
    dataflow,
    ...(alone ? foldsOf(alone, dataflow) : { order: undefined, streamTile: undefined }),
    points,
    frequencyHz: prepared.plant.domains.map((domain, d) => domain.points[points[d]].frequencyHz),
    cycles: schedule.cycles,
    timeS: table.timeS[layer * table.choices + pair],
    energyJ: table.energyJ[layer * table.choices + pair],
  };
}

function foldsOf(
  { layer, queue, streamTile }: LayerSchedule,
  dataflow: string,
): Pick<JointLayer, 'order' | 'streamTile'> {
  const isCut = streamTile < gemmShape(layer)[findDataflow(dataflow).axes.streamed];
  return { order: queue ? orderName(queue.order) : undefined, streamTile: isCut ? streamTile : undefined };
}

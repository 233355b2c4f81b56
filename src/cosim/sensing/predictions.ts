import { blockPowers, type Observation, type PointByDomain, type TemperaturePrediction } from '../../policy/index.ts';
import { designObserver, Observer, type ObserverDesign, type ObserverState } from '../../thermal/index.ts';
import { type Experiment, policySetting } from '../experiment.ts';
import { load, type Saved, save } from '../loop/saved.ts';
import type { Plant } from '../plant/plant.ts';
import type { Programs } from '../plant/programs.ts';
import { workModel } from '../plant/work-model.ts';

/** The part that the predictions of all passes of a run have in common. */
export interface PredictionPlan {
  readonly design: ObserverDesign;
  readonly blockPowers: ReturnType<typeof blockPowers>;
}

/** The plan of an experiment's predictions on a plant; null without a thermal model. */
export function planPredictions(
  { spec, sensors }: Experiment,
  plant: Plant,
  programs: Programs,
): PredictionPlan | null {
  if (!plant.model) return null;
  const setting = policySetting(plant.design, spec);
  const { places, domains } = setting;
  const work = workModel(plant, programs);
  const fastest = Object.fromEntries(domains.map(({ name, points }) => [name, points.length - 1]));
  const allW = work.inferenceJ(fastest, plant.model.ambientK) / work.inferenceS(fastest);
  const areas = places.map(({ widthM, heightM }) => widthM * heightM);
  const all = areas.reduce((sum, area) => sum + area, 0);
  return {
    design: designObserver(plant.model, {
      epochS: spec.epochS,
      powerW: areas.map((area) => (allW * area) / all),
      // Rounding to multiples of q errs by q / sqrt(12).
      readingErrorK: sensors.map(({ noiseK, quantumK }) => Math.hypot(noiseK, quantumK / Math.sqrt(12))),
      delayEpochs: sensors.map(({ delayEpochs }) => delayEpochs),
    }),
    blockPowers: blockPowers(setting),
  };
}

const OWN_STATE = ['ticks', 'expectedK', 'squaresK2', 'compared'];

/** Predicts temperatures for policies, and keeps the account of how far off that was. */
export class Predictions {
  private readonly plan: PredictionPlan;
  private readonly observer: Observer;
  private readonly powerW: Float64Array;
  private ticks = 0;
  /** Temperatures expected at the last ticks for the points decided, oldest first, K; as far back as the slowest sensor shows. */
  private expectedK: Float64Array[] = [];
  /** By block: sum of the squares of the errors, K^2, and their number. */
  private readonly squaresK2: Float64Array;
  private readonly compared: Float64Array;

  /** `readingK` holds the sensor readings at the start. */
  constructor(plan: PredictionPlan, readingK: ArrayLike<number>) {
    const { blocks } = plan.design.model;
    this.plan = plan;
    this.observer = new Observer(plan.design, readingK);
    this.powerW = new Float64Array(blocks);
    this.squaresK2 = new Float64Array(blocks);
    this.compared = new Float64Array(blocks);
  }

  /** Takes in an epoch: its mean powers by block, W, and the readings at its end, K. */
  endEpoch(powerW: Float64Array, readingK: ArrayLike<number>): void {
    this.observer.endEpoch(powerW, readingK);
    this.ticks++;
    this.compare(readingK);
  }

  /** The temperatures at the next tick, if the domains are at these points. */
  predict(observation: Observation, points: PointByDomain): TemperaturePrediction {
    const temperatureK = new Float64Array(this.powerW.length);
    const { blockPowers } = this.plan;
    blockPowers.observe(observation);
    blockPowers.chooseBy(points);
    for (let b = 0; b < this.powerW.length; b++) this.powerW[b] = blockPowers.wattsOf(b);
    this.observer.predict(this.powerW, temperatureK);
    return { temperatureK, errorK: this.errorK };
  }

  /** Notes the points that were decided at a tick, for the account. */
  expect(observation: Observation, points: PointByDomain): void {
    this.expectedK.push(Float64Array.from(this.predict(observation, points).temperatureK));
    if (this.expectedK.length > this.plan.design.longest + 1) this.expectedK.shift();
  }

  save(): Saved {
    return { ...save(this, OWN_STATE), observer: this.observer.save() };
  }

  load({ observer, ...saved }: Saved): void {
    load(this, saved);
    this.observer.load(observer as ObserverState);
  }

  private get errorK(): number | null {
    let most = -1;
    for (let u = 0; u < this.compared.length; u++) {
      if (this.compared[u] > 0) most = Math.max(most, Math.sqrt(this.squaresK2[u] / this.compared[u]));
    }
    return most < 0 ? null : most;
  }

  /** A reading is of the tick before its delay; what was expected of that tick was noted one tick earlier. */
  private compare(readingK: ArrayLike<number>): void {
    const { delayEpochs } = this.plan.design;
    const { expectedK, squaresK2, compared } = this;
    for (let u = 0; u < squaresK2.length; u++) {
      if (this.ticks - delayEpochs[u] < 1) continue;
      const expected = expectedK.at(-1 - delayEpochs[u]);
      if (!expected) continue;
      squaresK2[u] += (readingK[u] - expected[u]) ** 2;
      compared[u]++;
    }
  }
}

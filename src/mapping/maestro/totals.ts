import type { MaestroHardware } from '../../formats/maestro/index.ts';
import { type IterationCase, nocDelay } from './level-model.ts';
import type { TensorElements } from './levels.ts';

/** The least, the largest and the mean of the delays of the iterations. */
export interface Delays {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
}

/** Sums over the iteration cases of the top level. */
export class Totals {
  runtime = 0;
  macs = 0;
  inputIngress = 0;
  weightIngress = 0;
  egress = 0;
  iterations = 0;
  bandwidth = 0;
  peakBandwidth = 0;
  offchip = 0;
  l2Input = 0;
  l2Output = 0;
  /** Weights of the tiles in L2. */
  private l2Weight = 0;
  lastProducts = 0;
  lastIngress = 0;
  /** Partial sums of all cases, those that MAESTRO skips among them. */
  sums = 0;
  /** Whether a case takes no cycles, by which MAESTRO divides. */
  isStuck = false;
  readonly ingress = new DelaySum();
  readonly egressTime = new DelaySum();
  readonly compute = new DelaySum();
  private readonly hardware: MaestroHardware;

  constructor(hardware: MaestroHardware) {
    this.hardware = hardware;
  }

  /** The tiles that L2 holds twice. */
  get l2Tiles(): TensorElements {
    return { input: this.l2Input / 2 - this.l2Weight, weight: this.l2Weight, output: this.l2Output / 2 };
  }

  add({
    times,
    inputIngress,
    weightIngress,
    egress,
    products,
    compute,
    isFirst,
    isSkipped,
  }: Readonly<IterationCase>): void {
    const { hardware } = this;
    this.egress += times * egress;
    this.sums += times * products;
    const arriving = inputIngress + weightIngress;
    // Cases before the first one that does something add up.
    if (this.iterations === 0) {
      this.l2Input += 2 * arriving;
      this.l2Output = 2 * egress;
      this.l2Weight += weightIngress;
    }
    if (isSkipped) return;
    if (compute === 0) this.isStuck = true;
    const ingressTime = nocDelay(arriving, hardware);
    const egressTime = nocDelay(egress, hardware);
    const onChip = isFirst ? compute + ingressTime : Math.max(ingressTime, compute, egressTime);
    // A whole double buffer crosses the chip's border in every iteration.
    this.runtime += times * Math.max(onChip, halfTime(this.l2Input, hardware), halfTime(this.l2Output, hardware));
    this.macs += times * products;
    this.inputIngress += times * inputIngress;
    this.weightIngress += times * weightIngress;
    this.iterations += times;
    const widest = Math.max(arriving, egress);
    this.peakBandwidth = Math.max(this.peakBandwidth, Math.floor(widest / compute));
    this.bandwidth += Math.floor((times * widest) / compute);
    this.offchip = Math.floor(
      Math.max(this.offchip, Math.floor(this.l2Output / compute), Math.floor(this.l2Input / compute)) / 2,
    );
    this.lastProducts = products;
    this.lastIngress = arriving;
    this.ingress.add(times, ingressTime);
    this.egressTime.add(times, egressTime);
    this.compute.add(times, compute);
  }
}

/** Half the cycles in which elements cross the chip's border. */
function halfTime(elements: number, { offchipBandwidth }: MaestroHardware): number {
  return Math.floor(Math.floor(elements / offchipBandwidth) / 2);
}

class DelaySum {
  private least = Number.POSITIVE_INFINITY;
  private most = 0;
  private sum = 0;
  private times = 0;

  add(times: number, delay: number): void {
    this.least = Math.min(this.least, delay);
    this.most = Math.max(this.most, delay);
    this.sum += times * delay;
    this.times += times;
  }

  delays(): Delays {
    return { least: this.least, most: this.most, mean: Math.trunc(this.sum / this.times) };
  }
}

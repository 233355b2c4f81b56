import { fail } from '../../base/errors.ts';
import { MOST_VALUES, SCALARS } from '../limits.ts';
import type { DomainTrace, Trace } from '../result.ts';

/** Collects the columns of a trace, one row per epoch. */
export class Recorder {
  readonly domains: number;
  readonly blocks: number;
  private readonly columns: Float64Array[];
  private readonly hasTemperatures: boolean;
  private epochs = 0;
  private capacity = 0;

  constructor(domains: number, blocks: number, hasTemperatures: boolean) {
    this.domains = domains;
    this.blocks = blocks;
    this.hasTemperatures = hasTemperatures;
    this.columns = Array.from(
      { length: this.blockAt(hasTemperatures ? 2 * blocks : blocks) },
      () => new Float64Array(0),
    );
  }

  /** Appends a row; its values stand in the order in which `trace` reads the columns. */
  append(values: Float64Array): void {
    if (this.epochs === this.capacity) this.grow();
    for (let i = 0; i < values.length; i++) this.columns[i][this.epochs] = values[i];
    this.epochs++;
  }

  get width(): number {
    return this.columns.length;
  }

  /** Index of a domain's six columns, and of a block's power. */
  domainAt(d: number): number {
    return SCALARS + 6 * d;
  }

  blockAt(b: number): number {
    return SCALARS + 6 * this.domains + b;
  }

  trace(): Trace {
    const cut = this.columns.map((column) => column.subarray(0, this.epochs));
    const domains = Array.from({ length: this.domains }, (_, d): DomainTrace => {
      const [frequencyHz, voltageV, busy, stall, idle, dead] = cut.slice(this.domainAt(d), this.domainAt(d + 1));
      return { frequencyHz, voltageV, busy, stall, idle, dead };
    });
    return {
      epochs: this.epochs,
      timeS: cut[0],
      durationS: cut[1],
      inference: Int32Array.from(cut[2]),
      layer: Int32Array.from(cut[3]),
      offDieW: cut[4],
      totalW: cut[5],
      domains,
      powerW: cut.slice(this.blockAt(0), this.blockAt(this.blocks)),
      temperatureK: this.hasTemperatures ? cut.slice(this.blockAt(this.blocks)) : [],
    };
  }

  /** Error `trace-too-long` if the trace cannot hold that many epochs. */
  checkLength(epochs: number): void {
    if (epochs * this.width <= MOST_VALUES) return;
    fail('trace-too-long', `the run has ${Math.round(epochs)} epochs or more, of ${this.width} values each`, {
      expected: `at most ${Math.floor(MOST_VALUES / this.width)}: a longer epoch, or a shorter run`,
    });
  }

  private grow(): void {
    this.checkLength(this.epochs);
    this.capacity = Math.max(1024, 2 * this.capacity);
    for (let i = 0; i < this.width; i++) {
      const longer = new Float64Array(this.capacity);
      longer.set(this.columns[i]);
      this.columns[i] = longer;
    }
  }
}

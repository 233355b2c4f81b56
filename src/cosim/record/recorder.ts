import { fail } from '../../base/errors.ts';
import { MOST_VALUES, SCALARS } from '../limits.ts';
import type { DomainTrace, Trace } from '../result.ts';

/** Rows for which columns have space at first. */
const FIRST_ROWS = 256;

/** A snapshot copies at most so many rows; more of them become a part that it shares with the run. */
const MOST_COPIED = 1024;

/** Values of some epochs in a row, by column. */
type Columns = readonly Float64Array[];

/** The record so far, as plain data. */
export interface RecorderState {
  /** Parts that never change again, in order of time: the run and its forks share them. */
  readonly parts: readonly Columns[];
  readonly open: Columns;
}

/** Collects the rows of a trace, one per epoch, in columns that double their space. */
export class Recorder {
  readonly domains: number;
  readonly blocks: number;
  readonly width: number;
  private readonly hasTemperatures: boolean;
  private parts: readonly Columns[] = [];
  /** The columns that grow, and how many of their rows are in use. */
  private open: Columns;
  private rows = 0;
  /** Epochs of all parts together. */
  private before = 0;

  constructor(domains: number, blocks: number, hasTemperatures: boolean) {
    this.domains = domains;
    this.blocks = blocks;
    this.hasTemperatures = hasTemperatures;
    this.width = this.blockAt(hasTemperatures ? 2 * blocks : blocks);
    this.open = this.newColumns();
  }

  /** Appends a row; its values stand in the order in which `trace` reads the columns. Error: as for `checkLength`. */
  append(values: Float64Array): void {
    if (this.rows === this.open[0].length) this.grow();
    const { open, rows } = this;
    for (let i = 0; i < open.length; i++) open[i][rows] = values[i];
    this.rows++;
  }

  /** Index of a domain's six columns, and of a block's power. */
  domainAt(d: number): number {
    return SCALARS + 6 * d;
  }

  blockAt(b: number): number {
    return SCALARS + 6 * this.domains + b;
  }

  /** The rows so far. The run may go on. */
  trace(): Trace {
    const columns = this.columns();
    const domains = Array.from({ length: this.domains }, (_, d): DomainTrace => {
      const [frequencyHz, voltageV, busy, stall, idle, dead] = columns.slice(this.domainAt(d), this.domainAt(d + 1));
      return { frequencyHz, voltageV, busy, stall, idle, dead };
    });
    return {
      epochs: this.before + this.rows,
      timeS: columns[0],
      durationS: columns[1],
      inference: Int32Array.from(columns[2]),
      layer: Int32Array.from(columns[3]),
      offDieW: columns[4],
      totalW: columns[5],
      domains,
      powerW: columns.slice(this.blockAt(0), this.blockAt(this.blocks)),
      temperatureK: this.hasTemperatures ? columns.slice(this.blockAt(this.blocks)) : [],
    };
  }

  /** Error `trace-too-long` if the trace cannot hold that many epochs. */
  checkLength(epochs: number): void {
    if (epochs * this.width <= MOST_VALUES) return;
    fail('trace-too-long', `the run has ${Math.round(epochs)} epochs or more, of ${this.width} values each`, {
      expected: `at most ${Math.floor(MOST_VALUES / this.width)}: a longer epoch, or a shorter run`,
    });
  }

  save(): RecorderState {
    if (this.rows > MOST_COPIED) this.close();
    return { parts: this.parts, open: this.open.map((column) => column.slice(0, this.rows)) };
  }

  load({ parts, open }: RecorderState): void {
    this.parts = parts;
    this.before = parts.reduce((sum, [column]) => sum + column.length, 0);
    this.rows = open[0].length;
    this.open = open.map((column) => withSpace(column, Math.max(FIRST_ROWS, this.rows)));
  }

  /** Makes the open columns a part. */
  private close(): void {
    this.parts = [...this.parts, this.used()];
    this.before += this.rows;
    this.rows = 0;
    this.open = this.newColumns();
  }

  private grow(): void {
    this.checkLength(this.before + this.rows + 1);
    this.open = this.open.map((column) => withSpace(column, 2 * column.length));
  }

  private newColumns(): Columns {
    return Array.from({ length: this.width }, () => new Float64Array(FIRST_ROWS));
  }

  /** The used rows of the open columns. Nothing writes into them again. */
  private used(): Columns {
    return this.open.map((column) => column.subarray(0, this.rows));
  }

  private columns(): Columns {
    const parts = [...this.parts, this.used()];
    return parts.length === 1 ? parts[0] : this.open.map((_, i) => joined(parts.map((part) => part[i])));
  }
}

/** A copy with space for `length` values. */
function withSpace(values: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(values);
  return copy;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

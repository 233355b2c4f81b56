import { fail } from '../../base/errors.ts';
import { MOST_VALUES, SCALARS } from '../limits.ts';
import type { DomainTrace, Trace } from '../result.ts';

/** Rows of a chunk. Full chunks never change, so that forks of a run share them; a fork copies the open one. */
const CHUNK_ROWS = 256;

/** A buffer whose memory can be given back before anything collects it; ES2024, and in Node 20. */
interface Buffers {
  new (bytes: number, options: { readonly maxByteLength: number }): ArrayBuffer & { resize?(bytes: number): void };
}

/** The record so far, as plain data. */
export interface RecorderState {
  readonly full: readonly Float64Array[];
  readonly open: Float64Array;
  readonly epochs: number;
}

/** Collects the rows of a trace, one per epoch. */
export class Recorder {
  readonly domains: number;
  readonly blocks: number;
  readonly width: number;
  private readonly hasTemperatures: boolean;
  /** Chunks of rows, and the one that is being filled. */
  private full: readonly Float64Array[] = [];
  private open: Float64Array;
  private epochs = 0;
  /** Whether somebody else may hold full chunks. */
  private isShared = false;

  constructor(domains: number, blocks: number, hasTemperatures: boolean) {
    this.domains = domains;
    this.blocks = blocks;
    this.hasTemperatures = hasTemperatures;
    this.width = this.blockAt(hasTemperatures ? 2 * blocks : blocks);
    this.open = this.newChunk();
  }

  /** Appends a row; its values stand in the order in which `trace` reads the columns. */
  append(values: Float64Array): void {
    const row = this.epochs % CHUNK_ROWS;
    if (row === 0 && this.epochs > 0) this.closeChunk();
    this.open.set(values, row * this.width);
    this.epochs++;
  }

  /** Index of a domain's six columns, and of a block's power. */
  domainAt(d: number): number {
    return SCALARS + 6 * d;
  }

  blockAt(b: number): number {
    return SCALARS + 6 * this.domains + b;
  }

  /** The same as `trace`, for the last time: the rows give their memory back as they turn into columns. */
  takeTrace(): Trace {
    return this.traceOf(this.columns(!this.isShared));
  }

  trace(): Trace {
    return this.traceOf(this.columns(false));
  }

  private traceOf(columns: readonly Float64Array[]): Trace {
    const domains = Array.from({ length: this.domains }, (_, d): DomainTrace => {
      const [frequencyHz, voltageV, busy, stall, idle, dead] = columns.slice(this.domainAt(d), this.domainAt(d + 1));
      return { frequencyHz, voltageV, busy, stall, idle, dead };
    });
    return {
      epochs: this.epochs,
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
    this.isShared = true;
    const rows = this.epochs - this.full.length * CHUNK_ROWS;
    return { full: this.full, open: this.open.slice(0, rows * this.width), epochs: this.epochs };
  }

  load({ full, open, epochs }: RecorderState): void {
    this.isShared = true;
    this.full = full;
    this.open.set(open);
    this.epochs = epochs;
  }

  private closeChunk(): void {
    this.checkLength(this.epochs + 1);
    this.full = [...this.full, this.open];
    this.open = this.newChunk();
  }

  private newChunk(): Float64Array {
    const length = CHUNK_ROWS * this.width;
    const maxByteLength = 8 * length;
    return new Float64Array(new (ArrayBuffer as unknown as Buffers)(maxByteLength, { maxByteLength }), 0, length);
  }

  private columns(givesBack: boolean): Float64Array[] {
    const { width, epochs } = this;
    const columns = Array.from({ length: width }, () => new Float64Array(epochs));
    const rows = new Float64Array(CHUNK_ROWS * width);
    [...this.full, this.open].forEach((chunk, c) => {
      rows.set(chunk);
      const first = c * CHUNK_ROWS;
      const count = Math.min(CHUNK_ROWS, epochs - first);
      for (let n = 0, at = 0; n < count; n++) {
        for (let i = 0; i < width; i++, at++) columns[i][first + n] = rows[at];
      }
      if (givesBack) (chunk.buffer as InstanceType<Buffers>).resize?.(0);
    });
    return columns;
  }
}

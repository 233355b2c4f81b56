import type { Schedule } from '../scalesim-engine/streams.ts';
import type { DrainLog } from '../scalesim-engine/write-buffer.ts';
import type { LineSource, TraceLines } from './lines.ts';

/** Sends the DRAM trace of results in rows of `width` words, as they were drained. */
export function sendDrainedTrace(
  { rowFolds, columnFolds, lines }: Schedule,
  source: LineSource,
  drains: DrainLog,
  width: number,
  trace: TraceLines,
): void {
  const rows = new DrainedRows(drains, width, trace);
  for (let column = 0; column < columnFolds; column++) {
    for (let row = 0; row < rowFolds; row++) {
      source.fold(row, column);
      for (let j = 0; j < lines; j++) {
        source.line(j);
        for (let i = source.first; i < source.end; i++) rows.put(source.cells[i]);
      }
    }
  }
}

/** Arranges results in the rows of drains. */
class DrainedRows {
  private readonly drains: DrainLog;
  private readonly width: number;
  private readonly trace: TraceLines;
  private readonly cells: Int32Array;
  private inRow = 0;
  private row = 0;
  /** Words in the current row so far. */
  private length = 0;
  private cut = 0;
  private drain = 0;
  /** Rows written so far of the current drain. */
  private inDrain = 0;

  constructor(drains: DrainLog, width: number, trace: TraceLines) {
    this.drains = drains;
    this.width = width;
    this.trace = trace;
    this.cells = new Int32Array(width);
    this.startRow();
  }

  put(address: number): void {
    this.cells[this.inRow++] = address;
    if (this.inRow === this.length) this.endRow();
  }

  private startRow(): void {
    const cut = this.drains.cuts[this.cut];
    const isCut = cut?.index === this.row;
    this.length = isCut ? this.width - cut.missing : this.width;
    if (isCut) this.cut++;
    this.inRow = 0;
  }

  private endRow(): void {
    const { cycles, rows } = this.drains;
    while (this.inDrain === rows[this.drain]) {
      this.drain++;
      this.inDrain = 0;
    }
    this.trace.line(cycles[this.drain] + this.inDrain++, this.cells, 0, this.length, this.width);
    this.row++;
    this.startRow();
  }
}

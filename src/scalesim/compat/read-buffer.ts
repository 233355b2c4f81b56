import type { Use } from '../types.ts';

/** A read buffer while the main loop runs. */
export interface ReadBuffer {
  /** The next line at which the buffer has something to do; Infinity if there is none. */
  nextLine: number;
  /** Serves `nextLine` in the cycle given, advances to the line after, and returns the cycle in which the line is served. */
  serve(cycle: number): number;
  /** What was fetched from DRAM, after the last line. */
  finish(): Use;
}

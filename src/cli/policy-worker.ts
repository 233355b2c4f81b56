import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InputError, type Span } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import { frameOf, placeOf } from '../policy/index.ts';
import { type Terminals, terminals } from './terminal.ts';

/** The command as it is installed; the relative path is the same from src/cli, dist/cli and dist/bin. */
const COMMAND = join(fileURLToPath(new URL('../../', import.meta.url)), 'dist/bin/isotherm.js');

/** Longest time of one call of a module, ms. */
const LONGEST_CALL_MS = 10_000;
const LOOK_EVERY_MS = 250;

/** Most memory of JavaScript objects, MB, and of the whole process, bytes. */
export const MOST_HEAP_MB = 1024;
const MOST_BYTES = 2 * 2 ** 30;

/** Status with which Node ends if nothing is left to do and the program still awaits something. */
const UNFINISHED = 13;

/** The memory that a thread and the watchdog share: what runs of a module, and the number of calls. */
export const INSIDE = 0;
export const CALLS = 1;

/** The number that says that a call of the n-th module runs, or its loading; 0 stands for nothing. */
export function insideOf(n: number, isLoading: boolean): number {
  return 2 * n + (isLoading ? 2 : 1);
}

export const SLOT_BYTES = 8;

/** Most threads that a comparison has, the worker of the command with it. */
export const MOST_THREADS = 1025;

export interface Shared {
  readonly isothermCalls: SharedArrayBuffer;
  /** 0 for the worker of the command, then the threads of a comparison. */
  readonly thread: number;
  /** The modules that a thread of a comparison loads. */
  readonly modules?: readonly string[];
  readonly terminals?: Terminals;
}

/** Without it Node has no modules of virtual machines. */
export const VM_MODULES = ['--experimental-vm-modules'];

/**
 * Runs the command line `args` a second time, in a worker, as it names policies that are programs. This thread is the watchdog: a
 * call of a module that takes more than 10 s, or memory without end, ends the run. The worker of a comparison looks after its threads
 * itself, as the end of one is that of a row. Resolves to the exit status. Error: `policy-failed`.
 */
export function inWorker(args: readonly string[], modules: readonly SourceText[]): Promise<number> {
  const shared = new Int32Array(new SharedArrayBuffer(SLOT_BYTES * MOST_THREADS));
  const workerData: Shared = { isothermCalls: shared.buffer as SharedArrayBuffer, thread: 0, terminals: terminals() };
  const worker = new Worker(COMMAND, {
    argv: [...args],
    workerData,
    execArgv: [...VM_MODULES],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  });
  return new Promise((resolve, reject) => {
    const refuse = (what: string): void => end(problemOf(modules, shared[INSIDE], what));
    const release = [
      watchCalls(shared, 0, 1, () => refuse(UNDECIDED)),
      watchMemory(shared, refuse),
      passSignals(worker),
    ];
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      for (const one of release) one();
      return true;
    };
    const end = (problem: Error): void => {
      if (over()) void worker.terminate().then(() => reject(problem));
    };
    worker.on('error', (error: Error & { code?: string }) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      end(isMemory ? problemOf(modules, shared[INSIDE], TOO_LARGE) : lateProblem(modules, error));
    });
    worker.on('exit', (status) => {
      if (status === UNFINISHED) refuse('never ends loading: it awaits what does not come');
      else if (over()) resolve(status);
    });
  });
}

/** An error that no call threw, such as that of a promise: the module's if its stack leads there. */
function lateProblem(modules: readonly SourceText[], error: Error): Error {
  for (const module of modules) {
    const span = frameOf(error, module);
    if (span) return problemAt(module, outsideOfCalls(error), span);
  }
  return error;
}

/** `inside` says what ran when it went wrong; nothing names the first module. */
function problemOf(modules: readonly SourceText[], inside: number, what: string): InputError {
  const module = modules[Math.max(0, (inside - 1) >> 1)];
  const isLoading = inside > 0 && inside % 2 === 0;
  if (isLoading && what === UNDECIDED) return problemAt(module, UNLOADED, placeOf(module, /\S+/));
  return problemAt(module, what, placeOf(module, isLoading ? /\S+/ : /\bdecide\b/));
}

export function outsideOfCalls({ message }: Error): string {
  return `fails outside of its calls: ${message}`;
}

function problemAt({ file }: SourceText, what: string, span: Span): InputError {
  const expected = what === UNLOADED ? 'a module whose top level ends' : 'a decision';
  return new InputError([{ code: 'policy-failed', message: `policy module ${file} ${what}`, span, expected }]);
}

const SECONDS = LONGEST_CALL_MS / 1000;
/** The faults of a module: a call or its loading takes too long, or too much memory. */
export const UNDECIDED = `has not decided for ${SECONDS} s`;
const UNLOADED = `never ends loading: its top level has run for ${SECONDS} s`;
export const TOO_LARGE = `takes more than ${MOST_HEAP_MB} MB of memory`;

/** Looks after the calls in threads from one to before another; `report` gets a thread that is stuck. Returns a function that ends it. */
export function watchCalls(shared: Int32Array, from: number, to: number, report: (thread: number) => void): () => void {
  const calls = new Int32Array(to).fill(-1);
  const sinceMs = new Float64Array(to);
  const timer = setInterval(() => {
    for (let t = from; t < to; t++) {
      const now = Atomics.load(shared, 2 * t + CALLS);
      const isStuck = Atomics.load(shared, 2 * t + INSIDE) > 0 && now === calls[t];
      sinceMs[t] = isStuck ? sinceMs[t] + LOOK_EVERY_MS : 0;
      calls[t] = now;
      if (sinceMs[t] >= LONGEST_CALL_MS) report(t);
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** Looks after the memory of the process, of which every thread that calls modules may have a share. */
function watchMemory(shared: Int32Array, report: (what: string) => void): () => void {
  const timer = setInterval(() => {
    let threads = 0;
    for (let t = 0; t < MOST_THREADS; t++) if (Atomics.load(shared, 2 * t + CALLS) > 0) threads++;
    const most = MOST_BYTES * Math.max(1, threads);
    if (process.memoryUsage.rss() > most) report(`takes more than ${most / 2 ** 30} GiB of memory`);
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** A worker gets no signals. It has a moment to remove what it was writing; then the program dies by the signal. */
function passSignals(worker: Worker): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    release();
    worker.postMessage(signal);
    setTimeout(() => process.kill(process.pid, signal), 300);
  };
  const release = (): void => {
    process.off('SIGINT', pass);
    process.off('SIGTERM', pass);
  };
  process.on('SIGINT', pass);
  process.on('SIGTERM', pass);
  return release;
}

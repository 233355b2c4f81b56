import { Console } from 'node:console';
import { setImmediate } from 'node:timers/promises';
import { isMainThread, parentPort, type WorkerOptions, workerData } from 'node:worker_threads';
import type { Guard, Misuse } from '../policy/index.ts';
import { builtIns } from './policy-globals.ts';
import {
  CALLS,
  INSIDE,
  insideOf,
  MOST_HEAP_MB,
  MOST_THREADS,
  type Shared,
  SLOT_BYTES,
  VM_MODULES,
  watchCalls,
} from './policy-worker.ts';

/** Whether this thread is the worker of a command. */
export function isPolicyWorker(): boolean {
  return !isMainThread && Object.hasOwn(Object(workerData), 'isothermCalls');
}

/** Settings with which threads of this worker have guards of their own; null in other threads. `modules` are loaded by each. */
export function settingsOfThreads(modules: readonly string[]): ((n: number) => WorkerOptions) | null {
  if (!isPolicyWorker()) return null;
  const { isothermCalls } = workerData as Shared;
  return (n) => ({
    workerData: { isothermCalls, thread: n + 1, modules } satisfies Shared,
    execArgv: [...VM_MODULES],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  });
}

/** Looks after the threads of this worker; `report` gets the n-th, from 0 on, if a call in it takes too long. */
export function watchThreads(report: (n: number) => void): () => void {
  return watchCalls(sharedCalls(), 1, MOST_THREADS, (thread) => report(thread - 1));
}

/** The n-th thread is no more: its last call has ended. */
export function endCall(n: number): void {
  Atomics.store(sharedCalls(), 2 * (n + 1) + INSIDE, 0);
}

function sharedCalls(): Int32Array {
  return new Int32Array((workerData as Shared).isothermCalls);
}

/** The modules that the worker that started this thread wants to have loaded. */
export function modulesOfThread(): readonly string[] {
  return isPolicyWorker() ? ((workerData as Shared).modules ?? []) : [];
}

/**
 * Guards of modules by number, inside the worker: they tell the watchdog of calls, keep clock and chance from the modules, and see to it
 * that no copy of a module changes what all share.
 */
export function workerGuards(): (n: number) => Guard {
  const { isothermCalls, thread } = workerData as Shared;
  const shared = new Int32Array(isothermCalls, thread * SLOT_BYTES);
  // Node warns of its interface for modules once; the reader of the results can do nothing about it.
  process.removeAllListeners('warning');
  // The threads of a comparison get jobs, and end with the thread that started them.
  if (thread === 0) parentPort?.on('message', (signal: NodeJS.Signals) => process.emit(signal)).unref();
  let inside = false;
  let read: Misuse | null = null;
  const refuse = (what: string): void => {
    if (!inside) return;
    const error = new Error(`a policy must not use ${what}`);
    read ??= { what, error };
    throw error;
  };
  forbid(refuse);
  Object.preventExtensions(globalThis);
  const restore = builtIns();
  let isLoad = false;
  const leave = (): Misuse | null => {
    inside = false;
    shared[INSIDE] = 0;
    const found = read ?? (isLoad ? restore() : null);
    read = null;
    return found;
  };
  return (n) => ({
    enter(isLoading = false) {
      inside = true;
      isLoad = isLoading;
      shared[CALLS]++;
      Atomics.store(shared, INSIDE, insideOf(n, isLoading));
    },
    leave,
  });
}

/** Lets the promises of modules come to rest. One that fails ends the program, one that never rests is a call that takes too long. */
export async function restOfPromises(): Promise<void> {
  const { isothermCalls, thread } = workerData as Shared;
  const shared = new Int32Array(isothermCalls, thread * SLOT_BYTES);
  Atomics.store(shared, INSIDE, insideOf(0, false));
  await setImmediate();
  Atomics.store(shared, INSIDE, 0);
}

const FUNCTIONS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'];
/** Ways to the clock, to chance, to the machine and to other threads. An event has a time stamp. */
const HIDDEN = [
  ...['process', 'crypto', 'require', 'performance', 'PerformanceMark', 'PerformanceObserver', 'Event', 'CustomEvent'],
  ...['AbortSignal', 'MessageChannel', 'BroadcastChannel', 'WebSocket', 'EventSource', 'navigator', 'Temporal'],
];

/** Puts a refusal in front of everything by which a program could learn the time, draw lots, or reach outside. */
function forbid(refuse: (what: string) => void): void {
  const world = globalThis as unknown as Record<string, unknown>;
  const OwnDate = Date;
  world.Date = new Proxy(OwnDate, {
    apply: (target, self, given) => {
      refuse('Date()');
      return Reflect.apply(target, self, given) as unknown;
    },
    construct: (target, given) => {
      if (given.length === 0) refuse('new Date()');
      return Reflect.construct(target, given) as object;
    },
    get: (target, key) => {
      if (key === 'now') refuse('Date.now');
      return Reflect.get(target, key) as unknown;
    },
  });
  before(Math, 'random', 'Math.random', refuse);
  for (const name of FUNCTIONS) before(world, name, name, refuse);
  for (const name of HIDDEN) hide(world, name, refuse);
  // Without a date it formats the present one, and in the zone of the machine.
  hide(Intl, 'DateTimeFormat', refuse);
  // Standard output is for results.
  world.console = new Console(process.stderr);
}

function before(owner: object, name: string, what: string, refuse: (what: string) => void): void {
  const called = (owner as Record<string, unknown>)[name];
  if (typeof called !== 'function') return;
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    value(...given: unknown[]) {
      refuse(what);
      return Reflect.apply(called, owner, given) as unknown;
    },
  });
}

function hide(world: object, name: string, refuse: (what: string) => void): void {
  const found = Object.getOwnPropertyDescriptor(world, name);
  if (!found?.configurable) return;
  Object.defineProperty(world, name, {
    ...(found.enumerable ? { enumerable: true } : {}),
    configurable: true,
    get() {
      refuse(name);
      return found.get ? (Reflect.apply(found.get, world, []) as unknown) : found.value;
    },
    set(value: unknown) {
      found.value = value;
    },
  });
}

import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Guard } from '../policy/index.ts';
import { CALLS, INSIDE, type Shared } from './policy-worker.ts';

/** Whether this thread is the worker of a command. */
export function isPolicyWorker(): boolean {
  return !isMainThread && Object.hasOwn(Object(workerData), 'isothermCalls');
}

/** The guard inside the worker: tells the watchdog of calls, and keeps clock and chance from the module. */
export function workerGuard(): Guard {
  const shared = new Int32Array((workerData as Shared).isothermCalls);
  // Node warns of its interface for modules once; the reader of the results can do nothing about it.
  process.removeAllListeners('warning');
  parentPort?.on('message', (signal: NodeJS.Signals) => process.emit(signal)).unref();
  let inside = false;
  let read: ReturnType<Guard['leave']> = null;
  const refuse = (what: string): void => {
    if (!inside) return;
    const error = new Error(`a policy must not use ${what}`);
    read ??= { what, error };
    throw error;
  };
  forbid(refuse);
  return {
    enter() {
      inside = true;
      shared[CALLS]++;
      Atomics.store(shared, INSIDE, 1);
    },
    leave() {
      inside = false;
      shared[INSIDE] = 0;
      const found = read;
      read = null;
      return found;
    },
  };
}

const FUNCTIONS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'];

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
  before(performance, 'now', 'performance.now', refuse);
  for (const name of FUNCTIONS) before(world, name, name, refuse);
  for (const name of ['process', 'crypto', 'require']) hide(world, name, refuse);
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

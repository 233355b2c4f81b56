import { type ErrorCode, fail, InputError, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';

/** Watches the calls of a module: it knows when one runs, and what it did that a policy must not do. */
export interface Guard {
  /** Begins a call, or the loading of the module. */
  enter(isLoading?: boolean): void;
  /** Ends a call. Returns what the module used that is no input of a policy; or null. */
  leave(): Misuse | null;
}

/** Something that a policy must not use (the clock, say), and where: an error that knows; or, for what it replaces, a word of its text. */
export interface Misuse {
  readonly what: string;
  readonly error: unknown;
  readonly word?: string;
}

/** For modules that the library's user has imported by himself. */
export const UNGUARDED: Guard = { enter: () => {}, leave: () => null };

/** Calls the functions of one module, and turns what goes wrong into errors with file and line. */
export interface Caller {
  readonly place: Span;
  /** For `decide`, without a closure: enter, call, leave. `leave` throws if the module read the clock or chance. */
  enter(): void;
  leave(): void;
  call<T>(name: string, run: () => T): T;
  explained(error: unknown, name: string): InputError;
  fail(code: ErrorCode, message: string, expected: string, suggestion?: string): never;
}

/** The way to change what a policy was given. */
export const COPIES = 'a new state in the decision, such as { ...state, count: state.count + 1 }, and copies of lists';

const EXPECTED: Readonly<Record<string, string>> = { decide: 'a decision', init: 'a state' };

/** Node's words for a change of a frozen object. */
const FROZEN =
  /^Cannot (?:assign to read only|set property|add property|delete property|define property|redefine property)/;

/**
 * The caller of a module's functions. Errors: `policy-impure` if the module read the clock or chance; its own exceptions keep file and
 * line.
 */
export function callerOf(policy: string, source: SourceText, guard: Guard): Caller {
  const found = /\bdecide\b/.exec(source.text);
  const place = spanOf(source, found?.index ?? 0, (found?.index ?? 0) + 6);
  const caller: Caller = {
    place,
    enter: () => guard.enter(),
    leave() {
      const read = guard.leave();
      if (read === null) return;
      const { what, error, word } = read;
      const isReplaced = word !== undefined;
      fail('policy-impure', `policy "${policy}" ${isReplaced ? 'replaces' : 'uses'} ${what}`, {
        span: frameOf(error, source) ?? wordPlace(source, word) ?? place,
        expected: isReplaced
          ? 'built-in objects as they are: the whole program shares them'
          : 'only view and state; view.timeS is the time and view.random() the chance',
      });
    },
    call(name, run) {
      guard.enter();
      try {
        return run();
      } catch (error) {
        throw caller.explained(error, name);
      } finally {
        caller.leave();
      }
    },
    explained(error, name) {
      if (error instanceof InputError) return error;
      const { message = String(error), stack } = Object(error) as { message?: string; stack?: string };
      const span = frameOf({ stack }, source) ?? place;
      if (error instanceof TypeError && FROZEN.test(message)) {
        const changes = `policy "${policy}": ${name} changes what it was given, which is frozen: ${message}`;
        return new InputError([{ code: 'policy-failed', message: changes, span, expected: COPIES }]);
      }
      const expected = EXPECTED[name] ?? 'a module that runs without an error';
      return new InputError([
        { code: 'policy-failed', message: `policy "${policy}": ${name} failed: ${message}`, span, expected },
      ]);
    },
    fail: (code, message, expected, suggestion) =>
      fail(code, `policy "${policy}": ${message}`, { span: place, expected, suggestion }),
  };
  return caller;
}

function wordPlace(source: SourceText, word: string | undefined): Span | undefined {
  const from = word === undefined ? -1 : source.text.search(new RegExp(`\\b${word}\\b`));
  return word === undefined || from < 0 ? undefined : spanOf(source, from, from + word.length);
}

/** The place in the module from which an error came: the first frame of its stack in that file. */
export function frameOf(error: unknown, source: SourceText): Span | undefined {
  const { stack } = Object(error) as { stack?: unknown };
  if (typeof stack !== 'string') return undefined;
  const at = stack.split('\n').find((frame) => frame.includes(`${source.file}:`));
  const [, line, column] = (at && /:(\d+):(\d+)\)?$/.exec(at)) || [];
  return line === undefined ? undefined : placeAt(source, Number(line), Number(column));
}

/** The place at a line and a column, to the end of the word there. */
export function placeAt(source: SourceText, line: number, column: number): Span {
  let from = 0;
  for (let n = 1; n < line; n++) from = source.text.indexOf('\n', from) + 1;
  const start = from + column - 1;
  const word = /^[\w$]+/.exec(source.text.slice(start, start + 100))?.[0].length ?? 1;
  return spanOf(source, start, start + word);
}

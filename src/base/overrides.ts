import { type Path, parseYaml, type YamlDocument } from './document.ts';
import { describeValue, fail, InputError, type Span } from './errors.ts';

/** One `--set path=value` of the command line. `span` is the place of the value. */
export interface Override {
  readonly path: Path;
  readonly value: unknown;
  readonly span: Span;
}

/** Parses `path=value`. The path consists of dotted keys and list indices; the value is YAML. Error: `override-invalid`. */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const lineText = text.replace(/[\r\n]/g, ' ');
  const path = text
    .slice(0, Math.max(0, equals))
    .split('.')
    .map((step) => step.trim());
  const at = (column: number, length: number): Span => ({ file: '--set', line: 1, column, length, lineText });
  if (equals < 1 || path.includes('')) {
    fail('override-invalid', `"${text}" is not an override`, {
      span: at(1, text.length),
      expected: 'path=value, such as policy.frequency=400MHz',
    });
  }
  const value = text.slice(equals + 1);
  const span = at(equals + 2, Math.max(1, value.length));
  return { path, value: yamlOf('--set', value, span), span };
}

/** The override behind a dedicated option, such as `--deadline 5ms`. Error: `override-invalid`, under the option's name. */
export function optionOverride(option: string, path: Path, text: string): Override {
  const lineText = text.replace(/[\r\n]/g, ' ');
  const span = { file: option, line: 1, column: 1, length: Math.max(1, text.length), lineText };
  return { path, value: yamlOf(option, text, span), span };
}

/** The override behind an option whose value is a name or a path, taken as it stands. */
export function nameOverride(option: string, path: Path, name: string): Override {
  const lineText = name.replace(/[\r\n]/g, ' ');
  return { path, value: name, span: { file: option, line: 1, column: 1, length: Math.max(1, name.length), lineText } };
}

function yamlOf(file: string, text: string, span: Span): unknown {
  try {
    return parseYaml({ file, text }).value;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return fail('override-invalid', error.diagnostics[0].message, { span, expected: 'a YAML value' });
  }
}

/**
 * The file against which to resolve a path written at `path`, as `relativeTo` expects it. Paths from the command line
 * are relative to the working directory, paths in a file to that file.
 */
export function seenFrom(document: YamlDocument, path: Path): string {
  return document.span(path).file === document.file ? document.file : '';
}

/** The document with values replaced. Errors about replaced values point at the command line. Error: `override-invalid`. */
export function withOverrides(document: YamlDocument, overrides: readonly Override[]): YamlDocument {
  if (overrides.length === 0) return document;
  const value = unshared(document.value);
  for (const override of overrides) setAt(value, override);
  /** The override that set the value at `path`. If the file has no such value, an override of a part of it counts. */
  const overriding = (path: Path): Override | undefined =>
    overrides.findLast((o) => startsWith(path, o.path)) ??
    (isIn(document.value, path) ? undefined : overrides.findLast((o) => startsWith(o.path, path)));
  return {
    ...document,
    value,
    span: (path) => overriding(path)?.span ?? document.span(path),
    keySpan: (path) => {
      const override = overriding(path);
      if (!override) return document.keySpan(path);
      return path.length > override.path.length ? override.span : pathSpan(override.span);
    },
  };
}

function isIn(value: unknown, path: Path): boolean {
  let node = value;
  for (const step of path) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, step)) return false;
    node = (node as Container)[step];
  }
  return true;
}

/** A copy in which each alias has its own value, so that replacing one leaves the others. */
function unshared(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(unshared);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, unshared(child)]));
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => String(step) === String(path[i]));
}

function setAt(root: unknown, override: Override): void {
  const { path, value } = override;
  let node = root;
  path.slice(0, -1).forEach((step, i) => {
    const container = containerAt(node, i, override);
    const key = keyIn(container, step, override, false);
    // Only own keys count: a key such as __proto__ would lead to the prototype.
    if (!Object.hasOwn(container, key) || container[key] === null) define(container, key, {});
    node = container[key];
  });
  const container = containerAt(node, path.length - 1, override);
  define(container, keyIn(container, path[path.length - 1], override, true), value);
}

type Container = Record<string, unknown>;

/** The container `depth` steps along the path. Error `override-invalid` if that value has no keys. */
function containerAt(node: unknown, depth: number, { path, span }: Override): Container {
  if (node !== null && typeof node === 'object') return node as Container;
  const what = depth === 0 ? 'the file' : `"${path.slice(0, depth).join('.')}"`;
  fail('override-invalid', `${what} is ${describeValue(node)}: there is nothing in it to replace`, {
    span: pathSpan(span),
    expected: 'the path of a key in a mapping, or of an entry of a list',
  });
}

/** The step as a key. For a list it is the index of an entry; a whole new entry may be appended, but not part of one. */
function keyIn(container: Container, step: string | number, { path, span }: Override, isWhole: boolean): string {
  if (!Array.isArray(container)) return String(step);
  const index = Number(step);
  const { length } = container;
  if (/^\d+$/.test(String(step)) && index < (isWhole ? length + 1 : length)) return String(index);
  const list = path.slice(0, path.indexOf(step)).join('.');
  const addition = isWhole || index !== length ? '' : `; ${list}.${length}={...} adds a whole entry`;
  const range = `a number from 0 to ${isWhole ? length : length - 1}${addition}`;
  const entries = length === 0 ? 'no entries' : `entries 0 to ${length - 1}; "${step}" is not one of them`;
  fail('override-invalid', `the list has ${entries}`, {
    span: pathSpan(span),
    expected: length === 0 && !isWhole ? `${list}.0={...}, which adds a whole entry` : range,
  });
}

/** The span of the path in `path=value`. */
function pathSpan(span: Span): Span {
  return { ...span, column: 1, length: Math.max(1, span.column - 2) };
}

/** Sets a plain own property whatever its name. The schema then refuses a key such as __proto__ like any unknown key. */
function define(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

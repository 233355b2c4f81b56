import { parse } from 'yaml';
import { fail, type Span } from '../errors.ts';
import type { Path, YamlDocument } from './document.ts';

/** One `--set path=value` of the command line. */
export interface Override {
  readonly path: Path;
  readonly value: unknown;
  readonly span: Span;
}

/** Reads `path=value`; the value is YAML, the path dotted keys. Error: `override-invalid`. */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const span = {
    file: '--set',
    line: 1,
    column: equals + 2,
    length: Math.max(1, text.length - equals - 1),
    lineText: text,
  };
  const path = text
    .slice(0, Math.max(0, equals))
    .split('.')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.trim()));
  if (equals < 1 || path.includes('')) {
    fail('override-invalid', `"${text}" is not an override`, {
      span: { ...span, column: 1, length: text.length },
      expected: 'path=value, such as policy.frequency=400MHz',
    });
  }
  try {
    return { path, value: parse(text.slice(equals + 1)), span };
  } catch (error) {
    fail('override-invalid', (error as Error).message, { span, expected: 'a YAML value' });
  }
}

/** The document with values replaced; errors about them point at the command line. Error: `override-invalid`. */
export function withOverrides(document: YamlDocument, overrides: readonly Override[]): YamlDocument {
  if (overrides.length === 0) return document;
  const value = structuredClone(document.value);
  for (const override of overrides) setAt(value, override);
  const overriding = (path: Path): Span | undefined => overrides.findLast((o) => startsWith(path, o.path))?.span;
  return {
    ...document,
    value,
    span: (path) => overriding(path) ?? document.span(path),
    keySpan: (path) => overriding(path) ?? document.keySpan(path),
  };
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => String(step) === String(path[i]));
}

function setAt(root: unknown, { path, value, span }: Override): void {
  let node = root as Record<string | number, unknown>;
  path.slice(0, -1).forEach((step, i) => {
    if (node === null || typeof node !== 'object') return;
    node[step] ??= {};
    node = node[step] as Record<string | number, unknown>;
    if (node === null || typeof node !== 'object') {
      fail('override-invalid', `"${path.slice(0, i + 1).join('.')}" is a value, not a mapping`, {
        span: { ...span, column: 1, length: path.join('.').length },
      });
    }
  });
  if (node === null || typeof node !== 'object') {
    fail('override-invalid', 'the file has no mapping to set a key in', { span });
  }
  // A key such as __proto__ must become a plain key that the schema then refuses.
  Object.defineProperty(node, path[path.length - 1], { value, enumerable: true, configurable: true, writable: true });
}

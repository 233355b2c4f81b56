import type { TSchema } from '@sinclair/typebox';
import type { Diagnostic } from '../base/errors.ts';
import { AcceleratorSchema } from '../design/index.ts';
import { POLICY_KINDS } from '../policy/index.ts';
import { ExperimentSchema } from './experiment-file.ts';

/** Adds the full path as a suggestion if a `--set` names an unknown key. */
export function withFullPath(problem: Diagnostic): Diagnostic {
  const { code, span } = problem;
  if (code !== 'unknown-key' || span?.file !== '--set') return problem;
  const path = span.lineText.slice(0, span.lineText.indexOf('=')).trim();
  const suggestion = fullPath(path);
  return suggestion === undefined ? problem : { ...problem, suggestion };
}

/** The shortest schema path that ends in `path`; undefined if there is none. */
function fullPath(path: string): string | undefined {
  const all = [
    ...pathsOf(ExperimentSchema, ''),
    ...pathsOf(AcceleratorSchema, 'accelerator.'),
    ...POLICY_KINDS.flatMap(({ parameters }) => pathsOf(parameters, 'policy.')),
  ];
  // A key that exists is out of place for another reason.
  if (all.includes(path)) return undefined;
  const found = all.filter((known) => known.endsWith(`.${path}`));
  // The schema has no paths for keys below a list or a free mapping, so their beginning decides.
  const below = all.filter((known) => path.startsWith(`${known.slice(known.indexOf('.') + 1)}.`));
  const [first] = found.sort((a, b) => a.split('.').length - b.split('.').length);
  return first ?? (below.length > 0 ? `${below[0].split('.')[0]}.${path}` : undefined);
}

/** Paths of the keys that a schema names. */
function pathsOf(schema: TSchema, prefix: string): string[] {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, TSchema>);
  return properties.flatMap(([key, inner]) => [`${prefix}${key}`, ...pathsOf(inner, `${prefix}${key}.`)]);
}

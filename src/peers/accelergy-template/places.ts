import { fail, type Span } from '../../base/errors.ts';
import { type Files, leadsOutside, relativeTo } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import type { ExpressionValue } from '../../energy/index.ts';
import { childOf, type TaggedNode } from '../../formats/tagged-yaml.ts';

/** The folders below which a template may read files. */
export interface TemplateFiles {
  readonly files: Files;
  readonly roots: readonly string[];
}

/** A path of the template, which must lie below one of the folders, links followed. Error: `out-of-range`. */
export function placeOf(
  path: ExpressionValue | undefined,
  source: SourceText,
  { files, roots }: TemplateFiles,
  span: Span,
): string {
  if (typeof path !== 'string' || path === '')
    fail('wrong-type', 'a path is missing', { span, expected: 'the path of a file in quotes' });
  const place = relativeTo(source.file, path);
  const isInside = roots.some((root) =>
    root === '.'
      ? !place.startsWith('/') && !place.startsWith('../')
      : place.startsWith(`${root}/`) && !place.startsWith('../', root.length + 1),
  );
  if (isInside && !leadsOutside(files, place, roots)) return place;
  return fail('out-of-range', `the path "${path}" leads outside the folder of the input`, {
    span,
    expected: `a file below ${roots.join(' or ')}`,
  });
}

/** The node under a dotted key; the whole without a key. Error: `missing-key`. */
export function nodeAt(root: TaggedNode, key: ExpressionValue | undefined, span: Span): TaggedNode {
  let node = root;
  for (const name of key === undefined || key === '' ? [] : String(key).split('.')) {
    node = childOf(node, name) ?? fail('missing-key', `the included file has no "${key}"`, { span });
  }
  return node;
}

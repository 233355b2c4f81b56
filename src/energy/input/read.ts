import { fail, nearestName, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import {
  type AccelergyParts,
  type Attributes,
  attributesOf,
  isEmpty,
  mapOf,
  ROLES,
  readParts,
} from '../../formats/accelergy/index.ts';
import { childOf, type TaggedNode } from '../../formats/tagged-yaml.ts';

/** An Accelergy file for a run, as written. */
export interface DesignFile {
  /** The whole of it. */
  readonly span: Span;
  readonly architecture: TaggedNode | undefined;
  readonly classes: readonly TaggedNode[];
  readonly variables: Attributes;
}

/**
 * Reads a file in the format of Accelergy 0.4 for a run, which takes architectures, classes and variables of it. Other top-level keys are
 * ignored, as in Accelergy (people keep YAML anchors there), unless one looks like a misspelling. Errors: those of `readParts`,
 * `unknown-key`, `out-of-range` (another version), `wrong-type`.
 */
export function readDesignFile(source: SourceText): DesignFile {
  return designFileOf(readParts([source]), source);
}

/** As `readDesignFile`, of the parts of a file that is parsed already. */
export function designFileOf({ parts, ignored }: AccelergyParts, source: SourceText): DesignFile {
  for (const { key, span } of ignored) {
    const suggestion = nearestName(key, ROLES);
    if (suggestion)
      fail('unknown-key', `unknown key "${key}" in the file`, {
        span,
        expected: `one of ${ROLES.join(', ')}`,
        suggestion,
      });
  }
  for (const node of [...parts.architecture, ...parts.compound_components, ...parts.variables]) {
    const version = childOf(node, 'version');
    if (version?.kind !== 'scalar' || String(version.value) === '0.4') continue;
    fail('out-of-range', `version ${version.value} cannot be read for a run`, { span: version.span, expected: '0.4' });
  }
  const variables = parts.variables
    .filter((node) => !isEmpty(node))
    .map((node) => attributesOf(mapOf(node, 'variables')));
  return {
    span: spanOf(source, 0, Math.max(1, source.text.trimEnd().length)),
    architecture: parts.architecture[0],
    classes: parts.compound_components,
    variables: new Map(variables.flatMap((one) => [...one]).filter(([name]) => name !== 'version')),
  };
}

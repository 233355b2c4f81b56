import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { childOf, parseTaggedYaml, type TaggedNode } from '../tagged-yaml.ts';
import { BARE } from './attributes.ts';

/** The roles that a top-level key gives a file, or a part of it. */
export const ROLES = ['architecture', 'arch', 'compound_components', 'action_counts', 'ERT', 'variables'] as const;

export type Role = (typeof ROLES)[number];

/** Parts of Timeloop's files that say nothing about energies. */
const TIMELOOP = [
  'problem',
  'mapping',
  'mapper',
  'constraints',
  'architecture_constraints',
  'mapspace_constraints',
  'mapspace',
  'sparse_optimizations',
  'globals',
  'templates',
];

/** The parts of all files by role, in the order of reading. */
export interface AccelergyParts {
  readonly parts: Readonly<Record<Role, readonly TaggedNode[]>>;
  /** Whether the part that was read last is older than 0.4. */
  readonly isLegacy: boolean;
  /** The start of the first file, for what is missing in all of them. */
  readonly start: Span | undefined;
  /** Top-level keys that no role knows. */
  readonly ignored: readonly { readonly key: string; readonly span: Span }[];
  /** Tags without a meaning. */
  readonly tags: readonly { readonly tag: string; readonly span: Span }[];
}

/** Tags of Timeloop's nodes and of merges, and that of templates. */
const TAGS = ['!Container', '!Component', '!Parallel', '!Nothing', '!nomerge', BARE];

/** Parses the files and sorts their parts by role. Errors, of all files together: `yaml-syntax`, those of versions. */
export function readParts(texts: readonly SourceText[]): AccelergyParts {
  const parts: Record<Role, TaggedNode[]> = {
    architecture: [],
    arch: [],
    compound_components: [],
    action_counts: [],
    ERT: [],
    variables: [],
  };
  const problems: Diagnostic[] = [];
  const ignored: { key: string; span: Span }[] = [];
  const tags: { tag: string; span: Span }[] = [];
  let isLegacy = false;
  for (const source of texts) {
    try {
      const root = parseTaggedYaml(source, (tag, span) => {
        if (!TAGS.includes(tag)) tags.push({ tag, span });
      });
      if (root.kind === 'scalar' && root.value === null) continue;
      if (root.kind !== 'map')
        fail('wrong-type', `${source.file} is no mapping`, {
          span: root.span,
          expected: `a mapping with ${ROLES.join(', ')}`,
        });
      for (const [key, { node, keySpan }] of root.entries) {
        const role = ROLES.find((one) => one === key);
        if (role) {
          isLegacy = isLegacyPart(role, node, isLegacy);
          parts[role].push(node);
        } else if (key === 'flattened_architecture') {
          fail('not-supported', '"flattened_architecture" is an output of Accelergy, which it cannot read itself', {
            span: keySpan,
            expected: 'architecture',
          });
        } else {
          ignored.push({ key, span: keySpan });
        }
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const designs = [...parts.architecture, ...parts.arch];
  if (designs.length > 1) {
    fail('duplicate-name', 'there is already an architecture', {
      span: designs[1].span,
      expected: 'one architecture in all files',
    });
  }
  return { parts, isLegacy, ignored, tags, start: texts.length > 0 ? spanOf(texts[0], 0, 1) : undefined };
}

/** The remedy for a tag without a meaning. */
export function insteadOfTag(tag: string): string {
  return tag === '!include' ? '{{ include("file.yaml") }}' : 'a value without a tag';
}

/** Why a top-level key that has no role is passed over. */
export function ignoredBecause(key: string): string {
  return TIMELOOP.includes(key)
    ? `"${key}" is for Timeloop and does not enter the estimate`
    : `the top-level key "${key}" has no meaning here and is ignored`;
}

const VERSIONS = ['0.2', '0.3', '0.4'];

/** Whether a part is of a version older than 0.4. The versions of classes and variables may be missing, as Accelergy allows. */
function isLegacyPart(role: Role, node: TaggedNode, before: boolean): boolean {
  const version = childOf(node, 'version');
  // Timeloop 0.1 wrote no version; its `arch` has the meaning of its day.
  if (role === 'arch') return true;
  const isNeeded = (role === 'architecture' && childOf(node, 'nodes') === undefined) || role === 'action_counts';
  if (version === undefined) {
    if (isNeeded && node.kind === 'map')
      fail('missing-key', `"${role}" needs the key "version"`, { span: node.span, expected: 'version: 0.4' });
    return before;
  }
  const text = version.kind === 'scalar' ? String(version.value) : '';
  if (!VERSIONS.includes(text)) {
    fail('out-of-range', `version ${text || 'of that kind'} of "${role}" cannot be read`, {
      span: version.span,
      expected: VERSIONS.join(', '),
    });
  }
  // Variables do not take part: Accelergy looks at the versions of the other parts alone.
  return role === 'variables' ? before : text !== '0.4';
}

import type { Path, YamlDocument } from '../../base/document.ts';
import { fail, type Span } from '../../base/errors.ts';
import { type Files, readText, relativeTo } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import { parseTaggedYaml, plainValueOf, type TaggedNode } from '../tagged-yaml.ts';

/** A YAML document whose parts may come from other files, and whose nodes may have Timeloop's tags. */
export interface TimeloopDocument extends YamlDocument {
  /** The tag of the value at `path`, such as `!Component`. */
  tag(path: Path): string | undefined;
}

/** Tags of Timeloop 0.4's nodes. Elsewhere a tag is an error. */
export const NODE_TAGS = ['!Component', '!Container', '!Hierarchical', '!Parallel', '!Pipelined', '!Nothing'];

const INCLUDE = '!include';

/** Most files that one document includes, each counted as often as it is named. */
const MOST_INCLUDES = 1000;
/** Most values of a document with all that it includes. */
const MOST_NODES = 1_000_000;

/**
 * Reads a YAML file and puts the files in that it names as `!include other.yaml`, relative to itself. Errors: those of
 * `parseTaggedYaml` and `readText`; `include-cycle` for a file that includes itself, also over others; `out-of-range` for too many;
 * `yaml-syntax` for other tags; `not-supported` for an include without `files`.
 */
export function readDocument(source: SourceText, files?: Files): TimeloopDocument {
  const includes: Includes = { files, count: 0, size: 0 };
  const root = included(parseTaggedYaml(source), source.file, [relativeTo('', source.file)], includes);
  const at = (path: Path): { readonly node: TaggedNode; readonly key: Span; readonly depth: number } => {
    let node = root;
    let key = root.span;
    for (let depth = 0; depth < path.length; depth++) {
      const next = childAt(node, path[depth]);
      if (!next) return { node, key, depth };
      node = next.node;
      key = next.key;
    }
    return { node, key, depth: path.length };
  };
  return {
    file: source.file,
    text: source.text,
    value: plainValueOf(root),
    span: (path) => at(path).node.span,
    keySpan: (path) => at(path).key,
    isQuoted: (path) => {
      const { node } = at(path);
      return node.kind === 'scalar' && node.quoted;
    },
    tag: (path) => {
      const { node, depth } = at(path);
      return depth === path.length ? node.tag : undefined;
    },
  };
}

function childAt(node: TaggedNode, step: string | number): { node: TaggedNode; key: Span } | undefined {
  if (node.kind === 'list') {
    const item = node.items[Number(step)];
    return item && { node: item, key: item.span };
  }
  const entry = node.kind === 'map' ? node.entries.get(String(step)) : undefined;
  return entry && { node: entry.node, key: entry.keySpan };
}

interface Includes {
  readonly files: Files | undefined;
  count: number;
  size: number;
}

/** The node with every include in it replaced. `stack` has the files that are being read, the outermost first. */
function included(node: TaggedNode, file: string, stack: readonly string[], includes: Includes): TaggedNode {
  if (++includes.size > MOST_NODES)
    fail('out-of-range', `more than ${MOST_NODES} values`, { span: node.span, expected: 'a smaller file' });
  if (node.tag === INCLUDE) return fileIn(node, file, stack, includes);
  if (node.tag !== undefined && !NODE_TAGS.includes(node.tag))
    fail('yaml-syntax', `unresolved tag: ${node.tag}`, {
      span: node.span,
      expected: `no tag, ${INCLUDE}, or one of ${NODE_TAGS.join(', ')}`,
    });
  switch (node.kind) {
    case 'list':
      return { ...node, items: node.items.map((item) => included(item, file, stack, includes)) };
    case 'map':
      return {
        ...node,
        entries: new Map(
          [...node.entries].map(([key, entry]) => [
            key,
            { ...entry, node: included(entry.node, file, stack, includes) },
          ]),
        ),
      };
    default:
      return node;
  }
}

function fileIn(node: TaggedNode, from: string, stack: readonly string[], includes: Includes): TaggedNode {
  const { span } = node;
  const { files } = includes;
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value.trim() === '')
    return fail('wrong-type', `${INCLUDE} names no file`, { span, expected: `${INCLUDE} other.yaml` });
  if (!files) return fail('not-supported', `${INCLUDE} of ${node.value} without a file system`, { span });
  const path = relativeTo(from, node.value.trim());
  if (stack.includes(path)) {
    const circle = [...stack.slice(stack.indexOf(path)), path].join(' -> ');
    return fail('include-cycle', `the file includes itself: ${circle}`, {
      span,
      expected: 'includes without a circle',
    });
  }
  if (++includes.count > MOST_INCLUDES)
    return fail('out-of-range', `more than ${MOST_INCLUDES} includes`, { span, expected: 'fewer' });
  return included(parseTaggedYaml(readText(files, path, undefined, span)), path, [...stack, path], includes);
}

import { fail, type Span } from '../../base/errors.ts';
import { type Files, readText, relativeTo } from '../../base/files.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import {
  type ExpressionNames,
  type ExpressionOperand,
  type ExpressionValue,
  evaluateOperand,
  textOf,
} from '../../energy/index.ts';
import { childOf, parseTaggedYaml, type TaggedNode } from '../../formats/tagged-yaml.ts';
import { flowText } from './flow.ts';
import { isTemplate, parseTemplate, type TemplatePart } from './syntax.ts';

/** Limits of one file: what a template may write, and how often its loops may turn. */
const MOST_TEXT = 2_000_000;
const MOST_TURNS = 100_000;
const DEEPEST_INCLUDE = 20;

/** The folders below which a template may read files. */
export interface TemplateFiles {
  readonly files: Files;
  readonly roots: readonly string[];
}

interface Rendering {
  readonly source: SourceText;
  readonly from: TemplateFiles;
  /** The files that include this one. */
  readonly way: readonly string[];
  readonly variables: Map<string, ExpressionOperand>;
  turns: number;
  size: number;
}

/**
 * The text of a template with its outputs filled in. A text without marks is returned as it is; the lines of another belong to
 * the rendered text, and its file name says so. Errors: those of `parseTemplate` and of expressions; `not-supported` for
 * functions that change the surroundings; `out-of-range` for a path outside the folders, a cycle, or too much text.
 */
export function renderTemplate(source: SourceText, from: TemplateFiles, way: readonly string[] = []): SourceText {
  if (!isTemplate(source.text)) return source;
  if (way.includes(source.file) || way.length > DEEPEST_INCLUDE) {
    fail('out-of-range', `${source.file} includes itself: ${[...way, source.file].join(' -> ')}`, {
      span: spanOf(source, 0, 1),
      expected: 'files that do not include each other in a circle',
    });
  }
  const rendering: Rendering = { source, from, way: [...way, source.file], variables: new Map(), turns: 0, size: 0 };
  const parts: string[] = [];
  renderAll(parseTemplate(source), rendering, parts);
  return { file: `${source.file} (rendered)`, text: parts.join('') };
}

function renderAll(parts: readonly TemplatePart[], rendering: Rendering, out: string[]): void {
  for (const part of parts) render(part, rendering, out);
}

function render(part: TemplatePart, rendering: Rendering, out: string[]): void {
  switch (part.kind) {
    case 'text':
      write(part.text, rendering, out);
      break;
    case 'output':
      write(outputText(operandIn(part.text, part.at, rendering)), rendering, out);
      break;
    case 'set':
      rendering.variables.set(part.name, operandIn(part.text, part.at, rendering));
      break;
    case 'for':
      renderLoop(part, rendering, out);
      break;
    case 'if': {
      const branch = part.branches.find(({ text, at }) => text === undefined || isTrue(operandIn(text, at, rendering)));
      if (branch) renderAll(branch.body, rendering, out);
    }
  }
}

function renderLoop(part: Extract<TemplatePart, { kind: 'for' }>, rendering: Rendering, out: string[]): void {
  const list = operandIn(part.text, part.at, rendering);
  if (!Array.isArray(list))
    fail('wrong-type', `"${part.text}" is no list`, {
      span: spanAt(rendering, part),
      expected: 'a list such as range(4)',
    });
  const outer = rendering.variables.get(part.name);
  for (const item of list) {
    if (++rendering.turns > MOST_TURNS)
      fail('out-of-range', `the loops of the template turn more than ${MOST_TURNS} times`, {
        span: spanAt(rendering, part),
      });
    rendering.variables.set(part.name, item);
    renderAll(part.body, rendering, out);
  }
  if (outer === undefined) rendering.variables.delete(part.name);
  else rendering.variables.set(part.name, outer);
}

function write(text: string, rendering: Rendering, out: string[]): void {
  rendering.size += text.length;
  if (rendering.size > MOST_TEXT)
    fail('out-of-range', `the template writes more than ${MOST_TEXT} characters`, {
      span: spanOf(rendering.source, 0, 1),
    });
  out.push(text);
}

function spanAt({ source }: Rendering, { at, text }: { readonly at: number; readonly text: string }): Span {
  const from = Math.max(at, source.text.indexOf(text, at));
  return spanOf(source, from, from + text.length);
}

function isTrue(value: ExpressionOperand): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== 0 && value !== '' && value !== false;
}

function outputText(value: ExpressionOperand): string {
  return typeof value === 'object' ? `[${value.map((item) => outputText(item)).join(', ')}]` : textOf(value);
}

const CALL = /^([A-Za-z_]\w*)\s*\((.*)\)$/s;
const FILTERS: readonly string[] = ['int', 'float', 'round', 'abs', 'max', 'min', 'sum'];

/** The value of an expression: a call that reads files, a filter, a test of a name, or an expression of ours. */
function operandIn(text: string, at: number, rendering: Rendering): ExpressionOperand {
  const span = spanAt(rendering, { at, text });
  const pipe = filterAt(text);
  if (pipe > 0) return filtered(text.slice(0, pipe).trim(), text.slice(pipe + 1).trim(), at, rendering, span);
  const test = /^([A-Za-z_]\w*)\s+is\s+(not\s+)?defined$/.exec(text);
  if (test) return rendering.variables.has(test[1]) === (test[2] === undefined);
  const own = rendering.variables.get(text);
  if (own !== undefined) return own;
  const call = CALL.exec(text);
  if (call && Object.hasOwn(READERS, call[1])) return called(call[1], call[2], rendering, span);
  return evaluateOperand(text, namesOf(rendering), span);
}

/** The place of the last `|` outside quotes and brackets. */
function filterAt(text: string): number {
  let depth = 0;
  let quote = '';
  let found = -1;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (c === '|' && depth === 0) found = i;
  }
  return found;
}

function filtered(value: string, filter: string, at: number, rendering: Rendering, span: Span): ExpressionOperand {
  const call = /^default\s*\((.*)\)$/s.exec(filter);
  if (call) {
    const isMissing = /^[A-Za-z_]\w*$/.test(value) && !rendering.variables.has(value);
    return operandIn(isMissing ? call[1].trim() : value, at, rendering);
  }
  if (!FILTERS.includes(filter))
    fail('not-supported', `the filter "${filter}" of Jinja is not supported`, {
      span,
      expected: `default(value), ${FILTERS.join(', ')}`,
    });
  const operand = outputText(operandIn(value, at, rendering));
  return evaluateOperand(`${filter}(${operand})`, namesOf(rendering), span);
}

function namesOf({ variables }: Rendering): ExpressionNames {
  return {
    size: variables.size,
    keys: () => variables.keys(),
    get: (name) => {
      const value = variables.get(name);
      return typeof value === 'object' ? undefined : value;
    },
  };
}

/** The functions that read files, and those that would change the surroundings. */
const READERS: Readonly<
  Record<string, (texts: readonly ExpressionValue[], rendering: Rendering, span: Span) => ExpressionOperand>
> = {
  include: ([path, key], rendering, span) => flowText(nodeAt(included(path, rendering, span), key, span)),
  include_text: ([path], rendering, span) => {
    const source = fileAt(path, rendering, span);
    return renderTemplate(source, rendering.from, rendering.way).text;
  },
  include_all: ([pattern, key], rendering, span) => includedAll(pattern, key, rendering, span),
  path_exists: ([path], rendering, span) => rendering.from.files.read(placeOf(path, rendering, span)) !== undefined,
  find_path: ([path], rendering, span) => fileAt(path, rendering, span).file,
  cwd: (_, rendering) => relativeTo(rendering.source.file, '.'),
  add_to_path: (_, __, span) => refuseChange('add_to_path', span),
  setenv: (_, __, span) => refuseChange('setenv', span),
};

function refuseChange(name: string, span: Span): never {
  fail('not-supported', `"${name}" would change the surroundings of the program`, {
    span,
    expected: 'paths relative to the file',
  });
}

function called(name: string, args: string, rendering: Rendering, span: Span): ExpressionOperand {
  const operands = evaluateOperand(`[${args}]`, namesOf(rendering), span) as readonly ExpressionOperand[];
  const texts = operands.map((operand) =>
    typeof operand === 'object' ? fail('wrong-type', `"${name}" takes no list`, { span }) : operand,
  );
  return READERS[name](texts, rendering, span);
}

/** A path of the template, which must lie below one of the folders. Error: `out-of-range`. */
function placeOf(path: ExpressionValue | undefined, { source, from }: Rendering, span: Span): string {
  if (typeof path !== 'string' || path === '')
    fail('wrong-type', 'a path is missing', { span, expected: 'the path of a file in quotes' });
  const place = relativeTo(source.file, path);
  const isInside = from.roots.some((root) =>
    root === '.' ? !place.startsWith('/') && !place.startsWith('../') : place.startsWith(`${root}/`),
  );
  if (isInside) return place;
  return fail('out-of-range', `the path "${path}" leads outside the folder of the input`, {
    span,
    expected: `a file below ${from.roots.join(' or ')}`,
  });
}

function fileAt(path: ExpressionValue | undefined, rendering: Rendering, span: Span): SourceText {
  return readText(rendering.from.files, placeOf(path, rendering, span), 'a file to include', span);
}

function included(path: ExpressionValue | undefined, rendering: Rendering, span: Span): TaggedNode {
  return parseTaggedYaml(renderTemplate(fileAt(path, rendering, span), rendering.from, rendering.way));
}

/** The node under a dotted key; the whole without a key. Error: `missing-key`. */
function nodeAt(root: TaggedNode, key: ExpressionValue | undefined, span: Span): TaggedNode {
  let node = root;
  for (const name of key === undefined || key === '' ? [] : String(key).split('.')) {
    node = childOf(node, name) ?? fail('missing-key', `the included file has no "${key}"`, { span });
  }
  return node;
}

/** The lists under a key of all files of a pattern (`classes/*.yaml`) as one list. */
function includedAll(
  pattern: ExpressionValue | undefined,
  key: ExpressionValue | undefined,
  rendering: Rendering,
  span: Span,
): string {
  const [folder, ending] =
    /^(.*\/)?\*([^*/]*)$/.exec(String(pattern))?.slice(1) ??
    fail('not-supported', `the pattern "${pattern}" is not supported`, {
      span,
      expected: 'a pattern such as classes/*.yaml',
    });
  const place = placeOf(`${folder ?? ''}x`, rendering, span).slice(0, -2);
  const names = rendering.from.files.list(place === '' ? '.' : place).filter((name) => name.endsWith(ending));
  const items = names.flatMap((name) => {
    const node = nodeAt(included(`${folder ?? ''}${name}`, rendering, span), key, span);
    return node.kind === 'list' ? node.items : [node];
  });
  return `[${items.map(flowText).join(', ')}]`;
}

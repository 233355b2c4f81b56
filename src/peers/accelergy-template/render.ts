import { fail, InputError, type Span } from '../../base/errors.ts';
import { readText, relativeTo } from '../../base/files.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { type ExpressionOperand, type ExpressionValue, evaluateOperand } from '../../energy/index.ts';
import { parseTaggedYaml, type TaggedNode } from '../../formats/tagged-yaml.ts';
import { type FilterUse, filteredBy, firstFilter, outputText } from './filters.ts';
import { flowText } from './flow.ts';
import { DEEPEST_INCLUDE, MOST_TEXT } from './pasted.ts';
import { nodeAt, placeOf, type TemplateFiles } from './places.ts';
import { isTemplate, type Macro, parseTemplate, type TemplatePart } from './syntax.ts';

/** How often the loops of one file may turn. */
const MOST_TURNS = 100_000;

interface Rendering {
  readonly source: SourceText;
  readonly from: TemplateFiles;
  /** Values of names that the user gave. */
  readonly defined: ReadonlyMap<string, ExpressionOperand>;
  /** The files that include this one. */
  readonly way: readonly string[];
  readonly variables: Map<string, ExpressionOperand>;
  readonly macros: Map<string, Macro>;
  /** How many macros are open. */
  readonly depth: number;
  turns: number;
  size: number;
}

/**
 * The text of a template with its outputs filled in. A text without marks is returned as it is; the lines of another belong to
 * the rendered text, and its file name says so. Errors: those of `parseTemplate` and of expressions; `not-supported` for
 * functions that change the surroundings; `out-of-range` for a path outside the folders, a cycle, or too much text.
 */
export function renderTemplate(
  source: SourceText,
  from: TemplateFiles,
  defined: ReadonlyMap<string, ExpressionOperand> = new Map(),
  way: readonly string[] = [],
): SourceText {
  if (!isTemplate(source.text)) return source;
  if (way.includes(source.file) || way.length > DEEPEST_INCLUDE) {
    fail('out-of-range', `${source.file} includes itself: ${[...way, source.file].join(' -> ')}`, {
      span: spanOf(source, 0, 1),
      expected: 'files that do not include each other in a circle',
    });
  }
  const rendering: Rendering = {
    source,
    from,
    defined,
    way: [...way, source.file],
    variables: new Map(defined),
    macros: new Map(),
    depth: 0,
    turns: 0,
    size: 0,
  };
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
    case 'macro':
      rendering.macros.set(part.name, part);
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
  const { names } = part;
  const outer = names.map((name) => [name, rendering.variables.get(name)] as const);
  for (const item of list) {
    if (++rendering.turns > MOST_TURNS) failTurns(spanAt(rendering, part));
    const values = names.length === 1 ? [item] : item;
    if (typeof values !== 'object' || values.length !== names.length)
      fail('wrong-type', `an item of "${part.text}" is no list of ${names.length}`, { span: spanAt(rendering, part) });
    names.forEach((name, k) => void rendering.variables.set(name, values[k]));
    renderAll(part.body, rendering, out);
  }
  for (const [name, value] of outer) {
    if (value === undefined) rendering.variables.delete(name);
    else rendering.variables.set(name, value);
  }
}

function failTurns(span: Span): never {
  fail('out-of-range', `the template takes more than ${MOST_TURNS} turns of loops, macros and filters`, { span });
}

/** Most macros that call each other. */
const DEEPEST_MACRO = 50;

/** The text of a macro. It sees the variables of the template as they are now, and its parameters. */
function expanded(macro: Macro, args: string, rendering: Rendering, span: Span): string {
  const given = args.trim() === '' ? [] : (valueIn(`[${args}]`, rendering, span) as ExpressionOperand[]);
  if (given.length > macro.parameters.length)
    fail('argument-out-of-range', `the macro "${macro.name}" takes ${macro.parameters.length} arguments`, { span });
  if (++rendering.turns > MOST_TURNS) failTurns(span);
  if (rendering.depth >= DEEPEST_MACRO)
    fail('out-of-range', `macros call each other more than ${DEEPEST_MACRO} deep`, { span });
  const variables = new Map(rendering.variables);
  macro.parameters.forEach(({ name, otherwise }, i) => {
    if (i < given.length) variables.set(name, given[i]);
    else if (otherwise !== undefined) variables.set(name, valueIn(otherwise, rendering, span));
    else variables.delete(name);
  });
  const inner: Rendering = { ...rendering, variables, depth: rendering.depth + 1 };
  const out: string[] = [];
  renderAll(macro.body, inner, out);
  rendering.turns = inner.turns;
  return out.join('');
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

const CALL = /^([A-Za-z_]\w*)\s*\((.*)\)$/s;

/** The value of an expression: a call that reads files, a filter, a test of a name, or an expression of ours. */
function operandIn(text: string, at: number, rendering: Rendering): ExpressionOperand {
  const span = spanAt(rendering, { at, text });
  const filter = firstFilter(text);
  if (filter) return withFilter(text, filter, at, rendering, span);
  const test = /^([A-Za-z_]\w*)\s+is\s+(not\s+)?defined$/.exec(text);
  if (test) return rendering.variables.has(test[1]) === (test[2] === undefined);
  const own = rendering.variables.get(text);
  if (own !== undefined) return own;
  const call = CALL.exec(text);
  if (call && CHANGES.includes(call[1])) return refuseChange(call[1], span);
  if (call && Object.hasOwn(READERS, call[1])) return called(call[1], call[2], rendering, span);
  const macro = call && rendering.macros.get(call[1]);
  if (macro) return expanded(macro, call[2], rendering, span);
  return valueIn(text, rendering, span);
}

/** The value of an expression; a name that the template leaves open can be given from outside. */
function valueIn(text: string, rendering: Rendering, span: Span): ExpressionOperand {
  try {
    return evaluateOperand(text, rendering.variables, span);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.diagnostics.map((d) => {
        const open = d.code === 'expression-unknown-name' ? /^no value is named "(\w+)"$/.exec(d.message) : null;
        return open ? { ...d, expected: `--define ${open[1]}=VALUE, or {% set ${open[1]} = VALUE %} in the file` } : d;
      }),
    );
  }
}

/** The value of a filter, put under a name of its own into the rest of the expression. */
function withFilter(text: string, use: FilterUse, at: number, rendering: Rendering, span: Span): ExpressionOperand {
  if (++rendering.turns > MOST_TURNS) failTurns(span);
  const result = filterValue(use, at, rendering, span);
  const [before, after] = [text.slice(0, use.from), text.slice(use.to)];
  if (before.trim() === '' && after.trim() === '') return result;
  const name = `filtered_${rendering.turns}_`;
  rendering.variables.set(name, result);
  try {
    return operandIn(`${before} ${name} ${after}`.trim(), at, rendering);
  } finally {
    rendering.variables.delete(name);
  }
}

function filterValue(use: FilterUse, at: number, rendering: Rendering, span: Span): ExpressionOperand {
  const { value, name } = use;
  const isMissing = /^[A-Za-z_]\w*$/.test(value) && !rendering.variables.has(value);
  if (name === 'default') return operandIn(isMissing ? use.arguments.trim() || "''" : value, at, rendering);
  const given = use.arguments.trim() === '' ? [] : valueIn(`[${use.arguments}]`, rendering, span);
  return filteredBy(use, operandIn(value, at, rendering), given as readonly ExpressionOperand[], span);
}

/** The functions that read files. */
const READERS: Readonly<
  Record<string, (texts: readonly ExpressionValue[], rendering: Rendering, span: Span) => ExpressionOperand>
> = {
  include: ([path, key], rendering, span) => flowText(nodeAt(included(path, rendering, span), key, span)),
  include_text: ([path], rendering, span) => {
    const source = fileAt(path, rendering, span);
    return renderTemplate(source, rendering.from, rendering.defined, rendering.way).text;
  },
  include_all: ([pattern, key], rendering, span) => includedAll(pattern, key, rendering, span),
  path_exists: ([path], rendering, span) =>
    rendering.from.files.read(placeOf(path, rendering.source, rendering.from, span)) !== undefined,
  find_path: ([path], rendering, span) => fileAt(path, rendering, span).file,
  cwd: (_, rendering) => relativeTo(rendering.source.file, '.'),
};

/** Functions that would change the surroundings; their arguments need no look. */
const CHANGES = ['add_to_path', 'setenv'];

function refuseChange(name: string, span: Span): never {
  fail('not-supported', `"${name}" would change the surroundings of the program`, {
    span,
    expected: 'paths relative to the file',
  });
}

function called(name: string, args: string, rendering: Rendering, span: Span): ExpressionOperand {
  const operands = valueIn(`[${args}]`, rendering, span) as readonly ExpressionOperand[];
  const texts = operands.map((operand) =>
    typeof operand === 'object' ? fail('wrong-type', `"${name}" takes no list`, { span }) : operand,
  );
  return READERS[name](texts, rendering, span);
}

function fileAt(path: ExpressionValue | undefined, rendering: Rendering, span: Span): SourceText {
  return readText(
    rendering.from.files,
    placeOf(path, rendering.source, rendering.from, span),
    'a file to include',
    span,
  );
}

function included(path: ExpressionValue | undefined, rendering: Rendering, span: Span): TaggedNode {
  return parseTaggedYaml(
    renderTemplate(fileAt(path, rendering, span), rendering.from, rendering.defined, rendering.way),
  );
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
  const place = placeOf(`${folder ?? ''}x`, rendering.source, rendering.from, span).slice(0, -2);
  const names = rendering.from.files.list(place === '' ? '.' : place).filter((name) => name.endsWith(ending));
  const items = names.flatMap((name) => {
    const node = nodeAt(included(`${folder ?? ''}${name}`, rendering, span), key, span);
    return node.kind === 'list' ? node.items : [node];
  });
  return `[${items.map(flowText).join(', ')}]`;
}

import vm from 'node:vm';
import { fail, nearestName, type Span } from '../base/errors.ts';
import { type SourceText, spanOf } from '../base/source.ts';
import { placeAt } from '../policy/index.ts';

const MODULE = 'a module in JavaScript, or in TypeScript without enums, namespaces and decorators';

/** Error: `module-syntax`. */
export function failSyntax(message: string, span: Span, expected = MODULE, suggestion?: string): never {
  fail('module-syntax', message, { span, expected, suggestion });
}

/** An error of the transpiler in plain words: its lists of tokens name half the language. `word` is the text at its place. */
export function plainSyntax(message: string, word: string): string {
  if (message.includes('<eof>')) return 'the module ends too early: a bracket or a quote is still open';
  if (message.startsWith('Unexpected token')) return `"${word}" does not fit here`;
  return message;
}

/** Fails with an error of the engine, which the transpiler does not find: a name declared twice, say. Its place is found again. */
export function failCompile({ message }: SyntaxError, source: SourceText, code: string): never {
  failSyntax(message, scriptPlace(source, code) ?? namePlace(source, message) ?? spanOf(source, 0, 1));
}

/** Fails with an error of linking: an import of a name that does not exist. `namesOf` gives the exports of a module that `source` names. */
export function failLink(
  { message }: SyntaxError,
  sources: readonly SourceText[],
  namesOf: (specifier: string) => readonly string[],
): never {
  const [, specifier = '', name = ''] = /module '([^']*)' .*named '([^']*)'/.exec(message) ?? [];
  const importer = sources.find(({ text }) => text.includes(name) && text.includes(specifier)) ?? sources[0];
  const names = namesOf(specifier);
  const span = namePlace(importer, `'${name}'`) ?? spanOf(importer, 0, 1);
  if (name === '' || names.length === 0) return failSyntax(message, span);
  const shown = names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')}, …` : names.join(', ');
  return failSyntax(`"${specifier}" exports no "${name}"`, span, `one of ${shown}`, nearestName(name, names));
}

const MOST_NAMES = 12;

/** Only scripts tell where they are wrong: the place in the same code without its imports and exports, which take as many letters. */
function scriptPlace(source: SourceText, code: string): Span | undefined {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  const script = code
    .replace(/^[ \t]*import\b(?!\s*[(.])[^;'"]*(['"])[^'"\n]*\1;?/gm, blank)
    .replace(/^[ \t]*export\s+default\b/gm, (text) => 'void'.padEnd(text.length))
    .replace(/^[ \t]*export\s*\{[^}]*\}(?:\s*from\s*(['"])[^'"\n]*\1)?;?/gm, blank)
    .replace(/^[ \t]*export\b/gm, blank);
  try {
    new vm.Script(`(async () => {"use strict";\n${script}\n})`, { filename: 'module', lineOffset: -1 });
    return undefined;
  } catch (error) {
    const { stack = '' } = Object(error) as { stack?: string };
    const [, line, , before] = /^module:(\d+)\n(.*)\n( *)\^/.exec(stack) ?? [];
    return line === undefined || Number(line) < 1 ? undefined : placeAt(source, Number(line), before.length + 1);
  }
}

/** The last place of the name that a message puts in quotes. */
function namePlace(source: SourceText, message: string): Span | undefined {
  const [, name] = /'([\w$]+)'/.exec(message) ?? [];
  if (name === undefined) return undefined;
  const at = source.text.search(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`));
  return at < 0 ? undefined : spanOf(source, at, at + name.length);
}

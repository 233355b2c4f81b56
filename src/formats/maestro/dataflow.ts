import { nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { type Token, Tokens } from './tokens.ts';
import { DIMENSIONS, type Dimension, type Directive } from './types.ts';

/** Values of `Constant NAME value;`. */
export type Constants = ReadonlyMap<string, number>;

/** A size as written: a number, a constant, or the layer's own size of a dimension (`Sz(R)`). */
interface SizeText {
  readonly token: Token;
  readonly of?: Token | undefined;
}

export interface DirectiveText {
  readonly kind: Directive['kind'];
  readonly token: Token;
  readonly sizes: readonly SizeText[];
  readonly dimension?: Token | undefined;
}

/** Most directives of a dataflow. */
const MOST_DIRECTIVES = 64;
/** Largest size of a dimension, of a map or of a cluster. */
const LARGEST = 2 ** 24;

/**
 * Reads a file that is a dataflow alone, `Dataflow { ... }`. Returns a function that gives its directives for a layer,
 * with the values of the constants that it uses.
 */
export function readDataflow(source: SourceText, names: readonly string[]): DataflowTemplate {
  const tokens = new Tokens(source);
  const constants = readConstants(tokens, new Map());
  tokens.expect('Dataflow');
  const texts = readDirectives(tokens);
  if (!tokens.isDone)
    tokens.stop('dfsl-syntax', `"${tokens.peek()}" after the dataflow`, 'the end of the file', tokens.span);
  tokens.throwProblems();
  const directivesFor: DataflowTemplate = (sizes, given) => {
    const resolver = new Tokens({ file: source.file, text: '' });
    const directives = resolveDirectives(resolver, texts, sizes, new Map([...constants, ...given]));
    resolver.throwProblems();
    return directives;
  };
  // A name that nobody gives is reported at once, not at the first layer.
  const all = new Map(DIMENSIONS.map((dimension) => [dimension, LARGEST]));
  directivesFor(all, new Map(names.map((name) => [name, 1])));
  return directivesFor;
}

export type DataflowTemplate = (sizes: ReadonlyMap<Dimension, number>, constants: Constants) => readonly Directive[];

export function readConstants(tokens: Tokens, constants: Map<string, number>): Map<string, number> {
  while (tokens.skip('Constant')) {
    const name = tokens.next('a name');
    const value = wholeNumber(tokens, tokens.next('a whole number'), 1);
    tokens.skip(';');
    if (constants.has(name.text)) tokens.report('duplicate-name', `two constants called "${name.text}"`, name.span);
    constants.set(name.text, value);
  }
  return constants;
}

export function wholeNumber(tokens: Tokens, { text, span }: Token, least: number): number {
  const value = Number(text);
  if (!/^-?\d+(\.\d+)?$/.test(text)) tokens.report('wrong-type', `"${text}" is no number`, span, 'a whole number');
  else if (!Number.isInteger(value) || value < least || value > LARGEST)
    tokens.report('out-of-range', `a size of ${text}`, span, `a whole number from ${least} to ${LARGEST}`);
  else return value;
  return least;
}

const KINDS: Readonly<Record<string, Directive['kind']>> = {
  SpatialMap: 'spatial',
  TemporalMap: 'temporal',
  Cluster: 'cluster',
};

export function readDirectives(tokens: Tokens): DirectiveText[] {
  const found: DirectiveText[] = [];
  tokens.expect('{');
  while (!tokens.skip('}')) {
    if (tokens.skip(';')) continue;
    const token = tokens.next('}');
    if (!Object.hasOwn(KINDS, token.text))
      tokens.stop(
        'dfsl-syntax',
        `"${token.text}" is no directive`,
        `one of ${Object.keys(KINDS).join(', ')}`,
        token.span,
      );
    const kind = KINDS[token.text];
    const sizes = kind === 'cluster' ? [readSize(tokens)] : [readSize(tokens), readSize(tokens)];
    const dimension = tokens.next(kind === 'cluster' ? 'P or L' : 'a dimension');
    found.push({ kind, token, sizes, dimension });
    if (tokens.peek() !== '}') tokens.expect(';');
    if (found.length > MOST_DIRECTIVES)
      tokens.stop('out-of-range', `more than ${MOST_DIRECTIVES} directives`, undefined, token.span);
  }
  return found;
}

function readSize(tokens: Tokens): SizeText {
  const token = tokens.next('a size');
  return token.text === 'Sz' ? { token, of: tokens.next('a dimension') } : { token };
}

export function resolveDirectives(
  tokens: Tokens,
  texts: readonly DirectiveText[],
  sizes: ReadonlyMap<Dimension, number>,
  constants: Constants,
): Directive[] {
  const resolve = ({ token, of }: SizeText): number => {
    if (!of) return constants.get(token.text) ?? wholeNumber(tokens, token, 1);
    const dimension = dimensionOf(tokens, of, sizes);
    return dimension ? sizes.get(dimension)! : 1;
  };
  return texts.flatMap(({ kind, token, sizes: given, dimension }): Directive[] => {
    const [size, offset] = given.map(resolve);
    if (kind === 'cluster') {
      if (dimension?.text !== 'P' && dimension?.text !== 'L')
        tokens.report('wrong-type', `a cluster of kind "${dimension?.text}"`, dimension?.span ?? token.span, 'P or L');
      return [{ kind, size, span: token.span }];
    }
    const name = dimension && dimensionOf(tokens, dimension, sizes);
    if (!name) return [];
    return [{ kind, size, offset, dimension: name, isOutput: dimension.text.endsWith("'"), span: token.span }];
  });
}

function dimensionOf(
  tokens: Tokens,
  { text, span }: Token,
  sizes: ReadonlyMap<Dimension, number>,
): Dimension | undefined {
  const plain = (text === "Y'" || text === "X'" ? text[0] : text) as Dimension;
  if (sizes.has(plain)) return plain;
  const known = [...sizes.keys()];
  tokens.report(
    'unknown-name',
    `the layer has no dimension "${text}"`,
    span,
    `one of ${known.join(', ')}`,
    nearestName(text, known),
  );
  return undefined;
}

import { nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import {
  type Constants,
  type DirectiveText,
  readConstants,
  readDirectives,
  resolveDirectives,
  wholeNumber,
} from './dataflow.ts';
import { type Token, Tokens } from './tokens.ts';
import {
  DIMENSIONS,
  type Dimension,
  type Directive,
  LAYER_TYPES,
  type LayerType,
  type MaestroLayer,
  type MaestroNetwork,
} from './types.ts';

/** Most layers of a network. */
const MOST_LAYERS = 10_000;

/** Reads a network with its dataflows in MAESTRO's language. Throws every problem found. */
export function readMaestroNetwork(source: SourceText): MaestroNetwork {
  return readNetwork(source, true);
}

/** The same for a search: layers before the first dataflow have no directives. */
export function readMaestroWorkload(source: SourceText): MaestroNetwork {
  return readNetwork(source, false);
}

function readNetwork(source: SourceText, needsDataflows: boolean): MaestroNetwork {
  const tokens = new Tokens(source);
  const constants = readConstants(tokens, new Map());
  tokens.expect('Network');
  const name = tokens.name('').text;
  const layers: MaestroLayer[] = [];
  while (!tokens.skip('}')) {
    if (tokens.peek() === 'Constant') {
      readConstants(tokens, constants);
      continue;
    }
    tokens.expect('Layer');
    const before = layers.at(-1)?.directives ?? (needsDataflows ? undefined : []);
    const layer = readLayer(tokens, constants, before);
    if (layer) layers.push(layer);
    if (layers.length > MOST_LAYERS) tokens.stop('out-of-range', `more than ${MOST_LAYERS} layers`);
  }
  if (!tokens.isDone)
    tokens.stop('dfsl-syntax', `"${tokens.peek()}" after the network`, 'the end of the file', tokens.span);
  if (layers.length === 0 && tokens.problems.length === 0)
    tokens.stop('empty-workload', 'the network has no layers', 'a layer');
  tokens.throwProblems();
  return { name, layers };
}

const LAYER_KEYS = ['Type', 'Stride', 'Dimensions', 'Dataflow'] as const;

const EXPECTED: Readonly<Record<string, string>> = {
  Dataflow: 'Dataflow { ... } in the first layer, or a search for one: --search exact, decoupled, random or ga',
};

/** A layer without a dataflow has that of the layer before. */
function readLayer(
  tokens: Tokens,
  constants: Constants,
  directivesBefore: readonly Directive[] | undefined,
): MaestroLayer | undefined {
  const name = tokens.name('Layer');
  const before = tokens.problems.length;
  let type: LayerType | undefined;
  let stride = new Map<string, number>();
  let written: ReadonlyMap<string, number> | undefined;
  let texts: readonly DirectiveText[] | undefined;
  while (!tokens.skip('}')) {
    const key = tokens.next('}');
    switch (key.text) {
      case 'Type':
        type = readType(tokens);
        break;
      case 'Stride':
        stride = readSizes(tokens, constants, ['X', 'Y']);
        break;
      case 'Dimensions':
        written = readSizes(tokens, constants, [...DIMENSIONS, "Y'", "X'"]);
        break;
      case 'Dataflow':
        texts = readDirectives(tokens);
        break;
      default:
        tokens.stop('unknown-key', `unknown key "${key.text}" in a layer`, `one of ${LAYER_KEYS.join(', ')}`, key.span);
    }
    tokens.skip(';');
  }
  // An empty dataflow is none.
  if (texts?.length === 0 && directivesBefore) texts = undefined;
  const parts = { Type: type, Dimensions: written, Dataflow: texts ?? directivesBefore };
  for (const [key, part] of Object.entries(parts)) {
    if (part === undefined && tokens.problems.length === before)
      tokens.report('missing-key', `the layer ${name.text} has no ${key}`, name.span, EXPECTED[key]);
  }
  if (!type || !written || tokens.problems.length > before) return undefined;
  const isOutputSized = written.has("Y'") || written.has("X'");
  const sizes = new Map<Dimension, number>();
  for (const [key, size] of written) sizes.set(key.replace("'", '') as Dimension, size);
  checkSizes(tokens, name, type, sizes, written, isOutputSized);
  if (tokens.problems.length > before) return undefined;
  // Directives speak of inputs even where the layer gives outputs.
  const inputs = inputSizes(sizes, isOutputSized);
  // A stride belongs to Y and X by name, so that a layer of Y' and X' has none.
  const strideOf = (dimension: string): number => (isOutputSized ? 1 : (stride.get(dimension) ?? 1));
  const directives = texts ? resolveDirectives(tokens, texts, inputs, constants) : directivesBefore!;
  return {
    name: name.text,
    type,
    strideX: strideOf('X'),
    strideY: strideOf('Y'),
    sizes,
    isOutputSized,
    directives,
    span: name.span,
  };
}

/** Sizes of all dimensions with Y and X as inputs, those that Y' and X' outputs need. */
export function inputSizes(
  sizes: ReadonlyMap<Dimension, number>,
  isOutputSized: boolean,
): ReadonlyMap<Dimension, number> {
  if (!isOutputSized) return sizes;
  const inputs = new Map(sizes);
  inputs.set('Y', sizes.get('Y')! - 1 + sizes.get('R')!);
  inputs.set('X', sizes.get('X')! - 1 + sizes.get('S')!);
  return inputs;
}

function readType(tokens: Tokens): LayerType | undefined {
  const token = tokens.next('a type');
  // MAESTRO analyses a transposed convolution as a convolution of the sizes given.
  const type = token.text === 'TRCONV' ? 'CONV' : LAYER_TYPES.find((known) => known === token.text);
  if (!type)
    tokens.report(
      'not-supported',
      `the layer type "${token.text}"`,
      token.span,
      `one of ${LAYER_TYPES.join(', ')}; write FC as CONV with Y = R and X = S`,
      nearestName(token.text, LAYER_TYPES),
    );
  return type;
}

function readSizes(tokens: Tokens, constants: Constants, known: readonly string[]): Map<string, number> {
  const sizes = new Map<string, number>();
  tokens.expect('{');
  while (!tokens.skip('}')) {
    if (tokens.skip(';')) continue;
    const key = tokens.next('}');
    const value = tokens.next('a size');
    const size = constants.get(value.text) ?? wholeNumber(tokens, value, 1);
    if (!known.includes(key.text))
      tokens.report('unknown-name', `there is no dimension "${key.text}"`, key.span, `one of ${known.join(', ')}`);
    else if (sizes.has(key.text)) tokens.report('duplicate-name', `two sizes of ${key.text}`, key.span);
    else sizes.set(key.text, size);
  }
  return sizes;
}

function checkSizes(
  tokens: Tokens,
  { text: name, span }: Token,
  type: LayerType,
  sizes: ReadonlyMap<Dimension, number>,
  written: ReadonlyMap<string, number>,
  isOutputSized: boolean,
): void {
  const needed: readonly Dimension[] =
    type === 'GEMM'
      ? ['M', 'N', 'K']
      : [
          'C',
          'R',
          'S',
          'Y',
          'X',
          ...(type === 'DSCONV' ? [] : (['K'] as const)),
          ...(type === 'NGCONV' ? (['G'] as const) : []),
        ];
  for (const dimension of needed) {
    if (!sizes.has(dimension))
      tokens.report(
        'missing-key',
        `the layer ${name} has no size of ${dimension}`,
        span,
        `sizes of ${needed.join(', ')}`,
      );
  }
  if (written.has("Y'") !== written.has("X'") || (isOutputSized && (written.has('Y') || written.has('X'))))
    tokens.report('wrong-type', `the layer ${name} mixes inputs and outputs`, span, "Y and X, or Y' and X'");
  const isTooLarge =
    !isOutputSized &&
    type !== 'GEMM' &&
    ((sizes.get('R') ?? 0) > (sizes.get('Y') ?? 0) || (sizes.get('S') ?? 0) > (sizes.get('X') ?? 0));
  if (isTooLarge && sizes.has('Y') && sizes.has('X'))
    tokens.report(
      'filter-larger-than-ifmap',
      `the filter of ${name} is larger than its ifmap`,
      span,
      'R up to Y and S up to X',
    );
  const macs = [...sizes.values()].reduce((product, size) => product * size, 1);
  if (macs > Number.MAX_SAFE_INTEGER)
    tokens.report('out-of-range', `the layer ${name} has more than 2^53 products`, span, 'a smaller layer');
}

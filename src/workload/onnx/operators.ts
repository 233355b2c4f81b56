import { type Diagnostic, InputError } from '../../base/errors.ts';
import type { OnnxNode } from '../../formats/onnx/index.ts';
import type { RuleName } from './shapes.ts';

/** Operators that are products, and the indices of the multiplied inputs. */
export const PRODUCTS: Readonly<Record<string, readonly [left: number, right: number]>> = {
  Conv: [0, 1],
  ConvInteger: [0, 1],
  QLinearConv: [0, 3],
  Gemm: [0, 1],
  MatMul: [0, 1],
  MatMulInteger: [0, 1],
  QLinearMatMul: [0, 3],
};

/** An operator without products: its name in lists, and the rule for the shape of its result. */
export interface Omitted {
  readonly type: string;
  readonly rule: RuleName;
}

/** `type rule: operators`; without a type an operator is listed under its own name. */
const OMITTED_TABLE = `
pool pool: MaxPool AveragePool LpPool
pool globalPool: GlobalAveragePool GlobalMaxPool GlobalLpPool
add elementwise: Add Sub Sum Mean
multiply elementwise: Mul Div Pow
activation same: Relu LeakyRelu Sigmoid HardSigmoid HardSwish Tanh Elu Selu Celu Gelu Softplus Softsign Swish Mish
activation same: ThresholdedRelu Clip Erf PRelu Shrink
norm first: BatchNormalization LayerNormalization InstanceNormalization GroupNormalization RMSNormalization LRN
norm first: LpNormalization MeanVarianceNormalization
softmax same: Softmax LogSoftmax Hardmax
dropout first: Dropout
embedding gather: Gather
concat concat: Concat
split split: Split
reshape reshape: Reshape
reshape flatten: Flatten
reshape squeeze: Squeeze
reshape unsqueeze: Unsqueeze
reshape depthToSpace: DepthToSpace
reshape spaceToDepth: SpaceToDepth
transpose transpose: Transpose
pad pad: Pad
resize resize: Resize Upsample
reduce reduce: ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
reduce reduce: ReduceSumSquare
reduce argument: ArgMax ArgMin
- same: Identity Cast CastLike Abs Neg Exp Log Sqrt Reciprocal Floor Ceil Round Sign Sin Cos Tan Asin Acos Atan Sinh
- same: Cosh Asinh Acosh Atanh Not IsNaN IsInf CumSum Trilu QuantizeLinear DequantizeLinear EyeLike BitwiseNot
- same: ScatterElements ScatterND ReverseSequence RotaryEmbedding
- first: DynamicQuantizeLinear
- elementwise: Max Min Mod And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual Where BitwiseAnd BitwiseOr
- elementwise: BitwiseXor BitShift
- slice: Slice
- expand: Expand
- tile: Tile
- range: Range
- filled: ConstantOfShape
- shape: Shape
- count: Size
- gatherElements: GatherElements
- unknown: Constant GatherND TopK NonZero OneHot Unique Compress NonMaxSuppression RoiAlign MaxRoiPool MaxUnpool
- unknown: GridSample AffineGrid CenterCropPad Col2Im Bernoulli Multinomial RandomNormal RandomNormalLike
- unknown: RandomUniform RandomUniformLike
`;

const OMITTED: ReadonlyMap<string, Omitted> = new Map(
  OMITTED_TABLE.trim()
    .split('\n')
    .flatMap((line) => {
      const [kind, names] = line.split(': ');
      const [type, rule] = kind.split(' ');
      return names
        .split(' ')
        .map((name): [string, Omitted] => [name, { type: type === '-' ? name : type, rule: rule as RuleName }]);
    }),
);

/** All operators known to hold no products. */
export const OMITTED_OPERATORS: readonly string[] = [...OMITTED.keys()];

/** Operators whose products cannot be counted, with advice. */
const REFUSED: Readonly<Record<string, string>> = {
  ConvTranspose: 'a model that upsamples with Resize and Conv, or a topology file with the products written out',
  DeformConv: 'Conv',
  LSTM: 'the cell written out as Gemm or MatMul',
  GRU: 'the cell written out as Gemm or MatMul',
  RNN: 'the cell written out as Gemm or MatMul',
  Einsum: 'the product written as MatMul',
  Attention: 'attention written out as MatMul and Softmax, as exported for operator sets below 23',
  If: 'a simplified model, without branches',
  Loop: 'a simplified model, with the loop unrolled',
  Scan: 'a simplified model, with the loop unrolled',
  SequenceMap: 'a simplified model, with the loop unrolled',
};

export function omittedOperator({ operator }: OnnxNode): Omitted {
  // Any other operator counts as one without products: checkOperators runs first.
  return OMITTED.get(operator) ?? { type: operator, rule: 'same' };
}

export function isProduct({ operator }: OnnxNode): boolean {
  return Object.hasOwn(PRODUCTS, operator);
}

/** Throws `not-supported` for every kind of operator that may hold products we cannot count. */
export function checkOperators(file: string, nodes: readonly OnnxNode[], productFree: readonly string[]): void {
  const problems = new Map<string, Diagnostic>();
  for (const node of nodes) {
    const { operator, domain, name } = node;
    const standard = domain === '' || domain === 'ai.onnx';
    const full = standard ? operator : `${domain}.${operator}`;
    if (productFree.includes(full)) continue;
    if (problems.has(full) || (standard && (isProduct(node) || OMITTED.has(operator)))) continue;
    const expected = standard && Object.hasOwn(REFUSED, operator) ? REFUSED[operator] : UNKNOWN;
    const which = name === '' ? '' : ` (first in node "${name}")`;
    const message = `${file}: the multiplications of operator ${full} are not counted${which}`;
    problems.set(full, { code: 'not-supported', message, expected });
    if (problems.size === MOST_PROBLEMS) break;
  }
  if (problems.size > 0) throw new InputError([...problems.values()]);
}

/** A limit on problems: an unsuitable file would fill the screen. */
const MOST_PROBLEMS = 20;

const UNKNOWN =
  'standard operators, as a framework exports them before a runtime has fused any, functions inlined; if it multiplies nothing, product_free in the experiment names it';

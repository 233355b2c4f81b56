import { fail } from '../../base/errors.ts';
import { type Call, failAt, ints, type Shape } from './call.ts';

/** The windows along one dimension: their number, their distance, and how far before the first element they begin. */
export interface Windows {
  readonly count: number;
  readonly before: number;
  readonly stride: number;
  readonly dilation: number;
}

/**
 * The windows of a convolution or a pooling (ONNX Conv and MaxPool): `count = floor((size + before + after - extent) /
 * stride) + 1`. SAME pads for ceil(size / stride) windows, with the odd pixel at the end or (SAME_LOWER) at the
 * beginning.
 */
export function windowsOf(call: Call, sizes: Shape, kernel: Shape, roundUp = false): Windows[] {
  const rank = sizes.length;
  const pads = ints(call, 'pads') ?? [];
  const auto = call.node.attributes.get('auto_pad')?.text ?? 'NOTSET';
  if (kernel.length !== rank) failAt(call, `a filter of ${kernel.length} dimensions over ${rank}`);
  return sizes.map((size, i) => {
    const stride = ints(call, 'strides')?.[i] ?? 1;
    const dilation = ints(call, 'dilations')?.[i] ?? 1;
    const extent = (kernel[i] - 1) * dilation + 1;
    if (Math.min(stride, dilation, kernel[i]) < 1) failAt(call, 'a filter, stride or dilation below 1');
    let [before, after] = [pads[i] ?? 0, pads[i + rank] ?? 0];
    if (auto === 'VALID') [before, after] = [0, 0];
    if (auto.startsWith('SAME')) {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
      before = auto === 'SAME_LOWER' ? Math.ceil(total / 2) : Math.floor(total / 2);
      after = total - before;
    }
    if (before < 0 || after < 0) failAt(call, 'padding below 0');
    if (size + before + after < extent) {
      const message = `${call.label}: the filter covers ${extent} pixels, but the padded ifmap has ${size + before + after}`;
      fail('filter-larger-than-ifmap', message, { expected: 'a padded ifmap at least as large as the filter' });
    }
    const steps = (size + before + after - extent) / stride;
    const whole = Math.floor(steps);
    // A last window that would begin in the padding does not exist.
    const up = roundUp && steps > whole && (whole + 1) * stride < size + before ? 1 : 0;
    return { count: whole + up + 1, before, stride, dilation };
  });
}

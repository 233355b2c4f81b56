import type { Dimension, MaestroHardware, MaestroLayer } from '../../src/formats/maestro/index.ts';

const span = { file: 'n.m', line: 1, column: 1, length: 1, lineText: '' };

/** A layer without a dataflow. */
export function layerOf(
  type: MaestroLayer['type'],
  sizes: Partial<Record<Dimension, number>>,
  step: number | readonly [x: number, y: number] = 1,
): MaestroLayer {
  const [strideX, strideY] = typeof step === 'number' ? [step, step] : step;
  const entries = Object.entries(sizes) as [Dimension, number][];
  return { name: 'l', type, strideX, strideY, sizes: new Map(entries), isOutputSized: false, directives: [], span };
}

export function hardwareOf(
  pes: number,
  l1Size: number,
  l2Size: number,
  nocBandwidth: number,
  offchipBandwidth: number,
  hopLatency = 1,
): MaestroHardware {
  return { pes, l1Size, l2Size, nocBandwidth, offchipBandwidth, hopLatency, simdLanes: 1 };
}

import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { ThermalResult } from '../../cosim/index.ts';
import type { Floorplan } from '../../thermal/floorplan/index.ts';
import { componentsByBlock } from '../charts/block-groups.ts';
import { greatest, traceMean } from '../charts/downsample.ts';
import { descending } from '../charts/palette.ts';
import { table } from '../elements.ts';
import type { Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import type { ReportView } from '../view.ts';

/** The blocks, hottest first, with their components, power and power density. */
export function blockTable(view: ReportView, { blocks, startK }: ThermalResult, floorplan: Floorplan): Markup {
  const { components, run } = view;
  const { trace } = run;
  const on = componentsByBlock(view);
  const peakK = trace.temperatureK.map((values, i) => Math.max(greatest(values), startK[i]));
  const rows = descending(peakK).map((i) => {
    const powerW = traceMean(trace.powerW[i], trace.durationS);
    const { widthM, heightM } = floorplan.blocks[i];
    return [
      blocks[i],
      on[i].map((c) => components[c]).join(', '),
      (peakK[i] - ZERO_CELSIUS_K).toFixed(1),
      engineering(powerW, 'W'),
      // Per cm2; one cm2 is 1e-4 m2.
      engineering((1e-4 * powerW) / (widthM * heightM), 'W'),
    ];
  });
  const numeric = ['peak, °C', 'mean power', 'per cm²'].map((title) => ({ title, numeric: true }));
  return table('Blocks, hottest first', [{ title: 'block' }, { title: 'component' }, ...numeric], rows, {
    className: 'blocks',
  });
}

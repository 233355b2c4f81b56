import { ZERO_CELSIUS_K } from '../../base/units.ts';
import { descending } from '../data/palette.ts';
import type { DieData, ReportData } from '../data/report-data.ts';
import { table } from '../elements.ts';
import type { Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';

/** The blocks, hottest first, with their components, power and, where their places are known, power density. */
export function blockTable({ components }: ReportData, { blocks, floorplan }: DieData): Markup {
  const rows = descending(blocks.map(({ peakK }) => peakK)).map((b) => {
    const { name, peakK, meanW, components: on } = blocks[b];
    const place = floorplan?.blocks[b];
    return [
      name,
      on.map((c) => components[c].name).join(', '),
      (peakK - ZERO_CELSIUS_K).toFixed(1),
      engineering(meanW, 'W'),
      // Per cm2; one cm2 is 1e-4 m2.
      ...(place ? [engineering((1e-4 * meanW) / (place.widthM * place.heightM), 'W')] : []),
    ];
  });
  const numeric = ['peak, °C', 'mean power', ...(floorplan ? ['per cm²'] : [])].map((title) => ({
    title,
    numeric: true,
  }));
  return table('Blocks, hottest first', [{ title: 'block' }, { title: 'component' }, ...numeric], rows, {
    className: 'blocks sortable',
  });
}

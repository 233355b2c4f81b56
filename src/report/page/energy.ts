import type { EnergyTotals } from '../../cosim/index.ts';
import { type Ink, KIND_COLOURS, OTHER_COLOUR } from '../data/palette.ts';
import type { ReportData } from '../data/report-data.ts';
import { cssColour } from '../drawing/theme.ts';
import { legend } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { bar, type Piece, shareText } from './bars.ts';

/** The categories of energy use. */
export const CATEGORIES: readonly {
  readonly key: Exclude<keyof EnergyTotals, 'total'>;
  readonly name: string;
  readonly colour: Ink;
}[] = [
  { key: 'dynamic', name: 'dynamic', colour: KIND_COLOURS[0] },
  { key: 'idle', name: 'idle and stalled clocks', colour: KIND_COLOURS[1] },
  { key: 'leakage', name: 'leakage', colour: KIND_COLOURS[2] },
  { key: 'dram', name: 'DRAM', colour: OTHER_COLOUR },
  { key: 'transition', name: 'transitions', colour: KIND_COLOURS[3] },
];

/** The total energy of the run by category. */
export function categoryChart({ summary: { energyJ } }: ReportData): Markup {
  const pieces = CATEGORIES.map(({ key, name, colour }) => ({ name, colour, energyJ: energyJ[key] }));
  const share = (piece: Piece): string =>
    `${engineering(piece.energyJ, 'J')} (${shareText(piece.energyJ, energyJ.total)})`;
  const label = `Energy of the run: ${pieces.map((piece) => `${piece.name} ${share(piece)}`).join(', ')}`;
  return html`<figure class="chart">
<figcaption>Whole run, by cause <span class="unit">${engineering(energyJ.total, 'J')}</span></figcaption>
${bar('total', pieces, energyJ.total, html` class="bar thick" role="img" aria-label="${label}"`)}
${legend(pieces.map((piece) => ({ name: piece.name, colour: cssColour(piece.colour), value: share(piece) })))}
</figure>
`;
}

import type { EnergyTotals, RunResult } from '../../cosim/result.ts';
import { coordinate } from '../format.ts';
import { html, type Markup } from '../markup.ts';
import { engineering, percent } from '../numbers.ts';
import { descending } from './blocks.ts';
import { greatest } from './downsample.ts';
import { details, legend, table } from './elements.ts';
import { OTHER_COLOUR, SERIES_COLOURS } from './palette.ts';

/** Width of a bar of the greatest energy, in the units of its drawing. */
export const BAR_WIDTH = 1000;

const CATEGORIES: readonly { readonly key: keyof EnergyTotals; readonly name: string; readonly colour: string }[] = [
  { key: 'dynamic', name: 'dynamic', colour: SERIES_COLOURS[0] },
  { key: 'idle', name: 'idle and stalled clocks', colour: SERIES_COLOURS[5] },
  { key: 'leakage', name: 'leakage', colour: SERIES_COLOURS[1] },
  { key: 'dram', name: 'DRAM', colour: SERIES_COLOURS[2] },
  { key: 'transition', name: 'transitions', colour: SERIES_COLOURS[3] },
];

interface Piece {
  readonly name: string;
  readonly colour: string;
  readonly energyJ: number;
}

/** The total of the run by what it was spent on. */
export function categoryChart({ energyJ }: RunResult): Markup {
  const pieces = CATEGORIES.map(({ key, name, colour }) => ({ name, colour, energyJ: energyJ[key] }));
  const share = (piece: Piece): string =>
    `${engineering(piece.energyJ, 'J')} (${shareText(piece.energyJ, energyJ.total)})`;
  const label = `Energy of the run: ${pieces.map((piece) => `${piece.name} ${share(piece)}`).join(', ')}`;
  return html`<figure class="chart">
<figcaption>Whole run <span class="unit">${engineering(energyJ.total, 'J')}</span></figcaption>
${bar('total', pieces, energyJ.total, html` class="bar thick" role="img" aria-label="${label}"`)}
${legend(pieces.map((piece) => ({ name: piece.name, colour: piece.colour, value: share(piece) })))}
</figure>
`;
}

/** Energy of the layers by component, a bar a layer, all to one scale. */
export function layerChart({ layers, components, componentJ }: RunResult): Markup {
  const groups = groupComponents(components, componentJ);
  const largest = greatest(layers.map((layer) => layer.energyJ));
  const rows = layers.map((layer) => {
    const pieces = groups.map(({ name, colour, members }) => ({
      name,
      colour,
      energyJ: sumOf(layer.componentJ, members),
    }));
    return html`<div class="row"><span class="name" title="${layer.name}">${layer.name}</span>
${bar(layer.name, pieces, largest, html` class="bar"`)}<span class="value">${engineering(layer.energyJ, 'J')}</span></div>
`;
  });
  const top = layers.find((layer) => layer.energyJ === largest);
  const label = `Energy of ${layers.length} layers by component; most in ${top?.name ?? 'none'}, ${engineering(top?.energyJ ?? 0, 'J')}`;
  const total = componentJ.reduce((sum, joules) => sum + joules, 0);
  const items = groups.map(({ name, colour, members }) => {
    return { name, colour, value: shareText(sumOf(componentJ, members), total) };
  });
  return html`<figure class="chart">
<figcaption>Layers, by component</figcaption>
${legend(items)}
<div class="bars" role="img" aria-label="${label}">
${rows}</div>
${details('The same as a table', layerTable(layers, components))}
</figure>
`;
}

function layerTable(layers: RunResult['layers'], components: RunResult['components']): Markup {
  const numeric = ['energy', 'time', 'MACs', ...components].map((title) => ({ title, numeric: true }));
  return table(
    'Energy of the layers by component',
    [{ title: 'layer' }, ...numeric],
    layers.map(({ name, energyJ, timeS, macs, componentJ }) => [
      name,
      engineering(energyJ, 'J'),
      engineering(timeS, 's'),
      engineering(macs, ''),
      ...Array.from(componentJ, (joules) => engineering(joules, 'J')),
    ]),
  );
}

/** One bar; its pieces are as long as their energy is of `fullJ`. */
function bar(name: string, pieces: readonly Piece[], fullJ: number, attributes: Markup): Markup {
  const all = pieces.reduce((sum, piece) => sum + piece.energyJ, 0);
  let from = 0;
  const rects = pieces
    .filter(({ energyJ }) => energyJ > 0)
    .map((piece) => {
      const width = (BAR_WIDTH * piece.energyJ) / fullJ;
      const title = `${name}, ${piece.name}: ${engineering(piece.energyJ, 'J')} (${shareText(piece.energyJ, all)})`;
      const x = coordinate(from);
      from += width;
      return html`<rect x="${x}" y="0" width="${coordinate(width)}" height="10" fill="${piece.colour}"><title>${title}</title></rect>`;
    });
  return html`<svg${attributes} viewBox="0 0 ${BAR_WIDTH} 10" preserveAspectRatio="none">${rects}</svg>`;
}

function shareText(part: number, whole: number): string {
  return percent(whole > 0 ? part / whole : 0);
}

interface ComponentGroup {
  readonly name: string;
  readonly colour: string;
  readonly members: readonly number[];
}

/** A colour for each component, in their own order; if there are too many, the least share one. */
function groupComponents(components: readonly string[], componentJ: Float64Array): ComponentGroup[] {
  const own = components.length <= SERIES_COLOURS.length ? components.length : SERIES_COLOURS.length - 1;
  const ranked = descending(componentJ);
  const shown = ranked.slice(0, own).sort((a, b) => a - b);
  const groups = shown.map((c, i) => ({ name: components[c], colour: SERIES_COLOURS[i], members: [c] }));
  const rest = ranked.slice(own);
  return rest.length === 0
    ? groups
    : [...groups, { name: `${rest.length} other`, colour: OTHER_COLOUR, members: rest }];
}

function sumOf(values: Float64Array, members: readonly number[]): number {
  return members.reduce((sum, i) => sum + values[i], 0);
}

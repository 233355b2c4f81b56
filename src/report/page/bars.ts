import type { Ink } from '../data/palette.ts';
import { cssColour } from '../drawing/theme.ts';
import { html, type Markup } from '../markup.ts';
import { coordinate, engineering, percent } from '../numbers.ts';

/** Width of the bar with the largest energy, in units of its drawing. */
const BAR_WIDTH = 1000;

export interface Piece {
  readonly name: string;
  readonly colour: Ink;
  readonly energyJ: number;
}

/** One bar. Each piece is as long as its energy's share of `fullJ`. */
export function bar(name: string, pieces: readonly Piece[], fullJ: number, attributes: Markup): Markup {
  const all = pieces.reduce((sum, piece) => sum + piece.energyJ, 0);
  let from = 0;
  const rects = pieces
    .filter(({ energyJ }) => energyJ > 0)
    .map((piece) => {
      const width = (BAR_WIDTH * piece.energyJ) / fullJ;
      const title = `${name}, ${piece.name}: ${engineering(piece.energyJ, 'J')} (${shareText(piece.energyJ, all)})`;
      const x = coordinate(from);
      from += width;
      return html`<rect x="${x}" y="0" width="${coordinate(width)}" height="10" style="fill:${cssColour(piece.colour)}"><title>${title}</title></rect>`;
    });
  return html`<svg${attributes} viewBox="0 0 ${BAR_WIDTH} 10" preserveAspectRatio="none">${rects}</svg>`;
}

export function shareText(part: number, whole: number): string {
  return percent(whole > 0 ? part / whole : 0);
}

import { greatest, least } from '../charts/extremes.ts';
import { decodeColumn } from '../data/numbers-coded.ts';
import type { DieData } from '../data/report-data.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { celsius, coordinate } from '../numbers.ts';
import { HEAT_COLOURS, HEAT_GRADIENT, heatLevels } from '../pictures/heat-colours.ts';
import { type IndexedImage, pngDataUri } from '../pictures/png.ts';

/** Width of the map in its own units. The die's shape determines its height. */
const MAP_WIDTH = 1000;

/**
 * Approximate width of the map in letters of a label, which is 12 px on a desktop and 9 px on a phone, and a line's
 * height in letters.
 */
const LETTERS = { desktop: 80, phone: 58 };
const LINE_HEIGHT = 2;

type Block = NonNullable<DieData['floorplan']>['blocks'][number];
type Floorplan = NonNullable<DieData['floorplan']>;

/** The die at its hottest time, north up, with the blocks drawn over it. */
export function dieMap(die: DieData): Markup {
  const { peakField, floorplan } = die;
  const temperatureK = decodeColumn(peakField.temperatureK, peakField.rows * peakField.columns);
  const [low, high] = [least(temperatureK), greatest(temperatureK)];
  const ratio = floorplan ? floorplan.widthM / floorplan.heightM : peakField.columns / peakField.rows;
  const height = MAP_WIDTH / ratio;
  const label = `Temperature of the die at its hottest, from ${celsius(low)} to ${celsius(high)}`;
  const image = pngDataUri(fieldImage({ ...peakField, temperatureK }, low, high));
  const blocks = floorplan?.blocks ?? [];
  const scale = floorplan ? MAP_WIDTH / floorplan.widthM : 1;
  return html`<figure class="map" style="--ratio:${ratio.toPrecision(6)}">
<div class="die"><svg viewBox="0 0 ${MAP_WIDTH} ${coordinate(height)}" preserveAspectRatio="none" role="img" aria-label="${label}">
<image href="${image}" x="0" y="0" width="${MAP_WIDTH}" height="${coordinate(height)}" preserveAspectRatio="none"/>
${blocks.map((block) => outline(block, scale, height))}</svg>
${floorplan ? groupsOf(die).map((group) => groupLabels(group, floorplan)) : NOTHING}</div>
<div class="colour-bar"><span>${celsius(low)}</span><span class="gradient" style="background:${HEAT_GRADIENT}"></span><span>${celsius(high)}</span></div>
</figure>
`;
}

interface BlockGroup {
  readonly name: string;
  /** Indices of blocks with the same components. */
  readonly blocks: readonly number[];
}

function groupsOf({ blocks }: DieData): BlockGroup[] {
  const groups = new Map<string, number[]>();
  blocks.forEach(({ components }, b) => {
    groups.set(components.join(), [...(groups.get(components.join()) ?? []), b]);
  });
  return Array.from(groups.values(), (own) => ({ name: blocks[own[0]].name, blocks: own }));
}

/** One pixel per cell. The coldest cell has the first colour, the hottest the last; a uniform field has the coldest colour. */
export function fieldImage(
  {
    rows,
    columns,
    temperatureK,
  }: { readonly rows: number; readonly columns: number; readonly temperatureK: Float64Array },
  low: number,
  high: number,
): IndexedImage {
  const pixels = heatLevels(temperatureK, low, high, HEAT_COLOURS.length);
  return { width: columns, height: rows, pixels, colours: HEAT_COLOURS };
}

/** The outline of a block. Its y axis points up, that of the drawing down. */
function outline({ name, leftM, bottomM, widthM, heightM }: Block, scale: number, height: number): Markup {
  const [x, y] = [leftM * scale, height - (bottomM + heightM) * scale];
  const size = html`width="${coordinate(widthM * scale)}" height="${coordinate(heightM * scale)}"`;
  return html`<rect class="block" x="${coordinate(x)}" y="${coordinate(y)}" ${size}><title>${name}</title></rect>
`;
}

/** The names of the blocks. If some have no room, the name of their group across all of them. */
function groupLabels({ name, blocks }: BlockGroup, floorplan: Floorplan): readonly Markup[] {
  const members = blocks.map((b) => floorplan.blocks[b]);
  const labels = members.map((block) => blockLabel(block, floorplan));
  return members.length === 1 || !labels.includes(NOTHING) ? labels : [blockLabel(around(name, members), floorplan)];
}

function around(name: string, blocks: readonly Block[]): Block {
  const [leftM, bottomM] = [least(blocks.map((b) => b.leftM)), least(blocks.map((b) => b.bottomM))];
  const [rightM, topM] = [
    greatest(blocks.map((b) => b.leftM + b.widthM)),
    greatest(blocks.map((b) => b.bottomM + b.heightM)),
  ];
  return { name, leftM, bottomM, widthM: rightM - leftM, heightM: topM - bottomM };
}

/** The name of a block, along its longer side if only that has room; empty if neither has. */
function blockLabel(block: Block, floorplan: Floorplan): Markup {
  const direction = (letters: number): 'level' | 'upright' | null => {
    const perMetre = letters / floorplan.widthM;
    const [width, height] = [block.widthM * perMetre, block.heightM * perMetre];
    const needed = block.name.length + 1;
    if (needed <= width && LINE_HEIGHT <= height) return 'level';
    return needed <= height && LINE_HEIGHT <= width ? 'upright' : null;
  };
  const [desktop, phone] = [direction(LETTERS.desktop), direction(LETTERS.phone)];
  if (desktop === null) return NOTHING;
  const left = (100 * (block.leftM + block.widthM / 2)) / floorplan.widthM;
  const bottom = (100 * (block.bottomM + block.heightM / 2)) / floorplan.heightM;
  const place = `left:${coordinate(left)}%;bottom:${coordinate(bottom)}%`;
  return html`<span class="block-name ${desktop}${phone === desktop ? '' : ' roomy'}" style="${place}" aria-hidden="true">${block.name}</span>
`;
}

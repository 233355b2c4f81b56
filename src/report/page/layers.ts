import { greatest } from '../charts/extremes.ts';
import { descending, type Ink, KIND_COLOURS, OTHER_COLOUR } from '../data/palette.ts';
import type { LayerData, ReportData } from '../data/report-data.ts';
import { cssColour } from '../drawing/theme.ts';
import { details, legend, table } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { counted, engineering, groupDigits, percent } from '../numbers.ts';
import { bar, type Piece, shareText } from './bars.ts';

/** The chart folds networks with more layers than this. */
const MOST_BARS = 25;

/** The energy of one bar: one layer, several layers, or the part outside layers. */
interface Bar {
  readonly name: string;
  readonly componentJ: readonly number[];
  readonly transitionJ?: number;
}

/**
 * Energy of one inference by layer and component, one bar per layer, all on one scale. If no inference ended, the
 * energy of the run.
 */
export function layerChart(data: ReportData, colours: readonly Ink[]): Markup {
  const { layers, components, summary } = data;
  const { energyJ, inferences } = summary;
  const per = 1 / Math.max(1, inferences);
  const bars = [...foldedLayers(layers), ...ofNoLayer(data)].map((b) => ({
    ...b,
    pieces: piecesOf(data, b, colours, per),
  }));
  const totals = bars.map(({ pieces }) => sumOf(pieces.map((piece) => piece.energyJ)));
  const largest = greatest(totals);
  const rows = bars.map(
    ({ name, pieces }, i) => html`<div class="row"><span class="name" title="${name}">${name}</span>
${bar(name, pieces, largest, html` class="bar"`)}<span class="value">${engineering(totals[i], 'J')}</span></div>
`,
  );
  const top = bars[totals.indexOf(largest)];
  const label = `Energy of ${counted(layers.length, 'layer', 'layers')} by component; most in ${top?.name ?? 'none'}, ${engineering(top ? largest : 0, 'J')}`;
  const componentJ = components.map((component) => component.energyJ);
  const whole = piecesOf(data, { name: '', componentJ, transitionJ: energyJ.transition }, colours, 1);
  const what = inferences > 0 ? `per inference: the run's energy / ${groupDigits(inferences)}` : 'of the run';
  return html`<figure class="chart">
<figcaption>Layers, by component <span class="unit">${what}</span></figcaption>
${legend(whole.map((piece) => ({ ...piece, colour: cssColour(piece.colour), value: shareText(piece.energyJ, energyJ.total) })))}
<div class="bars" role="img" aria-label="${label}">
${rows}</div>
${details(`All ${counted(layers.length, 'layer', 'layers')} as a table`, layerTable(data, per))}
</figure>
`;
}

/** The pieces of a bar. Components that share a colour form one piece. */
function piecesOf(
  { components, summary: { energyJ } }: ReportData,
  { componentJ, transitionJ = 0 }: Bar,
  colours: readonly Ink[],
  per: number,
): Piece[] {
  const shared = components.filter((_, c) => colours[c] === OTHER_COLOUR).map(({ name }) => name);
  const pieces = components.flatMap(({ name }, c) =>
    colours[c] === OTHER_COLOUR ? [] : [{ name, colour: colours[c], energyJ: per * componentJ[c] }],
  );
  const sharedJ = per * sumOf(componentJ.filter((_, c) => colours[c] === OTHER_COLOUR));
  if (shared.length > 0) pieces.push({ name: shared.join(', '), colour: OTHER_COLOUR, energyJ: sharedJ });
  if (energyJ.transition > 0) pieces.push({ name: 'transitions', colour: KIND_COLOURS[3], energyJ: per * transitionJ });
  return pieces;
}

/** Energy between inferences and of operating point changes, so that the bars sum to the total. */
function ofNoLayer({ layers, components, summary: { energyJ } }: ReportData): Bar[] {
  const own = components.map((component, c) =>
    Math.max(0, component.energyJ - sumOf(layers.map((layer) => layer.componentJ[c]))),
  );
  if (sumOf(own) + energyJ.transition <= 1e-4 * energyJ.total) return [];
  return [{ name: 'outside layers', componentJ: own, transitionJ: energyJ.transition }];
}

/**
 * The bars of a network. A short network has one bar per layer. A long one joins repeated layers, which have equally
 * long schedules and names that differ only in their first number. If it is still too long, its largest bars remain and
 * the others are joined.
 */
function foldedLayers(layers: readonly LayerData[]): readonly Bar[] {
  if (layers.length <= MOST_BARS) return layers;
  const repeats = new Map<string, Bar[]>();
  layers.forEach((layer) => {
    const key = `${pattern(layer.name)} ${layer.scheduleCycles}`;
    repeats.set(key, [...(repeats.get(key) ?? []), layer]);
  });
  const bars = Array.from(repeats.values(), (same) =>
    same.length === 1 ? same[0] : joined(`${pattern(same[0].name)}, ${same.length} layers`, same),
  );
  if (bars.length <= MOST_BARS) return bars;
  const ranked = descending(bars.map(({ componentJ }) => sumOf(componentJ)));
  const large = new Set(ranked.slice(0, MOST_BARS - 1));
  const rest = bars.filter((_, i) => !large.has(i));
  return [...bars.filter((_, i) => large.has(i)), joined(`${rest.length} smaller`, rest)];
}

/** Turns `blocks.3.mlp.fc1` into `blocks.*.mlp.fc1`. */
function pattern(name: string): string {
  return name.replace(/\d+/, '*');
}

function joined(name: string, bars: readonly Bar[]): Bar {
  return { name, componentJ: bars[0].componentJ.map((_, c) => sumOf(bars.map((b) => b.componentJ[c]))) };
}

function layerTable({ layers, components }: ReportData, per: number): Markup {
  const figures = (titles: readonly string[]) => titles.map((title) => ({ title, numeric: true }));
  return table(
    'Time, traffic and energy of the layers by component',
    [
      { title: 'layer' },
      ...figures(['energy', 'time', 'stalled']),
      { title: 'waits for' },
      ...figures(['DRAM', 'MACs', ...components.map(({ name }) => name)]),
    ],
    layers.map(({ name, energyJ, timeS, stallS, waitsFor, dramBytes, macs, componentJ }) => [
      name,
      engineering(per * energyJ, 'J'),
      engineering(per * timeS, 's'),
      timeS > 0 ? percent(stallS / timeS) : '-',
      waitsFor ?? '',
      engineering(per * dramBytes, 'B'),
      engineering(per * macs, ''),
      ...componentJ.map((joules) => engineering(per * joules, 'J')),
    ]),
    { className: 'sortable' },
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

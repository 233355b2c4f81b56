import { greatest } from '../charts/extremes.ts';
import { descending, type Ink, KIND_COLOURS, OTHER_COLOUR } from '../data/palette.ts';
import type { LayerData, ReportData } from '../data/report-data.ts';
import { cssColour } from '../drawing/theme.ts';
import { details, legend, table } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { counted, engineering, groupDigits, percent } from '../numbers.ts';
import { bar, type Piece, shareText } from './bars.ts';
import { CATEGORIES } from './energy.ts';

/** The chart folds networks with more layers than this. */
const MOST_BARS = 25;

/** The energy of one bar: one layer, several layers, or the part outside layers. J, by the parts of a split. */
interface Bar {
  readonly name: string;
  readonly partJ: readonly number[];
}

/** A way to divide energies: the parts, and the energy of each in a layer and outside of all layers, J. */
interface Split {
  readonly id: string;
  readonly by: string;
  readonly parts: readonly { readonly name: string; readonly colour: Ink }[];
  readonly ofLayer: (layer: LayerData) => readonly number[];
  readonly totalJ: readonly number[];
}

/**
 * Energy of one inference by layer, one bar per layer, all on one scale: by component, or by cause at the reader's choice. If no
 * inference ended, the energy of the run.
 */
export function layerChart(data: ReportData, colours: readonly Ink[]): Markup {
  const { layers, summary } = data;
  const { inferences } = summary;
  const per = 1 / Math.max(1, inferences);
  const splits = [componentSplit(data, colours), causeSplit(data)];
  const what = inferences > 0 ? `per inference: the run's energy / ${groupDigits(inferences)}` : 'of the run';
  return html`<figure class="chart layers">
<figcaption>Layers <span class="unit">${what}</span></figcaption>
${splits.map(
  (
    { id, by },
    i,
  ) => html`<input type="radio" name="split" id="by-${id}"${i === 0 ? html` checked=""` : NOTHING}/><label for="by-${id}">by ${by}</label>
`,
)}${splits.map((split) => barsBy(split, data, per))}
${details(`All ${counted(layers.length, 'layer', 'layers')} as a table`, layerTable(data, per))}
</figure>
`;
}

function barsBy(split: Split, { layers, summary: { energyJ } }: ReportData, per: number): Markup {
  const bars = [...foldedLayers(layers, split), ...ofNoLayer(layers, split, energyJ.total)].map((b) => ({
    ...b,
    pieces: piecesOf(split, b.partJ, per),
  }));
  const totals = bars.map(({ pieces }) => sumOf(pieces.map((piece) => piece.energyJ)));
  const largest = greatest(totals);
  const rows = bars.map(
    ({ name, pieces }, i) => html`<div class="row"><span class="name" title="${name}">${name}</span>
${bar(name, pieces, largest, html` class="bar"`)}<span class="value">${engineering(totals[i], 'J')}</span></div>
`,
  );
  const top = bars[totals.indexOf(largest)];
  const label = `Energy of ${counted(layers.length, 'layer', 'layers')} by ${split.by}; most in ${top?.name ?? 'none'}, ${engineering(top ? largest : 0, 'J')}`;
  const whole = piecesOf(split, split.totalJ, 1);
  return html`<div class="split by-${split.id}">
${legend(whole.map((piece) => ({ ...piece, colour: cssColour(piece.colour), value: shareText(piece.energyJ, energyJ.total) })))}
<div class="bars" role="img" aria-label="${label}">
${rows}</div>
</div>
`;
}

function piecesOf({ parts }: Split, partJ: readonly number[], per: number): Piece[] {
  return parts.map(({ name, colour }, i) => ({ name, colour, energyJ: per * partJ[i] }));
}

/** Energies by component. Components that share a colour form one part; changes of operating points are the last. */
function componentSplit({ components, summary: { energyJ } }: ReportData, colours: readonly Ink[]): Split {
  const own = components.flatMap((_, c) => (colours[c] === OTHER_COLOUR ? [] : [c]));
  const shared = components.flatMap((_, c) => (colours[c] === OTHER_COLOUR ? [c] : []));
  const sharedName = shared.map((c) => components[c].name).join(', ');
  const changes = energyJ.transition > 0;
  const partsOf = (joules: readonly number[], transitionJ: number): number[] => [
    ...own.map((c) => joules[c]),
    ...(shared.length > 0 ? [sumOf(shared.map((c) => joules[c]))] : []),
    ...(changes ? [transitionJ] : []),
  ];
  return {
    id: 'component',
    by: 'component',
    parts: [
      ...own.map((c) => ({ name: components[c].name, colour: colours[c] })),
      ...(shared.length > 0 ? [{ name: sharedName, colour: OTHER_COLOUR }] : []),
      ...(changes ? [{ name: 'transitions', colour: KIND_COLOURS[3] }] : []),
    ],
    ofLayer: ({ componentJ }) => partsOf(componentJ, 0),
    totalJ: partsOf(
      components.map((component) => component.energyJ),
      energyJ.transition,
    ),
  };
}

/** Energies by cause. */
function causeSplit({ summary: { energyJ } }: ReportData): Split {
  return {
    id: 'cause',
    by: 'cause',
    parts: CATEGORIES,
    ofLayer: (layer) => {
      const { idleJ, leakageJ, dramJ } = layer;
      // Where nothing happens, the difference of equal sums may keep a last digit.
      const dynamicJ = Math.max(0, layer.energyJ - idleJ - leakageJ - dramJ);
      const byKey = { dynamic: dynamicJ, idle: idleJ, leakage: leakageJ, dram: dramJ, transition: 0 };
      return CATEGORIES.map(({ key }) => byKey[key]);
    },
    totalJ: CATEGORIES.map(({ key }) => energyJ[key]),
  };
}

/** Energy between inferences and of operating point changes, so that the bars sum to the total. */
function ofNoLayer(layers: readonly LayerData[], { ofLayer, totalJ }: Split, allJ: number): Bar[] {
  const sums = totalJ.map(() => 0);
  for (const layer of layers) {
    ofLayer(layer).forEach((joules, i) => {
      sums[i] += joules;
    });
  }
  const own = totalJ.map((joules, i) => Math.max(0, joules - sums[i]));
  return sumOf(own) <= 1e-4 * allJ ? [] : [{ name: 'outside layers', partJ: own }];
}

/**
 * The bars of a network. A short network has one bar per layer. A long one joins repeated layers, which have equally
 * long schedules and names that differ only in their first number. If it is still too long, its largest bars remain and
 * the others are joined.
 */
function foldedLayers(layers: readonly LayerData[], { ofLayer }: Split): readonly Bar[] {
  const single = layers.map((layer) => ({ name: layer.name, partJ: ofLayer(layer) }));
  if (layers.length <= MOST_BARS) return single;
  const repeats = new Map<string, Bar[]>();
  layers.forEach((layer, i) => {
    const key = `${pattern(layer.name)} ${layer.scheduleCycles}`;
    repeats.set(key, [...(repeats.get(key) ?? []), single[i]]);
  });
  const bars = Array.from(repeats.values(), (same) =>
    same.length === 1 ? same[0] : joined(`${pattern(same[0].name)}, ${same.length} layers`, same),
  );
  if (bars.length <= MOST_BARS) return bars;
  const ranked = descending(bars.map(({ partJ }) => sumOf(partJ)));
  const large = new Set(ranked.slice(0, MOST_BARS - 1));
  const rest = bars.filter((_, i) => !large.has(i));
  return [...bars.filter((_, i) => large.has(i)), joined(`${rest.length} smaller`, rest)];
}

/** Turns `blocks.3.mlp.fc1` into `blocks.*.mlp.fc1`. */
function pattern(name: string): string {
  return name.replace(/\d+/, '*');
}

function joined(name: string, bars: readonly Bar[]): Bar {
  return { name, partJ: bars[0].partJ.map((_, c) => sumOf(bars.map((b) => b.partJ[c]))) };
}

function layerTable({ layers, components }: ReportData, per: number): Markup {
  const hasDensity = layers.some(({ wPerMm2 }) => wPerMm2 !== undefined);
  const figures = (titles: readonly string[]) => titles.map((title) => ({ title, numeric: true }));
  return table(
    'Time, traffic and energy of the layers by component',
    [
      { title: 'layer' },
      ...figures(['energy', 'time', 'stalled']),
      { title: 'waits for' },
      ...figures(['DRAM', 'MACs', ...(hasDensity ? ['W/mm²'] : []), ...components.map(({ name }) => name)]),
    ],
    layers.map(({ name, energyJ, timeS, stallS, waitsFor, dramBytes, macs, wPerMm2, componentJ }) => [
      name,
      engineering(per * energyJ, 'J'),
      engineering(per * timeS, 's'),
      timeS > 0 ? percent(stallS / timeS) : '-',
      waitsFor ?? '',
      engineering(per * dramBytes, 'B'),
      engineering(per * macs, ''),
      ...(hasDensity ? [wPerMm2?.toPrecision(3) ?? ''] : []),
      ...componentJ.map((joules) => engineering(per * joules, 'J')),
    ]),
    { className: 'sortable' },
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

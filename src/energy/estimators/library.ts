import type { SourceText } from '../../base/source.ts';
import { textOf } from '../expression/functions.ts';
import { answerOf, refuse } from './attributes.ts';
import { type Estimator, PICOJOULE, type Query, SQUARE_MICROMETRE } from './estimator.ts';
import type { NodeScaling } from './node-scaling.ts';

/** One row of a component library: its cells by column, in order. */
interface Entry {
  readonly name: string;
  readonly actions: readonly string[];
  readonly cells: ReadonlyMap<string, string>;
  readonly file: string;
}

export interface LibraryEntries {
  readonly entries: readonly Entry[];
}

/**
 * Reads component libraries of the Accelergy Library plug-in: a CSV for each component, or several in one file, each below a
 * line `COMPONENT: name`. `#` begins a comment.
 */
export function readLibrary(sources: readonly SourceText[]): LibraryEntries {
  return { entries: sources.flatMap(readFile) };
}

function readFile({ file, text }: SourceText): Entry[] {
  const entries: Entry[] = [];
  let name = file.slice(file.lastIndexOf('/') + 1).split('.')[0];
  let columns: readonly string[] | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.split('#')[0].trim();
    if (line.replaceAll(',', '') === '') continue;
    if (line.includes('COMPONENT')) {
      name = (line.split(':')[1] ?? '').trim();
      columns = undefined;
    } else if (!columns) {
      columns = line
        .replace(/,+$/, '')
        .split(',')
        .map((cell) => cell.trim());
    } else {
      entries.push(entryOf(name, columns, line, file));
    }
  }
  return entries;
}

function entryOf(name: string, columns: readonly string[], line: string, file: string): Entry {
  const cells = line.split(',').map((cell) => cell.trim());
  const named = new Map(columns.flatMap((column, i) => (i < cells.length ? [[column, cells[i]] as const] : [])));
  const actions = (named.get('action') ?? '').split('|').map((action) => action.toLowerCase().trim());
  if (!named.has('n_instances')) named.set('n_instances', '1');
  return { name: name.toLowerCase().trim(), actions, cells: named, file };
}

type Target = 'energy' | 'area' | 'leak';

/**
 * Rows scaled to the attributes of a component, as the Library plug-in ba4e9da does: the row with the most equal attributes
 * answers, and each attribute that differs scales it or drops the row. Energy grows with width, depth^0.78, 2^resolution and
 * voltage^2, and follows the node; leakage grows with the cycle too; area grows with width and depth.
 */
export function libraryEstimator({ entries }: LibraryEntries, scaling: NodeScaling): Estimator {
  const ask = (query: Query, action: string | undefined): { value: number; entry: Entry; scaled: string } => {
    const cls = query.class.toLowerCase();
    const named = entries.filter(({ name }) => name === cls);
    const fitting = named.filter(({ actions }) => action === undefined || actions.includes(action.toLowerCase()));
    const target: Target = action === undefined ? 'area' : action === 'leak' ? 'leak' : 'energy';
    const column = action === undefined ? 'area' : 'energy';
    let best: { value: number; entry: Entry; scaled: string; matches: number } | undefined;
    for (const entry of fitting) {
      const match = matched(entry, query, target, scaling);
      const value = figureIn(entry, column);
      if (match === undefined || value === undefined || match.matches <= (best?.matches ?? -1)) continue;
      best = { value: value * match.scale, entry, ...match };
    }
    if (best) return best;
    return refuse(
      named.length === 0
        ? `its library has no component "${cls}"`
        : `its library has no fitting row of ${cls}${action === undefined ? '' : `.${action}`}`,
    );
  };
  const provenance = ({ entry, scaled }: { entry: Entry; scaled: string }) => ({
    source: `component library, ${entry.file.slice(entry.file.lastIndexOf('/') + 1)}`,
    assumption: scaled === '' ? undefined : `scaled: ${scaled}`,
  });
  return {
    name: 'Library',
    priority: 90,
    classes: [...new Set(entries.map(({ name }) => name))],
    estimateAction: (query) =>
      answerOf(() => {
        const found = ask(query, query.action);
        return { energyJ: found.value * PICOJOULE, voltageV: null, temperatureK: 300, ...provenance(found) };
      }),
    estimateArea: (query) =>
      answerOf(() => {
        const found = ask(query, undefined);
        return { areaM2: found.value * SQUARE_MICROMETRE, ...provenance(found) };
      }),
    estimateLeakage: (query) =>
      answerOf(() => {
        const cycle = query.attributes.get('global_cycle_seconds');
        if (typeof cycle !== 'number' || !(cycle > 0))
          return refuse('it needs the attribute global_cycle_seconds for leakage');
        const found = ask(query, 'leak');
        return { powerW: (found.value * PICOJOULE) / cycle, voltageV: null, temperatureK: 300, ...provenance(found) };
      }),
  };
}

function figureIn({ cells }: Entry, column: string): number | undefined {
  for (const [name, cell] of cells) {
    if (!name.toLowerCase().includes(column)) continue;
    const value = Number(cell);
    return cell !== '' && Number.isFinite(value) ? value : undefined;
  }
  return undefined;
}

/** The column of an attribute; `width|datawidth` has two names. */
function columnOf({ cells }: Entry, attribute: string): string | undefined {
  const wanted = attribute.toLowerCase();
  for (const column of cells.keys()) {
    const name = column.toLowerCase();
    if (name === wanted || name.split('|').includes(wanted)) return column;
  }
  return undefined;
}

function matched(
  entry: Entry,
  query: Query,
  target: Target,
  scaling: NodeScaling,
): { scale: number; matches: number; scaled: string } | undefined {
  const taken = new Set<string>();
  const scaled: string[] = [];
  let [scale, matches] = [1, 0];
  for (const [name, value] of query.attributes) {
    const column = columnOf(entry, name);
    if (column === undefined || taken.has(column)) continue;
    taken.add(column);
    const cell = entry.cells.get(column)!;
    if (cell === '*' || cell.toLowerCase() === textOf(value).toLowerCase()) {
      matches++;
      continue;
    }
    if (query.attributes.get(`no_scale_${target}`)) continue;
    const [from, to] = [leadingNumber(cell), leadingNumber(textOf(value))];
    const factor =
      from === undefined || to === undefined ? undefined : factorOf(name.toLowerCase(), from, to, target, scaling);
    if (factor === undefined || !Number.isFinite(factor)) return undefined;
    if (factor === 1) matches++;
    else scaled.push(`${name} from ${cell} to ${value}`);
    scale *= factor;
  }
  return { scale, matches, scaled: scaled.join(', ') };
}

/** The number in a cell, without the characters around it: 45 of `45nm`. */
function leadingNumber(text: string): number | undefined {
  const trimmed = text.replace(/^[^-0-9eE+.]+/, '').replace(/[^-0-9eE+.]+$/, '');
  const value = Number(trimmed);
  return trimmed !== '' && Number.isFinite(value) ? value : undefined;
}

const LINEAR = ['width', 'datawidth', 'width_a', 'width_b', 'datawidth_a', 'datawidth_b'];
const LINEAR_ENERGY = [...LINEAR, 'average_input_value', 'average_weight_value', 'average_output_value', 'n_steps'];
const LINEAR_AREA = [...LINEAR, 'depth', 'rows', 'cols', 'columns'];
const NEUTRAL = [
  'area_scale',
  'energy_scale',
  'n_instances',
  'no_scale_area',
  'no_scale_energy',
  'global_cycle_seconds',
];
const NEUTRAL_ENERGY = [...NEUTRAL, 'rows', 'cols', 'columns'];
const NEUTRAL_AREA = [...NEUTRAL, 'average_input_value', 'average_weight_value', 'average_output_value', 'voltage'];

/** The factor for a change of one attribute; undefined if there is no rule for it. */
function factorOf(name: string, from: number, to: number, target: Target, scaling: NodeScaling): number | undefined {
  if (target === 'leak' && name === 'voltage') return 1;
  if (target === 'leak' && name === 'global_cycle_seconds') return to / from;
  if ((target === 'area' ? NEUTRAL_AREA : NEUTRAL_ENERGY).includes(name)) return 1;
  if (from === 0) return undefined;
  if ((target === 'area' ? LINEAR_AREA : LINEAR_ENERGY).includes(name)) return to / from;
  if (name === 'resolution') return 2 ** (to - from);
  if (name === 'technology') return scaling.factors(from, to)?.[target === 'area' ? 'area' : 'energy'];
  if (name === 'depth') return (to / from) ** (1.56 / 2);
  return name === 'voltage' ? (to / from) ** 2 : undefined;
}

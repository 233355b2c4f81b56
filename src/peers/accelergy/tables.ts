import { type Diagnostic, InputError, mapCollecting } from '../../base/errors.ts';
import { roundDecimals } from '../../energy/index.ts';
import type { WantedAction } from '../accelergy-input/actions-of.ts';
import { type FlatComponent, withRequired } from '../accelergy-input/architecture.ts';
import { type Attributes, Layers, NO_ATTRIBUTES, numberOf } from '../accelergy-input/attributes.ts';
import { countOf } from '../accelergy-input/names.ts';
import type { Rules } from '../accelergy-input/rules.ts';
import { type CompoundRow, type PartAction, rowsOf } from './actions.ts';
import type { Arbiter } from './arbitration.ts';
import { type ClassBook, type Part, type PartTree, partsOf } from './parts.ts';
import type { Figure } from './question.ts';

/** The contribution of one primitive to a row. */
export interface RowPart {
  readonly path: string;
  readonly class: string;
  readonly action: string;
  readonly arguments: Attributes;
  /** Product of the scales of the actions. */
  readonly scale: number;
  /** Product of the energy scales of the parts. */
  readonly partScale: number;
  readonly count: number;
  readonly figure: Figure;
}

/** An energy of the table, in pJ. */
export interface EnergyRow {
  readonly action: string;
  /** Null if the table has none: ERTs may leave them out. */
  readonly arguments: Attributes | null;
  readonly energyPj: number;
  /** Of a compound component. */
  readonly parts?: readonly RowPart[] | undefined;
  /** Of a primitive one. */
  readonly figure?: Figure | undefined;
}

export interface AreaPart {
  readonly path: string;
  readonly class: string;
  readonly figure: Figure;
  readonly scale: number;
  readonly count: number;
}

/** The energies and the area of one instance of a component. */
export interface ComponentTables {
  readonly component: FlatComponent;
  readonly rows: readonly EnergyRow[];
  readonly areaUm2: number;
  /** Of a compound component; a primitive has one figure. */
  readonly areaParts: readonly AreaPart[];
  readonly areaFigure?: Figure | undefined;
  /** The parts of a compound component. */
  readonly tree?: PartTree | undefined;
  readonly actions?: readonly CompoundRow[] | undefined;
}

export interface TableOptions {
  readonly book: ClassBook;
  readonly arbiter: Arbiter;
  readonly rules: Rules;
  readonly digits: number;
  /** The actions of a primitive component, with the values of their arguments. */
  readonly actionsOf: (component: FlatComponent) => readonly WantedAction[];
  /** Takes the problems of a component that is left out; without it they are errors. */
  readonly leaveOut?: ((problems: readonly Diagnostic[]) => void) | undefined;
  /** Whether energies are wanted, and areas. */
  readonly energies: boolean;
  readonly areas: boolean;
}

/**
 * The energy and area reference tables: primitive components first, then compound ones, each in the order of the
 * architecture. Errors, of all components together: `no-estimator`, those of parts, actions and expressions.
 */
export function tablesOf(components: readonly FlatComponent[], options: TableOptions): ComponentTables[] {
  const { book } = options;
  const primitives = components.filter(({ class: cls }) => !book.compounds.has(cls));
  const compounds = components.filter(({ class: cls }) => book.compounds.has(cls));
  const tables = mapCollecting([...primitives, ...compounds], (component) => {
    try {
      return componentTables(component, options);
    } catch (error) {
      if (!(error instanceof InputError) || !options.leaveOut) throw error;
      options.leaveOut(error.diagnostics);
      return undefined;
    }
  });
  return tables.filter((table) => table !== undefined);
}

function componentTables(component: FlatComponent, options: TableOptions): ComponentTables {
  const cls = options.book.compounds.get(component.class);
  if (!cls) return primitiveTables(component, options);
  return compoundTables(component, partsOf(component, cls, options.book, options.rules), options);
}

/** Rounds to significant digits as 0.4 does, or to decimals as 0.3 does. */
export function rounded(value: number, { digits, rules }: Pick<TableOptions, 'digits' | 'rules'>): number {
  if (rules.peer === 'accelergy-0.3') return roundDecimals(value, digits);
  return value === 0 ? value : roundDecimals(value, digits - Math.floor(Math.log10(Math.abs(value))) - 1);
}

function primitiveTables(component: FlatComponent, options: TableOptions): ComponentTables {
  const { rules, arbiter } = options;
  const { attributes, span, classSpan } = component;
  const names = new Layers(attributes);
  const scale = (kind: 'areaScale' | 'energyScale') => (component[kind] ? numberOf(component[kind], names, rules) : 1);
  const question = { class: component.class, attributes, what: `component "${component.name}"` };
  const rows = mapCollecting(options.energies ? options.actionsOf(component) : [], (action): EnergyRow => {
    const given = withRequired(action.arguments, attributes, action.span, rules, true);
    const figure = arbiter.ask({ ...question, action: action.name, arguments: given, span: action.span });
    return {
      action: action.name,
      arguments: rules.peer === 'accelergy-0.3' && given.size === 0 ? null : given,
      energyPj: rounded(figure.value * scale('energyScale'), options),
      figure,
    };
  });
  const areaFigure = options.areas
    ? arbiter.ask({ ...question, arguments: NO_ATTRIBUTES, span: rules.peer ? classSpan : span })
    : undefined;
  const areaUm2 = areaFigure ? rounded(areaFigure.value * scale('areaScale'), options) : 0;
  return { component, rows, areaUm2, areaParts: [], areaFigure };
}

function compoundTables(component: FlatComponent, tree: PartTree, options: TableOptions): ComponentTables {
  const { rules } = options;
  const top = tree.byBase.get('')!;
  const scales = new Map(tree.primitives.map((part) => [part.path.replace(/\[[^\]]*\]/g, ''), part]));
  const actions = rowsOf(top, tree, rules);
  const rows = mapCollecting(options.energies ? actions : [], (row) =>
    compoundRow(component, row, top, scales, options),
  );
  const areaParts = mapCollecting(options.areas ? tree.primitives : [], (part) => areaPart(component, part, options));
  const areaUm2 = areaParts.reduce(
    (sum, { figure, scale, count }) => sum + partOfSum(figure.value, options) * scale * count,
    0,
  );
  return { component, rows, areaUm2: rounded(areaUm2, options), areaParts, tree, actions };
}

/** 0.3 rounds the figures of primitives before it adds them up. */
function partOfSum(value: number, options: TableOptions): number {
  return options.rules.peer === 'accelergy-0.3' ? rounded(value, options) : value;
}

function areaPart(component: FlatComponent, part: Part, { arbiter }: TableOptions): AreaPart {
  const what = `"${part.path}" of component "${component.name}"`;
  const figure = arbiter.ask({
    class: part.class,
    attributes: part.attributes,
    arguments: NO_ATTRIBUTES,
    what,
    span: component.span,
  });
  return { path: part.path, class: part.class, figure, scale: part.areaScale, count: countOf(part.path) };
}

function compoundRow(
  component: FlatComponent,
  row: CompoundRow,
  top: Part,
  scales: ReadonlyMap<string, Part>,
  options: TableOptions,
): EnergyRow {
  const { rules, arbiter } = options;
  const { primitiveType } = top.compound!;
  if (primitiveType !== undefined) {
    const given = withRequired(row.arguments, top.attributes, row.span, rules, true);
    const what = `component "${component.name}"`;
    const figure = arbiter.ask({
      class: primitiveType,
      attributes: top.attributes,
      action: row.action,
      arguments: given,
      what,
      span: row.span,
    });
    return { action: row.action, arguments: given, energyPj: rounded(figure.value, options), figure };
  }
  const parts = mapCollecting(row.parts, (part) => rowPart(component, part, scales, options));
  const energyPj = parts.reduce(
    (sum, { figure, scale, count, partScale }) => sum + partOfSum(figure.value, options) * scale * count * partScale,
    0,
  );
  const own = rules.peer === 'accelergy-0.3' && row.arguments.size === 0 ? null : row.arguments;
  return { action: row.action, arguments: own, energyPj: rounded(energyPj, options), parts };
}

function rowPart(
  component: FlatComponent,
  action: PartAction,
  scales: ReadonlyMap<string, Part>,
  { rules, arbiter }: TableOptions,
): RowPart {
  const { path, part } = action;
  // The primitives carry the product of all scales; the tree has each part's own.
  const scaled = scales.get(path.replace(/\[[^\]]*\]/g, '')) ?? part;
  const given = withRequired(action.arguments, part.attributes, action.span, rules, true);
  const what = `"${path}" of component "${component.name}"`;
  const figure = arbiter.ask({
    class: part.class,
    attributes: part.attributes,
    action: action.action,
    arguments: given,
    what,
    span: action.span,
  });
  return {
    path,
    class: part.class,
    action: action.action,
    arguments: given,
    scale: action.scale,
    partScale: scaled.energyScale,
    count: action.count,
    figure,
  };
}

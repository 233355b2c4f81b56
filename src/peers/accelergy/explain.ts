import { fail, nearestName } from '../../base/errors.ts';
import type { AreaPart, ErtPart } from '../../energy/index.ts';
import { baseName, fullName } from '../../energy/input/index.ts';
import type { Attributes } from '../../formats/accelergy/index.ts';
import type { EnergyResult } from './run.ts';
import { type ComponentTables, calledText, type EstimatedRow, givenInstances, unitPj, unitUm2 } from './tables.ts';

/**
 * How each figure came about: the estimator, the row or interpolation, source and assumption, the scales, and the estimators that
 * refused, with their reasons. `wanted` is `COMPONENT.ACTION`, `COMPONENT.area` or a component; without it everything is
 * explained. Errors: `unknown-name`, `action-unknown`.
 */
export function explainEnergies({ tables }: EnergyResult, wanted?: string): string {
  const chosen = wanted === undefined ? tables.map((table) => ({ table, action: undefined })) : [find(tables, wanted)];
  return chosen.map(({ table, action }) => explainComponent(table, action)).join('\n');
}

function find(
  tables: readonly ComponentTables[],
  wanted: string,
): { readonly table: ComponentTables; readonly action: string | undefined } {
  const named = (name: string) =>
    tables.find(({ component }) => [fullName(component), baseName(fullName(component)), component.name].includes(name));
  const whole = named(wanted);
  if (whole) return { table: whole, action: undefined };
  const dot = wanted.lastIndexOf('.');
  const table = dot > 0 ? named(wanted.slice(0, dot)) : undefined;
  const action = wanted.slice(dot + 1);
  if (!table) {
    const names = tables.map(({ component }) => baseName(fullName(component)));
    return fail('unknown-name', `there is no component "${dot > 0 ? wanted.slice(0, dot) : wanted}"`, {
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(dot > 0 ? wanted.slice(0, dot) : wanted, names),
    });
  }
  const actions = [...new Set(table.rows.map((row) => row.action)), 'area'];
  if (actions.includes(action)) return { table, action };
  return fail('action-unknown', `component "${fullName(table.component)}" has no action "${action}"`, {
    expected: `one of ${actions.join(', ')}`,
    suggestion: nearestName(action, actions),
  });
}

function explainComponent(table: ComponentTables, action: string | undefined): string {
  const { component, rows } = table;
  const wanted = rows.filter((row) => action === undefined || row.action === action);
  const lines = [
    `${fullName(component)} (${component.class})`,
    ...wanted.flatMap((row) => explainRow(row, component.attributes)),
  ];
  if (action === undefined || action === 'area') lines.push(...explainArea(table));
  return `${lines.join('\n')}\n`;
}

function explainRow(row: EstimatedRow, attributes: Attributes): string[] {
  const instances = givenInstances(attributes);
  // Accelergy multiplies the leakage of all instances into the figure of one.
  const of = row.action === 'leak' && instances !== 1 ? ` of ${instances} instances` : scalarText(row, attributes);
  const head = `  ${calledText(row)}: ${digits(row.energyPj)} pJ${of}`;
  const [first] = row.parts;
  if (first?.path === '') return [head, ...figureLines(first, unitPj(first), '    ', 'pJ')];
  return [head, ...row.parts.flatMap(partLines)];
}

/** An access moves a word; Timeloop counts its scalars. Both have their names, since they differ by the words in a row. */
function scalarText({ action, energyPj }: EstimatedRow, attributes: Attributes): string {
  const number = (...names: readonly string[]) =>
    names.map((name) => attributes.get(name)?.value).find((value) => typeof value === 'number');
  const [width, scalar] = [number('width'), number('datawidth', 'word_bits', 'word-bits')];
  const isAccess = ['read', 'write', 'update'].includes(action);
  if (!isAccess || width === undefined || scalar === undefined || !(scalar > 0 && scalar < width)) return '';
  return ` a word of ${width} bit, ${digits((energyPj * scalar) / width)} pJ a scalar of ${scalar} bit`;
}

function partLines(part: ErtPart): string[] {
  const factors = [
    part.multiplicity !== 1 ? `${part.multiplicity} instances` : '',
    part.actionScale !== 1 ? `scale ${digits(part.actionScale)} of the action` : '',
    part.partScale !== 1 ? `scale ${digits(part.partScale)} of the part` : '',
  ];
  const times = factors
    .filter((factor) => factor !== '')
    .map((factor) => ` x ${factor}`)
    .join('');
  const energyPj = unitPj(part) * part.multiplicity * part.actionScale * part.partScale;
  return [
    `    ${part.path}.${part.action}: ${digits(energyPj)} pJ${times === '' ? '' : ` = ${digits(unitPj(part))} pJ${times}`}`,
    ...figureLines(part, unitPj(part), '      ', 'pJ', false),
  ];
}

function explainArea({ component, areaUm2, areaParts }: ComponentTables): string[] {
  // Energies are of one instance.
  const instances = givenInstances(component.attributes);
  const each = instances === 1 ? '' : ` of ${instances} instances, ${digits(areaUm2 / instances)} um2 each`;
  const head = `  area: ${digits(areaUm2)} um2${each}`;
  const [first] = areaParts;
  if (first?.path === '') return [head, ...figureLines(first, unitUm2(first), '    ', 'um2')];
  return [
    head,
    ...areaParts.flatMap((part) => [
      `    ${part.path}: ${digits(areaOf(part))} um2`,
      ...figureLines(part, unitUm2(part), '      ', 'um2', false),
    ]),
  ];
}

function areaOf(part: AreaPart): number {
  return unitUm2(part) * part.scale * part.multiplicity;
}

function figureLines(figure: ErtPart | AreaPart, value: number, pad: string, unit: string, withValue = true): string[] {
  const { estimator, source, assumption, spread, refused } = figure;
  const { voltageV, temperatureK } = 'voltageV' in figure ? figure : { voltageV: undefined, temperatureK: undefined };
  const supply =
    voltageV === undefined
      ? ''
      : voltageV === null
        ? ', own supply or none given'
        : `, at ${voltageV} V and ${temperatureK} K`;
  return [
    `${pad}by ${estimator}${withValue ? `: ${digits(value)} ${unit}` : ''}${supply}`,
    `${pad}source: ${source}`,
    ...(assumption ? [`${pad}assumption: ${assumption}`] : []),
    ...(spread
      ? [
          `${pad}sources span ${digits(value * spread.low)} to ${digits(value * spread.high)} ${unit}: ${spread.sources}`,
        ]
      : []),
    ...refused.filter((reason) => !reason.startsWith('dummy:')).map((reason) => `${pad}refused: ${reason}`),
  ];
}

function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}

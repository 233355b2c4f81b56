import { type Diagnostic, fail, InputError, nearestName } from '../base/errors.ts';
import { type Files, readText, relativeTo } from '../base/files.ts';
import { seenFrom } from '../base/overrides.ts';
import { type ErtAction, type GivenFigures, LEAKS } from '../energy/index.ts';
import { baseName, type Component, fullName, PROPAGATED } from '../energy/input/index.ts';
import {
  type Attribute,
  attributeOf,
  readArtTables,
  readErtTables,
  type WrittenRow,
  type WrittenTable,
} from '../formats/accelergy/index.ts';
import { childOf, parseTaggedYaml, plainValueOf, type TaggedNode } from '../formats/tagged-yaml.ts';
import type { AcceleratorSpec } from './accelerator.ts';

const PICOJOULE = 1e-12;
const SQUARE_MICROMETRE = 1e-12;
/** The temperature of leakage in an ERT, which gives none, K. */
const TEMPERATURE_K = 300;

/**
 * The figures of the components that the accelerator's `ert` lists, by component name, and what that assumes. Names count without brackets.
 * Errors: `file-not-found`, those of the tables, `missing-key` (a file without tables), `unknown-name` (a table of no component),
 * `attribute-missing` (leakage without a cycle), `out-of-range` (a voltage of zero).
 */
export function givenFigures(
  files: Files,
  { document, ert }: AcceleratorSpec,
  components: readonly Component[],
): { readonly figures: ReadonlyMap<string, GivenFigures>; readonly assumptions: readonly string[] } {
  if (!ert) return { figures: new Map(), assumptions: [] };
  const { voltageV } = ert;
  if (voltageV === 0)
    fail('out-of-range', 'the voltage of the ERT is zero', {
      span: document.span(['ert', 'voltage']),
      expected: 'a voltage above zero',
    });
  const slips: Diagnostic[] = [];
  const rules = { slip: (problem: Diagnostic) => void slips.push(problem), remark: () => {}, needsArguments: false };
  const rootOf = (key: 'file' | 'area', path: string, role: string): TaggedNode => {
    const span = document.span(['ert', key]);
    const root = parseTaggedYaml(
      readText(files, relativeTo(seenFrom(document, ['ert', key]), path), `an ${role}`, span),
    );
    return (
      childOf(root, role) ??
      fail('missing-key', `${path} has no "${role}"`, { span, expected: `a file with the key ${role}` })
    );
  };
  const tables = readErtTables(rootOf('file', ert.file, 'ERT'), rules);
  const areas = ert.area === null ? new Map<string, number>() : readArtTables(rootOf('area', ert.area, 'ART'), rules);
  if (slips.length > 0) throw new InputError(slips);
  const byFullName = new Map(components.map((component) => [baseName(fullName(component)), component]));
  const areaOf = new Map([...areas].map(([name, area]) => [baseName(name), area]));
  const source = `ERT ${ert.file.replace(/^.*\//, '')}`;
  const figures = new Map<string, GivenFigures>();
  for (const table of tables.values()) {
    const component = byFullName.get(baseName(table.name)) ?? failUnknown(table, [...byFullName.keys()]);
    const areaUm2 = areaOf.get(baseName(table.name));
    figures.set(component.name, {
      actions: table.rows
        .filter(({ action }) => !LEAKS.includes(action))
        .map((row) => actionOf(row, component, voltageV, source)),
      leakage: leakageOf(table, component, voltageV, source),
      ...(areaUm2 !== undefined && { areaM2: areaUm2 * SQUARE_MICROMETRE }),
      source,
    });
  }
  return { figures, assumptions: assumptionsOf(ert.file, voltageV, components, figures) };
}

function assumptionsOf(
  file: string,
  voltageV: number | null,
  components: readonly Component[],
  figures: ReadonlyMap<string, GivenFigures>,
): string[] {
  const scaled =
    voltageV === null
      ? `energies of ${file} are taken at any voltage, since the accelerator states none for them`
      : `energies of ${file} hold at ${voltageV} V and grow with the square of the voltage`;
  const others = components.filter(({ name }) => !figures.has(name)).map(({ name }) => name);
  return others.length === 0 ? [scaled] : [scaled, `${others.join(', ')}: not in ${file}, estimated`];
}

function failUnknown({ name, span }: WrittenTable, known: readonly string[]): never {
  return fail('unknown-name', `the architecture has no component "${name}"`, {
    span,
    expected: `one of ${known.join(', ')}`,
    suggestion: nearestName(baseName(name), known),
  });
}

function actionOf(row: WrittenRow, { class: cls }: Component, voltageV: number | null, source: string): ErtAction {
  const energyJ = row.energyPj * PICOJOULE;
  const given = [...(row.arguments ?? [])].flatMap(([name, node]): [string, Attribute][] => {
    const own = attributeOf(node);
    const isNumber = typeof own.value === 'number' || typeof own.value === 'boolean';
    return isNumber && !PROPAGATED.includes(name) ? [[name, { ...own, value: Number(own.value) }]] : [];
  });
  const named = { path: '', class: cls, action: row.action, arguments: new Map(given) };
  const part = { ...named, multiplicity: 1, actionScale: 1, partScale: 1, estimator: source, refused: [] };
  return {
    action: row.action,
    arguments: new Map(given),
    energyJ,
    capacitanceF: voltageV === null ? 0 : energyJ / (voltageV * voltageV),
    fixedJ: voltageV === null ? energyJ : 0,
    parts: [{ ...part, unitEnergyJ: energyJ, energyJ, voltageV, temperatureK: TEMPERATURE_K, source }],
  };
}

function leakageOf({ rows }: WrittenTable, component: Component, voltageV: number | null, source: string) {
  const row = rows.find(({ action }) => LEAKS.includes(action));
  if (!row) return undefined;
  if (row.energyPj === 0) return { powerW: 0, voltageV, temperatureK: TEMPERATURE_K, source };
  const own = row.arguments?.get('global_cycle_seconds');
  const cycleS = (own && plainValueOf(own)) ?? component.attributes.get('global_cycle_seconds')?.value;
  if (typeof cycleS !== 'number' || !(cycleS > 0))
    fail('attribute-missing', `the leakage of "${component.name}" is an energy a cycle, and no cycle is known`, {
      span: row.span,
      expected: 'the argument global_cycle_seconds of the row, or the attribute of the component',
    });
  const assumption = 'leakage is that of 300 K';
  return { powerW: (row.energyPj * PICOJOULE) / cycleS, voltageV, temperatureK: TEMPERATURE_K, source, assumption };
}

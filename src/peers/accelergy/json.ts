import { fullName } from '../../energy/input/index.ts';
import type { Attributes } from '../../formats/accelergy/index.ts';
import type { EnergyResult } from './run.ts';
import { type ComponentTables, unitPj, unitUm2 } from './tables.ts';

/** The result as plain data: energies in pJ, areas in um2, each with the origin of its figures. */
export function energyJson({ tables, energies }: EnergyResult): object {
  return {
    version: 1,
    components: tables.map(({ component, rows, areaUm2, areaParts }) => ({
      name: fullName(component),
      class: component.class,
      area_um2: areaUm2,
      area_from: fromParts(areaParts, (part) => origin(part, unitUm2(part))),
      actions: rows.map((row) => ({
        name: row.action,
        arguments: argumentsOf(row.arguments),
        energy_pj: row.energyPj,
        from: fromParts(row.parts, (part) => ({
          ...(part.path !== '' && {
            action: part.action,
            energy_pj: unitPj(part),
            times: part.actionScale * part.partScale * part.multiplicity,
          }),
          ...origin(part, unitPj(part)),
        })),
      })),
    })),
    ...(energies && {
      energies: energies.map(({ name, energyPj, actions }) => ({
        name,
        energy_pj: energyPj,
        actions: actions.map(({ count, row }) => ({
          name: count.action,
          counts: count.count,
          energy_pj: count.count * row.energyPj,
        })),
      })),
      total_pj: energies.reduce((sum, { energyPj }) => sum + energyPj, 0),
    }),
  };
}

/** The origin of each part; that of the whole component if it is one figure. */
function fromParts<T extends { readonly path: string }>(parts: readonly T[], originOf: (part: T) => object): object {
  const [first] = parts;
  if (first?.path === '') return originOf(first);
  return parts.map((part) => ({ part: part.path, ...originOf(part) }));
}

type Figure = ComponentTables['areaParts'][number] | ComponentTables['rows'][number]['parts'][number];

function origin({ estimator, source, assumption, spread }: Figure, value: number): object {
  return {
    estimator,
    source,
    ...(assumption !== undefined && { assumption }),
    ...(spread && { range: [value * spread.low, value * spread.high], range_from: spread.sources }),
  };
}

function argumentsOf(given: Attributes | null): object {
  return Object.fromEntries([...(given ?? [])].map(([name, { value }]) => [name, value]));
}

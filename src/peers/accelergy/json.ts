import type { Attributes } from '../accelergy-input/attributes.ts';
import type { Figure } from './question.ts';
import type { EnergyResult } from './run.ts';

/** The result as plain data: energies in pJ, areas in um2, each with the origin of its figures. */
export function energyJson({ tables, energies }: EnergyResult): object {
  return {
    version: 1,
    components: tables.map(({ component, rows, areaUm2, areaFigure, areaParts }) => ({
      name: component.name,
      class: component.class,
      area_um2: areaUm2,
      area_from: areaFigure
        ? origin(areaFigure)
        : areaParts.map(({ path, figure }) => ({ part: path, ...origin(figure) })),
      actions: rows.map((row) => ({
        name: row.action,
        arguments: argumentsOf(row.arguments),
        energy_pj: row.energyPj,
        from: row.figure
          ? origin(row.figure)
          : (row.parts ?? []).map(({ path, action, figure, scale, partScale, count }) => ({
              part: path,
              action,
              energy_pj: figure.value,
              times: scale * partScale * count,
              ...origin(figure),
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

function origin({ value, estimator, source, assumption, spread }: Figure): object {
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

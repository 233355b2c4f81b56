import { fail } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import { type Ert, type LeakageCurve, nodeLeakageCurves, nodeOf, tableAt } from '../../energy/index.ts';
import { fullName, PROPAGATED } from '../../energy/input/index.ts';
import { distinctTexts, ERT_COLUMNS, ertRow, writeCsv } from '../../report/index.ts';
import { instancesOf } from './tables.ts';

/** Supplies and a temperature at which the energies are wanted; the figures keep their own without them. */
export interface Supplies {
  /** V; the first is that of the ERT and of the energies of counts. */
  readonly voltagesV: readonly number[];
  readonly temperatureK?: number | undefined;
}

/** Whether something else than the figures' own conditions is asked for. */
export function hasSupplies({ voltagesV, temperatureK }: Supplies): boolean {
  return voltagesV.length > 0 || temperatureK !== undefined;
}

/** Error `out-of-range` for a supply or temperature at which no transistor of the tables works. */
export function checkSupplies({ voltagesV, temperatureK }: Supplies): void {
  for (const voltageV of voltagesV) {
    if (voltageV > 0 && voltageV <= MOST_V) continue;
    fail('out-of-range', `the supply is ${voltageV} V`, { expected: `above zero, and at most ${MOST_V} V` });
  }
  if (temperatureK !== undefined && !(temperatureK >= LEAST_K && temperatureK <= MOST_K))
    fail('out-of-range', `the temperature is ${temperatureK} K`, { expected: `${LEAST_K} to ${MOST_K} K` });
}

const MOST_V = 5;
const [LEAST_K, MOST_K] = [200, 500];

/** The table at each supply; one at the figures' own where only a temperature is given. */
export function tablesAt(ert: Ert, { voltagesV, temperatureK }: Supplies, bundled: Files): Ert[] {
  const known = new Map<string, ReadonlyMap<string, LeakageCurve>>();
  const curvesOf = (technology: string): ReadonlyMap<string, LeakageCurve> => {
    const node = nodeOf(technology);
    const curves = known.get(technology) ?? (node === undefined ? new Map() : nodeLeakageCurves(bundled, node));
    known.set(technology, curves);
    return curves;
  };
  const voltages = voltagesV.length > 0 ? voltagesV : [undefined];
  return voltages.map((voltageV) => tableAt(ert, { voltageV, temperatureK }, curvesOf));
}

/**
 * `ert.csv`: the energy of each action of each component with a row for each supply, and `leakage.csv`: the leakage power of all instances
 * of each component at each supply and the temperature, in W.
 */
export function supplyFiles(tables: readonly Ert[]): Map<string, string> {
  const [first] = tables;
  const rows = first.components.flatMap(({ component, actions }, c) =>
    actions.flatMap((_, a) => {
      const each = tables.map(({ components }) => components[c].actions[a]);
      return apart(each, ({ parts }) => voltageOf(parts)).map(({ action, arguments: given, parts, energyJ }) => {
        const own = new Map([...given].filter(([name]) => !PROPAGATED.includes(name)));
        return ertRow(fullName(component), { action, arguments: own, parts }, voltageOf(parts), energyJ);
      });
    }),
  );
  const leakage = first.components.flatMap(({ component }, c) => {
    const each = tables.map(({ components }) => components[c].leakageParts).filter((parts) => parts.length > 0);
    return apart(each, voltageOf).map((parts) => {
      const powerW = parts.reduce((sum, part) => sum + part.powerW, 0) * instancesOf(component);
      const texts = (key: 'source' | 'assumption') => distinctTexts(parts.map((part) => part[key]));
      const temperatureK = Math.max(...parts.map((part) => part.temperatureK));
      return [fullName(component), voltageOf(parts), temperatureK, powerW, texts('source'), texts('assumption')];
    });
  });
  return new Map([
    ['ert.csv', writeCsv(ERT_COLUMNS, rows)],
    ['leakage.csv', writeCsv(['component', 'voltage_v', 'temperature_k', 'power_w', 'source', 'assumption'], leakage)],
  ]);
}

/** The items of each supply; what has none is the same at all of them and stands once. */
function apart<T>(items: readonly T[], supplyOf: (item: T) => number | ''): readonly T[] {
  return items.filter((item, i) => i === 0 || supplyOf(item) !== '');
}

/** The supply of the parts that have one; empty if none has. */
function voltageOf(parts: readonly { readonly voltageV: number | null }[]): number | '' {
  return parts.find((part) => part.voltageV !== null)?.voltageV ?? '';
}

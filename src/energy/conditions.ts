import { summed } from './compound/build.ts';
import type { Ert, ErtComponent, ErtPart, LeakagePart } from './ert.ts';
import type { LeakageCurve } from './estimators/leakage-curve.ts';
import { baseName } from './input/names.ts';
import {
  exponentialLeakage,
  LEAKAGE_SLOPE_PER_V,
  type LeakageLogarithm,
  LOGIC_GROWTH_PER_K,
  leakageVoltage,
  logarithmAt,
  tabulatedLeakage,
} from './leakage.ts';

/** Where a table is wanted; a figure keeps its own supply or temperature without one. */
export interface Conditions {
  readonly voltageV?: number | undefined;
  readonly temperatureK?: number | undefined;
}

/** Actions that stand for the leakage of a cycle, in files of 0.4 and 0.3. */
export const LEAKS: readonly string[] = ['leak', 'idle'];

/**
 * A table with leakage at a supply and a temperature: E(V) = E0 (V / V0)^2 of each part, and
 * P(V, T) = P0 (V / V0) exp(s (V - V0)) g(T) / g(T0) of its leakage, which the actions `leak` and `idle` follow. g is the curve of the
 * part's cells at the nearest node (`curvesOf`), or grows exponentially. A part without a supply of its own keeps its figure at any
 * voltage, and says so.
 */
export function tableAt(
  { components }: Ert,
  conditions: Conditions,
  curvesOf: (technology: string) => ReadonlyMap<string, LeakageCurve>,
): Ert {
  // Equal components share their actions; what is made of them is shared too.
  const known = new Map<ErtComponent['actions'], ErtComponent>();
  return {
    components: components.map((entry) => {
      const made = known.get(entry.actions) ?? componentAt(entry, conditions, curvesOf);
      known.set(entry.actions, made);
      return { ...made, component: entry.component };
    }),
  };
}

function componentAt(
  entry: ErtComponent,
  conditions: Conditions,
  curvesOf: (technology: string) => ReadonlyMap<string, LeakageCurve>,
): ErtComponent {
  const curves = curvesOf(String(entry.component.attributes.get('technology')?.value));
  const cells = new Map(entry.leakageParts.map(({ path, cell }) => [baseName(path), cell]));
  return {
    ...entry,
    actions: entry.actions.map(({ action, arguments: given, parts }) => {
      const scaled = parts.map((part) =>
        LEAKS.includes(part.action)
          ? leakAt(part, cells.get(baseName(part.path)), conditions, curves)
          : partAt(part, conditions),
      );
      return summed(action, given, scaled);
    }),
    leakageParts: entry.leakageParts.map((part): LeakagePart => {
      if (part.powerW === 0) return part;
      const { factor, ...rest } = leakageAt(part, part.cell, conditions, curves);
      return { ...part, ...rest, powerW: part.powerW * factor };
    }),
  };
}

type Figure = Pick<ErtPart, 'voltageV' | 'temperatureK' | 'assumption'>;

function partAt(part: ErtPart, { voltageV }: Conditions): ErtPart {
  if (voltageV === undefined) return part;
  if (part.voltageV === null) return { ...part, assumption: joined(part.assumption, ANY_VOLTAGE) };
  const factor = (voltageV / part.voltageV) ** 2;
  const said = factor === 1 ? undefined : `x (${voltageV} V / ${part.voltageV} V)^2`;
  return timesFactor(part, factor, {
    voltageV,
    temperatureK: part.temperatureK,
    assumption: joined(part.assumption, said),
  });
}

const ANY_VOLTAGE = 'taken at any voltage, as its own supply is not that of the array or not known';

function leakAt(
  part: ErtPart,
  cell: string | undefined,
  conditions: Conditions,
  curves: ReadonlyMap<string, LeakageCurve>,
): ErtPart {
  if (part.unitEnergyJ === 0) return part;
  const { factor, ...rest } = leakageAt(part, cell, conditions, curves);
  return timesFactor(part, factor, rest);
}

function timesFactor(part: ErtPart, factor: number, figure: Figure): ErtPart {
  return { ...part, ...figure, unitEnergyJ: part.unitEnergyJ * factor, energyJ: part.energyJ * factor };
}

/** By how much leakage differs from its figure, and what that assumes. */
function leakageAt(
  figure: Figure,
  cell: string | undefined,
  { voltageV = figure.voltageV ?? undefined, temperatureK = figure.temperatureK }: Conditions,
  curves: ReadonlyMap<string, LeakageCurve>,
): Figure & { readonly factor: number } {
  const { voltageV: ownV, temperatureK: ownK } = figure;
  const ofVoltage =
    ownV === null || voltageV === undefined
      ? 1
      : leakageVoltage(voltageV, LEAKAGE_SLOPE_PER_V) / leakageVoltage(ownV, LEAKAGE_SLOPE_PER_V);
  const table = cell === undefined ? undefined : curves.get(cell);
  const curve: LeakageLogarithm = table ? tabulatedLeakage(table) : exponentialLeakage(LOGIC_GROWTH_PER_K);
  const ofTemperature = Math.exp(logarithmAt(curve, temperatureK) - logarithmAt(curve, ownK));
  const said = [
    ownV === null
      ? ANY_VOLTAGE
      : ofVoltage === 1
        ? ''
        : `leakage current x e^${LEAKAGE_SLOPE_PER_V} a volt from ${ownV} V`,
    ofTemperature === 1
      ? ''
      : table
        ? `leakage over temperature as ${cell} cells of CACTI from ${ownK} K`
        : `leakage x e^${LOGIC_GROWTH_PER_K} a kelvin from ${ownK} K`,
  ];
  return {
    voltageV: ownV === null ? null : (voltageV ?? ownV),
    temperatureK,
    assumption: joined(figure.assumption, ...said),
    factor: ofVoltage * ofTemperature,
  };
}

function joined(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.filter(Boolean).join('; ') || undefined;
}

import type { Attributes } from '../formats/accelergy/index.ts';
import type { PartTree } from './compound/parts.ts';
import type { LeakageEstimate, Provenance } from './estimators/estimator.ts';
import type { Component } from './input/component.ts';

/** Energy of one action at any supply voltage: E(V) = fixedJ + capacitanceF V^2. */
export interface ActionEnergy {
  readonly capacitanceF: number;
  readonly fixedJ: number;
}

/** The contribution of one primitive to an action. */
export interface ErtPart extends Provenance {
  /** Path inside the component, as the action names it; '' for a primitive component itself. */
  readonly path: string;
  readonly class: string;
  readonly action: string;
  readonly arguments: Attributes;
  readonly multiplicity: number;
  /** Product of the scales of the actions on the way, and of the energy scales of the component and its parts. */
  readonly actionScale: number;
  readonly partScale: number;
  readonly estimator: string;
  /** Estimators that were asked before, with their reasons. */
  readonly refused: readonly string[];
  /** Energy of one primitive action, in J at voltageV. */
  readonly unitEnergyJ: number;
  /** unitEnergyJ x scales x multiplicity */
  readonly energyJ: number;
  readonly voltageV: number | null;
  readonly temperatureK: number;
}

/** An action of a component for one choice of arguments. */
export interface ErtAction extends ActionEnergy {
  readonly action: string;
  readonly arguments: Attributes;
  /** Sum of the parts, each at its own reference voltage; this is the figure Accelergy reports. */
  readonly energyJ: number;
  readonly parts: readonly ErtPart[];
}

export interface AreaPart extends Provenance {
  readonly path: string;
  readonly class: string;
  readonly multiplicity: number;
  readonly scale: number;
  readonly estimator: string;
  readonly refused: readonly string[];
  /** Area of one primitive, m2. */
  readonly unitAreaM2: number;
  /** Scaled area of all primitives of this path in one instance, m2. */
  readonly areaM2: number;
}

/** Leakage of all primitives of one path in one instance. Energy and area scales do not apply to it. */
export interface LeakagePart extends LeakageEstimate {
  readonly path: string;
  readonly class: string;
  readonly multiplicity: number;
}

/** Energies, area and leakage of one instance of a component, as far as they were asked for. */
export interface ErtComponent {
  /** Its attributes include the defaults of its class. */
  readonly component: Component;
  readonly actions: readonly ErtAction[];
  readonly areaM2: number;
  readonly areaParts: readonly AreaPart[];
  /** The primitives for which an estimator has a leakage figure. The paths of the others are in `leakageUnknown`. */
  readonly leakageParts: readonly LeakagePart[];
  readonly leakageUnknown: readonly {
    readonly path: string;
    readonly class: string;
    readonly reasons: readonly string[];
  }[];
  /** Longest cycle of its memories, s; 0 if it has none. */
  readonly cycleS: number;
  /** The parts of a compound component; undefined for a primitive one. */
  readonly tree?: PartTree | undefined;
}

/** The energy reference table together with the area reference table. */
export interface Ert {
  readonly components: readonly ErtComponent[];
}

/** Figures of one component from elsewhere, such as an ERT that Accelergy made. They replace those of the estimators. */
export interface GivenFigures {
  readonly actions: readonly ErtAction[];
  /** Leakage of one instance; that of the estimators counts without it. */
  readonly leakage?: LeakageEstimate | undefined;
  /** Area of one instance, m2; that of the estimators counts without it. */
  readonly areaM2?: number | undefined;
  readonly source: string;
}

/** The energy of an action at a supply voltage in V, in J. */
export function energyAtVoltage({ capacitanceF, fixedJ }: ActionEnergy, voltageV: number): number {
  return fixedJ + capacitanceF * voltageV * voltageV;
}

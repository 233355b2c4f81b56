import type { Design, DomainSpec } from '../../design/index.ts';
import { type LeakageSource, type Place, waitingCycle } from '../../design/power/index.ts';
import type { BlockPlace } from '../../policy/index.ts';
import { type ReducedModel, steadyResistance } from '../../thermal/index.ts';
import { type LeakageGroups, leakageGroups } from '../states/leakage-groups.ts';
import { blockPlaces } from './block-places.ts';

/** The chip as the loop sees it: what design and thermal model give to every run. Made once; nothing in it changes. */
export interface Plant {
  readonly design: Design;
  readonly domains: readonly DomainSpec[];
  readonly components: readonly string[];
  /** Index of each component's domain; -1 off the die. */
  readonly componentDomain: Int32Array;
  /** Domain of each array's PEs. */
  readonly arrayDomain: Int32Array;
  /** All domains of each array, and DRAM if it is a domain. */
  readonly arrayDomains: readonly Int32Array[];
  readonly places: readonly Place[];
  /** Where the blocks lie and what is in them, for policies; empty without a floorplan. */
  readonly blockPlaces: readonly BlockPlace[];
  /** Names; one, `die`, without a floorplan. */
  readonly blocks: readonly string[];
  /** F of a cycle in which a component waits for an array. */
  readonly waitingF: Float64Array;
  readonly idleClocks: readonly IdleClock[];
  readonly leakage: readonly LeakageSource[];
  readonly leakageGroups: LeakageGroups;
  readonly dramComponent: number;
  readonly backgroundW: number;
  /** Null without a floorplan. */
  readonly model: ReducedModel | null;
  /** Steady rise of block u per watt in block v, K/W, at u x blocks + v; empty without a floorplan. */
  readonly resistance: Float64Array;
}

/** Components of one domain whose clock runs on while an array waits. */
export interface IdleClock {
  readonly array: number;
  readonly domain: number;
  readonly components: readonly number[];
  /** The capacitance of all of them, F. */
  readonly farad: number;
}

export function createPlant(design: Design, model: ReducedModel | null): Plant {
  const { spec, bound, ert, places, die, leakage, arrayOf } = design;
  const { domains } = spec;
  const components = ert.components.map(({ component }) => component.name);
  const domainIndex = (name: string | null): number => domains.findIndex((domain) => domain.name === name);
  const componentDomain = Int32Array.from(components, (name) => domainIndex(spec.bindings[name].domain));
  const waitingF = waitingCycle(components, bound, spec.array.rows * spec.array.columns, spec.idleClock);
  return {
    design,
    domains,
    components,
    componentDomain,
    arrayDomain: Int32Array.from(spec.arrays, ({ array }) => domainIndex(array)),
    arrayDomains: spec.arrays.map((names) => {
      const own = Int32Array.from(new Set(Object.values(names)), domainIndex);
      return spec.dramDomain < 0 ? own : Int32Array.of(...own, spec.dramDomain);
    }),
    places,
    blockPlaces: blockPlaces(design),
    blocks: die ? die.floorplan.blocks.map(({ name }) => name) : ['die'],
    waitingF,
    idleClocks: idleClocksOf(waitingF, componentDomain, arrayOf, spec.arrays.length),
    leakage: leakage.sources,
    leakageGroups: leakageGroups(design, componentDomain),
    dramComponent: components.indexOf(spec.dram.component),
    backgroundW: spec.dram.backgroundW,
    model,
    resistance: model ? steadyResistance(model) : new Float64Array(0),
  };
}

/** The components that wait for each array, by domain. */
function idleClocksOf(
  waitingF: Float64Array,
  componentDomain: Int32Array,
  arrayOf: Int32Array,
  arrays: number,
): IdleClock[] {
  const idleClocks = new Map<string, { array: number; domain: number; components: number[]; farad: number }>();
  for (let array = 0; array < arrays; array++) {
    waitingF.forEach((farad, c) => {
      const domain = componentDomain[c];
      if (domain < 0 || farad === 0 || (arrayOf[c] !== array && arrayOf[c] !== -1)) return;
      const key = `${array} ${domain}`;
      const clock = idleClocks.get(key) ?? { array, domain, components: [], farad: 0 };
      idleClocks.set(key, clock);
      clock.components.push(c);
      clock.farad += farad;
    });
  }
  return [...idleClocks.values()];
}

import { COUNTERS } from '../../base/counters.ts';
import type { Design } from '../../design/index.ts';
import type { Tile } from '../../design/power/index.ts';

/** PEs that are switched row by row and column by column: those of one array in one block. */
export interface PeGroup {
  readonly array: number;
  readonly tile: Tile;
}

/**
 * Sources of leakage that draw in the same proportion at any time. The first groups are those of the domains; PEs whose unused rows
 * and columns may be off have groups of their own.
 */
export interface LeakageGroups {
  /** The domain of each group. */
  readonly domain: Int32Array;
  /** Groups of PEs, which come after those of the domains. */
  readonly pes: readonly PeGroup[];
  /** The group of each source of leakage. */
  readonly ofSource: Int32Array;
}

export function leakageGroups(design: Design, componentDomain: Int32Array): LeakageGroups {
  const { spec, leakage, places, arrayOf } = design;
  const domains = spec.domains.length;
  const pes: PeGroup[] = [];
  const domainOf: number[] = [];
  const known = new Map<string, number>();
  const isPe = spec.unusedPes ? peComponents(design) : [];
  const ofSource = Int32Array.from(leakage.sources, ({ component, block }) => {
    const domain = componentDomain[component];
    if (!isPe[component]) return domain;
    const key = `${component} ${block}`;
    let group = known.get(key);
    if (group === undefined) {
      group = domains + pes.length;
      const { blocks, tiles } = places[component];
      const whole = { row0: 0, row1: spec.array.rows, column0: 0, column1: spec.array.columns };
      pes.push({ array: arrayOf[component], tile: tiles?.[blocks.indexOf(block)] ?? whole });
      domainOf.push(domain);
      known.set(key, group);
    }
    return group;
  });
  return { domain: Int32Array.from([...spec.domains.keys(), ...domainOf]), pes, ofSource };
}

/** Whether each component is the PEs of one array: it counts MACs or accesses of PE registers, and belongs to an array alone. */
function peComponents({ bound, ert, arrayOf }: Design): boolean[] {
  const ofPes = COUNTERS.map((counter) => counter === 'macs' || /_reg_(reads|writes)$/.test(counter));
  const names = new Set(
    bound.filter(({ coefficients }) => ofPes.some((is, i) => is && coefficients[i] !== 0)).map((one) => one.component),
  );
  return ert.components.map(({ component }, c) => names.has(component.name) && arrayOf[c] >= 0);
}

import { answerOf, nodeOf, numberAttribute, refuse, refuseTechnology } from './attributes.ts';
import type { ActionQuery, Estimate, Estimator, Query } from './estimator.ts';

/** Capacitance of a wire, F/m: 1.627 fF/um, as in the Accelergy Aladdin plug-in 5e2e126. */
const FARAD_PER_M = 1.627e-9;
/** The supply of that plug-in's wires, V. */
const SUPPLY_V = 1;
const SOURCE = 'C V^2 of wires of 1.627 fF/um at 1 V, as in the Accelergy Aladdin plug-in 5e2e126';

/** Nodes at which that capacitance is used: it hardly depends on the node, as wires shrink in all directions together. */
const [FINEST_NM, COARSEST_NM] = [7, 130];

interface Wiring {
  /** Energy of the action in J at 1 V. */
  readonly energyJ: number;
  readonly assumption: string;
}

type Rule = (query: ActionQuery) => Wiring;

/**
 * Clock trees and networks of tiles, from the length of their wires.
 *
 * - `clock_tree` (`side_um`, `n_sinks`, `sink_ff`): an H-tree over a square. With k = ceil(log4 n_sinks) levels, its wires are
 *   1.5 side (2^k - 1) long. `tick` charges wires and sinks once a cycle.
 * - `mesh_link` (`width`, `length_um`, optionally `toggle_rate`, 0.5): `hop` moves a word of `width` bits between neighbours.
 * - `broadcast` (`width`, `side_um`, `n_sinks`, optionally `toggle_rate`): `send` moves a word to all sinks over such a tree.
 */
const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  clock_tree: {
    tick: (query) => {
      const sinksF = above(query, 'sink_ff', 0) * 1e-15 * above(query, 'n_sinks', 1);
      return {
        energyJ: (FARAD_PER_M * treeM(query) + sinksF) * SUPPLY_V ** 2,
        assumption: 'an H-tree over a square, without buffers',
      };
    },
  },
  mesh_link: {
    hop: (query) => ({
      energyJ: wordJ(query, above(query, 'length_um', 0) * 1e-6),
      assumption: 'the wires of a link alone, without routers',
    }),
  },
  broadcast: {
    send: (query) => ({
      energyJ: wordJ(query, treeM(query)),
      assumption: 'an H-tree over a square, without buffers',
    }),
  },
};

/** Answers for wires between units. Areas are zero, since the wires lie above the units. */
export const interconnectEstimator: Estimator = {
  name: 'Interconnect',
  priority: 60,
  classes: Object.keys(RULES),
  estimateAction: (query) =>
    answerOf((): Estimate => {
      const rules = rulesFor(query);
      if (query.action === 'leak') return { energyJ: 0, ...CONDITIONS, assumption: 'wires do not leak' };
      if (!Object.hasOwn(rules, query.action))
        refuse(`${query.class} has the actions ${Object.keys(rules).join(', ')}, leak; not "${query.action}"`);
      return { ...rules[query.action](query), ...CONDITIONS };
    }),
  estimateArea: (query) =>
    answerOf(() => {
      rulesFor(query);
      return { areaM2: 0, source: SOURCE, assumption: 'wires lie above the units' };
    }),
  estimateLeakage: (query) =>
    answerOf(() => {
      rulesFor(query);
      return { powerW: 0, ...CONDITIONS, assumption: 'wires do not leak' };
    }),
};

const CONDITIONS = { voltageV: SUPPLY_V, temperatureK: 300, source: SOURCE } as const;

function rulesFor({ class: cls, attributes }: Query): Readonly<Record<string, Rule>> {
  if (!Object.hasOwn(RULES, cls)) refuse(`it has no class "${cls}"`);
  const technology = attributes.get('technology');
  const node = nodeOf(technology);
  if (node === undefined || node < FINEST_NM || node > COARSEST_NM) {
    const nearest = node !== undefined && node < FINEST_NM ? FINEST_NM : node === undefined ? 45 : COARSEST_NM;
    refuseTechnology(technology, `${nearest}nm`, `its wires are those of ${COARSEST_NM} to ${FINEST_NM} nm`);
  }
  return RULES[cls];
}

/** Length of an H-tree: the first H is 1.5 sides long, and each level has twice the length of the one above. */
function treeM(query: Query): number {
  const levels = Math.ceil(Math.log(above(query, 'n_sinks', 1)) / Math.log(4) - 1e-12);
  return 1.5 * above(query, 'side_um', 0) * 1e-6 * (2 ** levels - 1);
}

function wordJ(query: Query, lengthM: number): number {
  const rate = numberAttribute(query, 'toggle_rate', 0.5);
  if (!(rate >= 0 && rate <= 1)) refuse(`toggle_rate is ${rate}, not from 0 to 1`);
  return above(query, 'width', 1) * rate * FARAD_PER_M * lengthM * SUPPLY_V ** 2;
}

function above(query: Query, name: string, least: number): number {
  const value = numberAttribute(query, name);
  return value >= least ? value : refuse(`${name} is ${value}, below ${least}`);
}

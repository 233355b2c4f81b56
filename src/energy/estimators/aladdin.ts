import { CLASSES, foreignAction, IDLE } from './aladdin-actions.ts';
import { type AladdinManner, type AladdinUnits, type Asked, askedOf, cycleOf } from './aladdin-units.ts';
import { answerOf, nodeOf, numberAttribute, refuse, refuseTechnology } from './attributes.ts';
import {
  type ActionQuery,
  type Estimate,
  type Estimator,
  PICOJOULE,
  type Query,
  SQUARE_MICROMETRE,
} from './estimator.ts';
import type { NodeScaling } from './node-scaling.ts';

const NODES: readonly unknown[] = [40, '40', '40nm', 45, '45', '45nm'];

/** The node of the tables. */
const NODE_NM = 40;
const SOURCE = 'Aladdin unit tables (Shao et al., ISCA 2014), 40 nm, as in the Accelergy Aladdin plug-in 5e2e126';

const SIZES = ['width', 'datawidth', 'depth', 'exponent', 'mantissa', 'n_inputs', 'n_outputs'];

/** A negative size would give a negative energy. Zero is no slip: the addresses of a single word have no bits. */
function checkSizes({ attributes }: Query): void {
  for (const name of SIZES) {
    const value = attributes.get(name);
    if (typeof value === 'number' && value < 0) refuse(`${name} is ${value}, below zero`, `${name}: zero or above`);
  }
}

/**
 * Units of Aladdin's 40 nm library by cycle time, scaled over width: adders, counters and comparators linearly, multipliers
 * by the square. A register file is a row of registers plus a comparator for each entry.
 *
 * `accelergy-0.4` repeats the plug-in 5e2e126: 40 and 45 nm alike, the row of the cycle rounded up to whole ns, one register
 * whatever the width of a register file. `corrected` takes the slowest row that meets the cycle, multiplies the register by
 * the width, and scales the node.
 */
export function aladdinEstimator(units: AladdinUnits, manner: AladdinManner, scaling?: NodeScaling): Estimator {
  const asked = (query: Query, latencyCycles: number): Asked => askedOf(units, manner, query, latencyCycles);
  const factors = (query: Query) => {
    if (manner === 'corrected') checkSizes(query);
    return nodeFactors(query, manner, scaling);
  };
  return {
    name: 'Aladdin_table',
    priority: 70,
    classes: CLASSES,
    estimateAction: (query) =>
      answerOf(() => {
        checkClass(query, 32);
        const { energy, assumption } = factors(query);
        const foreign = manner === 'corrected' ? foreignAction(query) : undefined;
        const energyPj = energyOf(asked(query, latencyCyclesOf(query, manner)), query, manner);
        const said = [foreign, assumption].filter(Boolean).join('; ') || undefined;
        return { energyJ: energyPj * PICOJOULE * energy, ...CONDITIONS, assumption: said };
      }),
    estimateArea: (query) =>
      answerOf(() => {
        checkClass(query, 16);
        const { area, assumption } = factors(query);
        return {
          areaM2: areaOf(asked(query, 1), query, manner) * SQUARE_MICROMETRE * area,
          source: SOURCE,
          assumption,
        };
      }),
    estimateLeakage: (query) =>
      answerOf(() => {
        const { energy, assumption } = factors(query);
        const action: ActionQuery = { ...query, action: 'leak', arguments: new Map() };
        const energyPj = energyOf(asked(query, 1), action, manner);
        const powerW = (energyPj * PICOJOULE * energy) / cycleOf(query);
        return {
          powerW,
          ...CONDITIONS,
          assumption: [assumption, 'leakage is the idle energy of a cycle over the cycle'].filter(Boolean).join('; '),
        };
      }),
  };
}

const CONDITIONS: Pick<Estimate, 'voltageV' | 'temperatureK' | 'source'> = {
  voltageV: 0.9,
  temperatureK: 300,
  source: SOURCE,
};

function nodeFactors(
  { attributes }: Query,
  manner: AladdinManner,
  scaling: NodeScaling | undefined,
): { energy: number; area: number; assumption?: string } {
  const technology = attributes.get('technology');
  if (NODES.includes(technology) && manner !== 'corrected') return { energy: 1, area: 1 };
  const node = nodeOf(technology);
  if (!scaling || node === undefined) refuseTechnology(technology, '45nm', 'it has figures for 40nm and 45nm');
  if (node === NODE_NM) return { energy: 1, area: 1 };
  const factors = scaling.factors(NODE_NM, node);
  if (factors) return factors;
  const nearest = scaling.nodes.reduce((best, one) => (Math.abs(one - node) < Math.abs(best - node) ? one : best));
  return refuseTechnology(technology, `${nearest}nm`, `its scaling reaches ${scaling.range}`);
}

function checkClass(query: Query, widest: number): void {
  if (!CLASSES.includes(query.class)) refuse(`it has no class "${query.class}"`);
  if (query.class !== 'SRAM') return;
  const [depth, width] = [numberAttribute(query, 'depth'), numberAttribute(query, 'width')];
  if (depth > 128 || width > widest)
    refuse(`it takes an SRAM for a register file only up to 128 words of ${widest} bit`);
}

function latencyCyclesOf(query: ActionQuery, manner: AladdinManner): number {
  const cycles = query.arguments.get('action_latency_cycles') ?? (manner === 'accelergy-0.4' ? undefined : 1);
  return typeof cycles === 'number' ? cycles : refuse("KeyError: 'action_latency_cycles' is not among the arguments");
}

function energyOf(asked: Asked, query: ActionQuery, manner: AladdinManner): number {
  const { action } = query;
  const leaks = action === 'leak' || (manner !== 'accelergy-0.4' && IDLE.includes(action));
  const width = () => widthOf(query, manner);
  switch (query.class) {
    case 'regfile':
    case 'SRAM':
      return registerFile(asked, query, leaks, manner);
    case 'reg':
      return asked.energy('reg', leaks) * width();
    case 'FIFO':
      if (manner === 'accelergy-0.4') return refuse("KeyError: 'arguments'");
      return (
        asked.energy('reg', leaks) * width() + asked.energy('comparator', leaks) * (Math.log2(depthOf(query)) / 32)
      );
    case 'counter':
    case 'comparator':
      return asked.energy(query.class, leaks) * (width() / 32);
    case 'bitwise':
      return asked.energy('bitwise', leaks) * width();
    case 'crossbar':
      return asked.energy('crossbar', leaks) * crossbarSize(query, manner);
    case 'wire':
      return wire(query, manner);
    case 'intadder':
      return linear(width(), asked.energy('adder', leaks), 32);
    case 'intmultiplier':
      return multiplier(asked, 'multiplier', width(), 32, action, leaks);
    case 'intmac':
      return (
        linear(widthOf(query, manner, 'adder_width'), asked.energy('adder', leaks), 32) +
        multiplier(
          asked,
          'multiplier',
          widthOf(query, manner, 'multiplier_width'),
          32,
          action.replace(/^mac_/, 'mult_'),
          leaks,
        )
      );
    default:
      return floatingPoint(asked, query, action, leaks, manner);
  }
}

/** The width of a unit; the plug-in of 0.3 called it `datawidth`, and passed over a `width` beside it. */
function widthOf(query: Query, manner: AladdinManner, own?: string): number {
  const has = (name: string) => query.attributes.has(name);
  if (own !== undefined && manner === 'corrected' && has(own)) return numberAttribute(query, own);
  const isOld =
    manner === 'accelergy-0.3' ? has('datawidth') : manner === 'corrected' && !has('width') && has('datawidth');
  return numberAttribute(query, isOld ? 'datawidth' : 'width');
}

function floatingPoint(
  asked: Asked,
  query: ActionQuery,
  action: string,
  leaks: boolean,
  manner: AladdinManner,
): number {
  const bits = numberAttribute(query, 'exponent') + numberAttribute(query, 'mantissa');
  const [kind, full] = bits <= 32 ? ['fp_sp', 32] : ['fp_dp', 64];
  const add = linear(bits, asked.energy(`${kind}_adder`, leaks), full);
  if (query.class === 'fpadder') return add;
  // The plug-in asks its multiplier for mac_gated, which the multiplier does not know: a gated fpmac costs a full one.
  const own = query.class === 'fpmac' && manner === 'corrected' ? action.replace(/^mac_/, 'mult_') : action;
  const multiply = multiplier(asked, `${kind}_multiplier`, bits, full, own, leaks);
  return query.class === 'fpmac' ? add + multiply : multiply;
}

function multiplier(asked: Asked, unit: string, bits: number, full: number, action: string, leaks: boolean): number {
  const energy = asked.energy(unit, leaks || action === 'mult_gated');
  const scaled = bits === full ? energy : (energy / full ** 2) * bits ** 2;
  return action === 'mult_reused' ? 0.85 * scaled : scaled;
}

function linear(bits: number, value: number, full: number): number {
  return bits === full ? value : (value / full) * bits;
}

/** One register, times the width but in the plug-in of 0.4, plus a comparator of the address for each entry. */
function registerFile(asked: Asked, query: ActionQuery, leaks: boolean, manner: AladdinManner): number {
  const depth = numberAttribute(query, 'depth');
  if (depth === 0) return 0;
  const bits = manner === 'accelergy-0.4' ? 1 : numberAttribute(query, 'width');
  const compares = (idle: boolean) => asked.energy('comparator', idle) * (addressBits(depth) / 32) * depth;
  // The plug-in lets one word leak; all words do.
  const words = manner === 'corrected' ? depth : 1;
  if (leaks) return asked.energy('reg', true) * bits * words + compares(true);
  const isOff = (name: string) => (query.arguments.get(name) ?? 1) === 0;
  // In 0.3 what does not change idles.
  const still = (energy: number) => (manner === 'accelergy-0.3' ? energy : 0);
  const register = isOff('data_delta') ? still(asked.energy('reg', true) * bits) : asked.energy('reg', false) * bits;
  if (!isOff('address_delta')) return register + compares(false);
  return register + still(compares(true));
}

function addressBits(depth: number): number {
  return Math.ceil(Math.log2(depth));
}

function depthOf(query: Query): number {
  const depth = numberAttribute(query, 'depth');
  return depth >= 1 ? depth : refuse(`depth is ${depth}, below 1`);
}

function crossbarSize(query: Query, manner: AladdinManner): number {
  return numberAttribute(query, 'n_inputs') * (numberAttribute(query, 'n_outputs') / 4) * (widthOf(query, manner) / 32);
}

const FARAD_PER_UM = 1.627e-15;
/** The product that the plug-in of 0.4 makes at run time; its last bit is another. */
const FARAD_PER_UM_04 = 1.627 * 1e-15;
const ACTIVITY = 0.2;

/** C V^2 of the switched wires at 1 V, pJ; anything but a transfer of random data costs nothing. */
function wire(query: ActionQuery, manner: AladdinManner): number {
  if (query.action !== 'transfer' && query.action !== 'transfer_random') return 0;
  const faradPerUm = manner === 'accelergy-0.4' ? FARAD_PER_UM_04 : FARAD_PER_UM;
  return widthOf(query, manner) * ACTIVITY * faradPerUm * lengthUm(query) * 1e12;
}

const MICROMETRES: Readonly<Record<string, number>> = { mm: 1e3, um: 1, nm: 1e-3, '': 1 };

function lengthUm({ attributes }: Query): number {
  const text = String(attributes.get('length') ?? '').trim();
  const match = /^([-+]?[\d.]+(?:e[-+]?\d+)?)\s*(mm|um|nm|)$/i.exec(text);
  if (match && Number.isFinite(Number(match[1]))) return Number(match[1]) * MICROMETRES[match[2].toLowerCase()];
  return refuse(`length is "${text}"`, 'length: "2mm", "250um" or "900nm"');
}

function areaOf(asked: Asked, query: Query, manner: AladdinManner): number {
  const width = () => widthOf(query, manner);
  const scaledMultiplier = (unit: string, bits: number, full: number) =>
    bits === full ? asked.area(unit) : (asked.area(unit) / full ** 2) * bits ** 2;
  switch (query.class) {
    case 'regfile':
    case 'SRAM': {
      const depth = numberAttribute(query, 'depth');
      const bits = manner === 'accelergy-0.4' ? 1 : width() * (manner === 'corrected' ? depth : 1);
      return depth === 0
        ? 0
        : asked.area('reg') * bits + asked.area('comparator', 5e-9) * (addressBits(depth) / 32) * depth;
    }
    case 'reg':
      return asked.area('reg') * width();
    case 'FIFO':
      return asked.area('reg') * width() + asked.area('comparator', 5e-9) * (Math.log2(depthOf(query)) / 32);
    case 'counter':
    case 'comparator':
      return asked.area(query.class) * (width() / 32);
    case 'bitwise':
      return asked.area('bitwise') * width();
    case 'crossbar':
      return asked.area('crossbar') * crossbarSize(query, manner);
    case 'wire':
      return 0;
    case 'intadder':
      return linear(width(), asked.area('adder'), 32);
    case 'intmultiplier':
      return scaledMultiplier('multiplier', width(), 32);
    case 'intmac':
      return (
        linear(widthOf(query, manner, 'adder_width'), asked.area('adder'), 32) +
        scaledMultiplier('multiplier', widthOf(query, manner, 'multiplier_width'), 32)
      );
    default: {
      const bits = numberAttribute(query, 'exponent') + numberAttribute(query, 'mantissa');
      const [kind, full] = bits <= 32 ? ['fp_sp', 32] : ['fp_dp', 64];
      const add = linear(bits, asked.area(`${kind}_adder`), full);
      const multiply = scaledMultiplier(`${kind}_multiplier`, bits, full);
      return query.class === 'fpadder' ? add : query.class === 'fpmultiplier' ? multiply : add + multiply;
    }
  }
}

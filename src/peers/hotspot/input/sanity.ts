import type { Diagnostic, Tolerate } from '../../../base/errors.ts';
import { ZERO_CELSIUS_K } from '../../../base/units.ts';
import type { HotspotConfig, NamedTemperatures } from '../../../formats/hotspot/index.ts';
import type { HotspotModel } from '../model.ts';
import type { HotspotLayer, HotspotProblem } from './problem.ts';

/** Melting points, K (CRC Handbook of Chemistry and Physics); names as materials files write them. */
const MELTING_K: readonly (readonly [name: RegExp, what: string, meltsK: number])[] = [
  [/^si(licon)?$/i, 'silicon', 1687],
  [/^(cu|copper)$/i, 'copper', 1357.8],
  [/^(al|alumini?um)$/i, 'aluminium', 933.5],
];

/** Air colder than this is a slip of units. */
const COLDEST_AIR_K = 200;

/** Warns of an -ambient, -init_temp or -thermal_threshold that can only be meant in Celsius. */
export function warnOfCelsius({ options, given }: HotspotConfig, warn: Tolerate): void {
  for (const key of ['ambient', 'init_temp', 'thermal_threshold'] as const) {
    const value = options[key];
    if (value >= COLDEST_AIR_K) continue;
    const kelvin = Number((value + ZERO_CELSIUS_K).toFixed(2));
    const message = `-${key} ${value} is in kelvin, and colder than ${COLDEST_AIR_K} K: is it meant in Celsius?`;
    warn({ code: 'out-of-range', message, span: given.get(key), expected: `${kelvin} for ${value} C` });
  }
}

/** A layer of the die that is thicker than this is a slip of units: wafers have 0.8 mm, and stacks of them a few. */
const THICKEST_LAYER_M = 0.01;

/** Warns of the first layer that is thicker than it is wide, or on the die thicker than 10 mm, and of how many more there are. */
export function warnOfThickness(
  { layers, fromLayerFile }: Pick<HotspotProblem, 'layers' | 'fromLayerFile'>,
  { options, given }: HotspotConfig,
  warn: Tolerate,
): void {
  const own = layers.map(({ thicknessM, floorplan }, i) => {
    const key = fromLayerFile ? 'grid_layer_file' : i === 0 ? 't_chip' : 't_interface';
    const sideM = Math.min(floorplan.widthM, floorplan.heightM);
    return {
      what: fromLayerFile ? `layer ${i}` : `-${key}`,
      key,
      thicknessM,
      sideM,
      mostM: Math.min(sideM, THICKEST_LAYER_M),
    } as const;
  });
  const plates = (['spreader', 'sink'] as const).map((part) => {
    const sideM = options[`s_${part}`];
    return { what: `-t_${part}`, key: `t_${part}`, thicknessM: options[`t_${part}`], sideM, mostM: sideM } as const;
  });
  const [first, ...others] = [...own, ...plates].filter(({ thicknessM, mostM }) => thicknessM > mostM);
  if (!first) return;
  const mm = (lengthM: number): string => `${Number((lengthM * 1e3).toPrecision(6))} mm`;
  const { what, key, thicknessM, sideM } = first;
  const reason = thicknessM > sideM ? `thicker than its side of ${mm(sideM)}` : `thicker than ${mm(THICKEST_LAYER_M)}`;
  const more = others.length > 0 ? `; ${others.length} more ${others.length === 1 ? 'is' : 'are'} like it` : '';
  const message = `${what} is ${mm(thicknessM)}, ${reason}${more}`;
  warn({ code: 'out-of-range', message, span: given.get(key), expected: 'a thickness in metres' });
}

/** Watches temperatures for values that no chip survives. */
export interface SanityWatch {
  /** Temperatures of the units at the end of sample k. */
  sample(k: number, unitsK: Float64Array): void;
  steady(groups: readonly NamedTemperatures[]): void;
  /** Warns of the first place of each kind of fault. */
  done(warn: Tolerate): void;
}

interface Limit {
  readonly what: string;
  readonly meltsK: number;
}

type Kind = 'hot' | 'cold';

export function sanityWatch({ layers }: HotspotProblem, { units, unitGroup, groups }: HotspotModel): SanityWatch {
  const found = new Map<Kind, { message: string; more: number }>();
  const powered = layers.filter(({ power }) => power);
  const known = [...new Set(unitGroup)];
  const limitOfGroup = new Map(known.map((group, i) => [group, meltingPoint(powered[i]?.material)]));
  const limits = Array.from(unitGroup, (group) => limitOfGroup.get(group)!);
  const note = (kind: Kind, message: () => string): void => {
    const before = found.get(kind);
    if (before) before.more++;
    else found.set(kind, { message: message(), more: 0 });
  };
  const look = (name: string, kelvin: number, { what, meltsK }: Limit, when: string): void => {
    const is = `${name} is at ${Number(kelvin.toPrecision(6))} K ${when}`;
    if (kelvin > meltsK) note('hot', () => `${is}, above the melting point of ${what}, ${meltsK} K`);
    else if (kelvin < 0) note('cold', () => `${is}, below absolute zero`);
  };
  return {
    sample(k, unitsK) {
      for (let u = 0; u < unitsK.length; u++) {
        if (unitsK[u] > limits[u].meltsK || unitsK[u] < 0)
          look(units[u], unitsK[u], limits[u], `at the end of sample ${k + 1}`);
      }
    },
    steady(named) {
      named.forEach(({ prefix, names, temperatureK }, group) => {
        if (groups[group].prefix === 'inode_') return;
        const limit = limitOfGroup.get(group) ?? meltingPoint(undefined);
        names.forEach((name, i) => {
          look(`${prefix}${name}`, temperatureK[i], limit, 'in the steady state');
        });
      });
    },
    done(warn) {
      for (const { message, more } of found.values()) warn(warningOf(message, more));
    },
  };
}

/** A layer without a known material counts as silicon. */
function meltingPoint(material: string | undefined): Limit {
  const known = material === undefined ? undefined : MELTING_K.find(([name]) => name.test(material));
  const [, what, meltsK] = known ?? MELTING_K[0];
  return { what, meltsK };
}

function warningOf(message: string, more: number): Diagnostic {
  const others = more > 0 ? `; ${more} more ${more === 1 ? 'temperature is' : 'temperatures are'} like it` : '';
  return { code: 'out-of-range', message: `${message}${others}`, expected: 'powers in watts, lengths in metres' };
}

/** Columns 6 and 7 of a floorplan count with `-detailed_3D on` alone, as in HotSpot: one warning a file. */
export function warnOfMaterials(
  layers: readonly HotspotLayer[],
  warn: ((warning: Diagnostic) => void) | undefined,
): void {
  const told = new Set<string | undefined>();
  for (const { blocks } of layers) {
    const own = blocks.filter(({ resistivityMKPerW }) => resistivityMKPerW !== undefined);
    if (own.length === 0 || told.has(own[0].span?.file)) continue;
    told.add(own[0].span?.file);
    const message = `specific heat and resistivity of ${own.length === 1 ? own[0].name : `${own.length} blocks`} have no effect`;
    warn?.({ code: 'option-unused', message, span: own[0].span, expected: '-detailed_3D on, with a layer file' });
  }
}

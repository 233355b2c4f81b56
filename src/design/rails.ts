import type { YamlDocument } from '../base/document.ts';
import { type Diagnostic, nearestName } from '../base/errors.ts';
import { parseQuantity } from '../base/units.ts';
import type { AcceleratorFile } from './accelerator-schema.ts';
import { isOfEachArray, nameOfArray } from './array-names.ts';
import type { WithPoints } from './chip-points.ts';

/** Voltages of fixed rails by name, V. */
export function fixedRails({ rails = {} }: AcceleratorFile, arrays: number): ReadonlyMap<string, number> {
  const voltages = Object.entries(rails).flatMap(([name, { voltage }]) => {
    const names = isOfEachArray(name) ? Array.from({ length: arrays }, (_, a) => nameOfArray(name, a)) : [name];
    return names.map((one) => [one, parseQuantity(voltage, 'voltage')] as const);
  });
  return new Map(voltages);
}

/** The demands of a domain on its rail. */
interface OnRail {
  readonly rail: string;
  readonly railV: number | null;
  readonly transition: {
    readonly relockS: number;
    readonly slewVPerS: number;
    readonly capacitanceF: number;
    readonly loss: number;
  };
}

/**
 * The domains with the costs of their rails. A rail has one regulator: the slowest slew, the largest capacitance and the largest loss
 * that its domains state.
 */
export function withRails<Domain extends OnRail>(
  domains: readonly Domain[],
  fixed: ReadonlyMap<string, number>,
): Domain[] {
  return domains.map((domain) => {
    const own = domains.filter(({ rail }) => rail === domain.rail).map(({ transition }) => transition);
    return {
      ...domain,
      railV: fixed.get(domain.rail) ?? null,
      transition: {
        relockS: domain.transition.relockS,
        slewVPerS: Math.min(...own.map(({ slewVPerS }) => slewVPerS)),
        capacitanceF: Math.max(...own.map(({ capacitanceF }) => capacitanceF)),
        loss: Math.max(...own.map(({ loss }) => loss)),
      },
    };
  });
}

/**
 * The problems of rails of a fixed voltage. Codes: `unknown-name` for a rail without a domain, `two-voltages-on-one-rail` for a point
 * that needs more than the rail has.
 */
export function railProblems({ rails = {}, domains }: WithPoints, document: YamlDocument): Diagnostic[] {
  const all = Object.entries(domains).map(([name, domain]) => ({ name, rail: domain.rail ?? name, domain }));
  const names = [...new Set(all.map(({ rail }) => rail))];
  return Object.entries(rails).flatMap(([rail, { voltage }]): Diagnostic[] => {
    if (!names.includes(rail)) {
      return [
        {
          code: 'unknown-name',
          message: `no domain is on rail "${rail}"`,
          span: document.keySpan(['rails', rail]),
          expected: `one of ${names.join(', ')}`,
          suggestion: nearestName(rail, names),
        },
      ];
    }
    const railV = parseQuantity(voltage, 'voltage');
    return all
      .filter((one) => one.rail === rail)
      .flatMap(({ name, domain }) =>
        domain.operating_points.flatMap((point, i): Diagnostic[] => {
          if (parseQuantity(point.voltage, 'voltage') <= railV) return [];
          return [
            {
              code: 'two-voltages-on-one-rail',
              message: `domain "${name}" needs ${point.voltage} at ${point.frequency}, and its rail "${rail}" has ${voltage}`,
              span: document.span(['domains', name, 'operating_points', i]),
              expected: `at most ${voltage}, or a rail whose voltage is not fixed`,
            },
          ];
        }),
      );
  });
}

import type { Path, YamlDocument } from '../base/document.ts';
import type { Diagnostic } from '../base/errors.ts';
import { parseQuantity } from '../base/units.ts';
import type { AcceleratorFile } from './accelerator-schema.ts';
import { nameOfArray } from './array-names.ts';
import type { WithPoints } from './chip-points.ts';

/** A clock frequency and the least supply voltage it needs. */
export interface OperatingPointSpec {
  readonly frequencyHz: number;
  readonly voltageV: number;
}

export interface DomainSpec {
  readonly name: string;
  readonly points: readonly OperatingPointSpec[];
  /** Index into `points`. */
  readonly nominal: number;
  /** Domains of one rail get the highest voltage that one of them needs. */
  readonly rail: string;
  /** The voltage of the rail if it is fixed, V; else null. */
  readonly railV: number | null;
  readonly transition: TransitionSpec;
}

/** The costs of changing the operating point. */
export interface TransitionSpec {
  readonly relockS: number;
  readonly slewVPerS: number;
  readonly capacitanceF: number;
  readonly loss: number;
}

/** The spec of an array's own domain, from that of `{array}`. */
export function domainOfArray(spec: DomainSpec, array: number): DomainSpec {
  return { ...spec, name: nameOfArray(spec.name, array), rail: nameOfArray(spec.rail, array) };
}

function transitionSpec(file: AcceleratorFile['domains'][string]['transition'] = {}): TransitionSpec {
  return {
    relockS: parseQuantity(file.relock ?? '5us', 'time'),
    slewVPerS: parseQuantity(file.slew ?? '10mV/us', 'voltage slew'),
    capacitanceF: parseQuantity(file.capacitance ?? '100nF', 'capacitance'),
    loss: file.loss ?? 1,
  };
}

/** A domain in SI units. Adds what is wrong with it to `problems`. */
export function domainSpec(
  name: string,
  domain: WithPoints['domains'][string],
  document: YamlDocument,
  problems: Diagnostic[],
): DomainSpec {
  const points = domain.operating_points.map(({ frequency, voltage }) => ({
    frequencyHz: parseQuantity(frequency, 'frequency'),
    voltageV: parseQuantity(voltage, 'voltage'),
  }));
  points.forEach((point, i) => {
    const path: Path = ['domains', name, 'operating_points', i];
    if (point.frequencyHz === 0 || point.voltageV === 0) {
      problems.push({
        code: 'out-of-range',
        message: `an operating point of domain "${name}" is zero`,
        span: document.span(path),
        expected: 'a frequency and a voltage above zero',
      });
      return;
    }
    const before = points[i - 1];
    if (before && (point.frequencyHz <= before.frequencyHz || point.voltageV < before.voltageV)) {
      problems.push({
        code: 'operating-points-not-monotone',
        message: `operating point ${i + 1} of domain "${name}" does not follow the one before it`,
        span: document.span(path),
        expected: 'frequencies that rise and voltages that never fall down the list',
      });
    }
  });
  const nominalHz = domain.nominal === undefined ? undefined : parseQuantity(domain.nominal, 'frequency');
  const nominal = nominalHz === undefined ? points.length - 1 : points.findIndex((p) => p.frequencyHz === nominalHz);
  if (nominal < 0 && points.length > 0) {
    problems.push({
      code: 'unknown-operating-point',
      message: `domain "${name}" has no operating point at ${domain.nominal}`,
      span: document.span(['domains', name, 'nominal']),
      expected: `one of ${domain.operating_points.map((p) => p.frequency).join(', ')}`,
    });
  }
  const transition = transitionSpec(domain.transition);
  if (transition.slewVPerS === 0) {
    problems.push({
      code: 'out-of-range',
      message: `the voltage of domain "${name}" would never change`,
      span: document.span(['domains', name, 'transition', 'slew']),
      expected: 'a slew above zero',
    });
  }
  return { name, points, nominal, rail: domain.rail ?? name, railV: null, transition };
}

import type { Path, YamlDocument } from '../../base/document.ts';
import type { Diagnostic } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import type { AcceleratorFile } from '../accelerator-schema.ts';
import { nameOfArray } from '../array-names.ts';
import type { WithPoints } from '../chip-points.ts';
import { type DomainStatesSpec, statesSpec } from './states.ts';

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
  /** The states it has besides `on` and `clock-gated`; undefined if the file states none. */
  readonly states: DomainStatesSpec | undefined;
}

/** The costs of changing the operating point. */
export interface TransitionSpec {
  readonly relockS: number;
  readonly slewVPerS: number;
  readonly capacitanceF: number;
  readonly loss: number;
}

export function transitionSpec(file: AcceleratorFile['domains'][string]['transition'] = {}): TransitionSpec {
  return {
    relockS: parseQuantity(file.relock ?? '5us', 'time'),
    slewVPerS: parseQuantity(file.slew ?? '10mV/us', 'voltage slew'),
    capacitanceF: parseQuantity(file.capacitance ?? '100nF', 'capacitance'),
    loss: file.loss ?? 1,
  };
}

/** The spec of an array's own domain, from that of `{array}`. */
export function domainOfArray(spec: DomainSpec, array: number): DomainSpec {
  return { ...spec, name: nameOfArray(spec.name, array), rail: nameOfArray(spec.rail, array) };
}

/** A domain of the file. Adds its problems: `out-of-range`, `operating-points-not-monotone`, `unknown-operating-point`. */
export function domainSpec(
  name: string,
  domain: WithPoints['domains'][string],
  document: YamlDocument,
  problems: Diagnostic[],
): DomainSpec {
  const path = ['domains', name];
  return {
    ...clockSpec(name, domain, path, document, problems),
    rail: domain.rail ?? name,
    railV: null,
    states: domain.states && statesSpec(domain.states),
  };
}

type Clock = Pick<WithPoints['domains'][string], 'operating_points' | 'nominal' | 'transition'>;

/** The operating points at `path` of the file, and what a change between them costs. Adds their problems. */
export function clockSpec(
  name: string,
  domain: Clock,
  path: Path,
  document: YamlDocument,
  problems: Diagnostic[],
): Pick<DomainSpec, 'name' | 'points' | 'nominal' | 'transition'> {
  const points = domain.operating_points.map(({ frequency, voltage }) => ({
    frequencyHz: parseQuantity(frequency, 'frequency'),
    voltageV: parseQuantity(voltage, 'voltage'),
  }));
  points.forEach((point, i) => {
    const span = document.span([...path, 'operating_points', i]);
    if (point.frequencyHz === 0 || point.voltageV === 0) {
      problems.push({
        code: 'out-of-range',
        message: `an operating point of domain "${name}" is zero`,
        span,
        expected: 'a frequency and a voltage above zero',
      });
      return;
    }
    const before = points[i - 1];
    if (before && (point.frequencyHz <= before.frequencyHz || point.voltageV < before.voltageV)) {
      problems.push({
        code: 'operating-points-not-monotone',
        message: `operating point ${i + 1} of domain "${name}" does not follow the one before it`,
        span,
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
      span: document.span([...path, 'nominal']),
      expected: `one of ${domain.operating_points.map((p) => p.frequency).join(', ')}`,
    });
  }
  const transition = transitionSpec(domain.transition);
  if (transition.slewVPerS === 0) {
    problems.push({
      code: 'out-of-range',
      message: `the voltage of domain "${name}" would never change`,
      span: document.span([...path, 'transition', 'slew']),
      expected: 'a slew above zero',
    });
  }
  return { name, points, nominal, transition };
}

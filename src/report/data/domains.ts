import type { DomainTrace, RunResult } from '../../cosim/index.ts';
import { residencyOf } from './events.ts';
import { codeColumn } from './numbers-coded.ts';
import type { DomainData } from './report-data.ts';
import { meansOf, type Segment, spreadColumn } from './segments.ts';

/** Levels of a share of time: half a percent of a percent. */
const SHARE_LEVELS = 1000;

/** The domains; equal domains of several arrays are one, with their spread. */
export function domainData(run: RunResult, segments: readonly Segment[]): DomainData[] {
  return groupsOf(run).map((members) => oneDomain(run, members, segments));
}

/** Indices of domains that play the same parts in different arrays, in the order of the domains. */
function groupsOf({ domains, experiment }: RunResult): number[][] {
  const { arrays } = experiment.design.spec;
  const roles = domains.map((name) => {
    const own = arrays.map((array) =>
      ['array', 'ifmap', 'filter', 'ofmap'].filter((role) => partOf(array, role) === name),
    );
    const served = own.filter((of) => of.length > 0);
    // A domain of one array among several; a domain that arrays share stays alone.
    return arrays.length > 1 && served.length === 1 ? `${served[0].join()} of ${pattern(name)}` : '';
  });
  const groups = new Map<string, number[]>();
  roles.forEach((role, d) => {
    const key = role === '' ? `alone ${d}` : role;
    groups.set(key, [...(groups.get(key) ?? []), d]);
  });
  return [...groups.values()];
}

function partOf(array: object, role: string): unknown {
  return Object.hasOwn(array, role) ? (array as Readonly<Record<string, unknown>>)[role] : undefined;
}

function pattern(name: string): string {
  return name.replace(/\d+/g, '*');
}

function oneDomain(run: RunResult, members: readonly number[], segments: readonly Segment[]): DomainData {
  const { experiment, trace } = run;
  const { durationS } = trace;
  const { spec } = experiment.design;
  const names = members.map((d) => run.domains[d]);
  const columns = members.map((d) => trace.domains[d]);
  const spread = (key: keyof DomainTrace) => {
    const own = columns.map((column) => column[key]);
    if (own.length === 1) return { mean: own[0], low: own[0], high: own[0] };
    return { mean: meanOf(own), low: extremeOf(own, Math.min), high: extremeOf(own, Math.max) };
  };
  const share = (key: keyof DomainTrace) =>
    codeColumn(meansOf(segments, meanOf(columns.map((column) => column[key])), durationS), SHARE_LEVELS);
  const own = (spec.domains ?? []).find(({ name }) => name === names[0]);
  return {
    name: names.length === 1 ? names[0] : `${pattern(names[0])}, ${names.length} alike`,
    members: names,
    hasArray: spec.arrays.some(({ array }) => names.includes(array)),
    ownRail: (spec.domains ?? []).filter(({ rail }) => rail === own?.rail).length === 1,
    points: (own?.points ?? []).map((point) => ({ name: `${point.frequencyHz / 1e6}MHz`, ...pointOf(point) })),
    residency: residencyOf(run, names),
    frequencyHz: spreadColumn(segments, spread('frequencyHz'), durationS),
    voltageV: spreadColumn(segments, spread('voltageV'), durationS),
    busy: share('busy'),
    stall: share('stall'),
    idle: share('idle'),
    dead: share('dead'),
  };
}

function pointOf({ frequencyHz, voltageV }: { readonly frequencyHz: number; readonly voltageV: number }) {
  return { frequencyHz, voltageV };
}

function meanOf(columns: readonly Float64Array[]): Float64Array {
  if (columns.length === 1) return columns[0];
  return columns[0].map((_, i) => columns.reduce((sum, column) => sum + column[i], 0) / columns.length);
}

function extremeOf(columns: readonly Float64Array[], pick: (a: number, b: number) => number): Float64Array {
  return columns[0].map((first, i) => columns.reduce((best, column) => pick(best, column[i]), first));
}

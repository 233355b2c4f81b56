import type { YamlDocument } from '../../base/document.ts';
import type { Diagnostic } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import type { AcceleratorFile } from '../accelerator-schema.ts';
import { clockSpec, type DomainSpec } from './spec.ts';
import { dramStates } from './states.ts';

/** The name of DRAM as a domain. */
export const DRAM_DOMAIN = 'dram';

/** What DRAM does at one of its operating points. */
export interface DramPointSpec {
  readonly bytesPerS: number;
  readonly latencyS: number;
  readonly backgroundW: number;
}

/** DRAM at its nominal point, and at each point. */
export interface DramSpec extends DramPointSpec {
  readonly component: string;
  /** The only point, if DRAM is no domain; else those of the domain `dram`. */
  readonly points: readonly DramPointSpec[];
}

type DramFile = AcceleratorFile['dram'];

const ALONE = ['bandwidth', 'latency', 'background_power'] as const;

/**
 * The DRAM of a file, and its domain: null if it has neither operating points nor states. Adds its problems: `missing-key`,
 * `option-unused`, `out-of-range`, `duplicate-name`, `operating-points-not-monotone`, `unknown-operating-point`.
 */
export function dramSpec(
  { dram, domains }: AcceleratorFile,
  document: YamlDocument,
  problems: Diagnostic[],
): { readonly dram: DramSpec; readonly domain: DomainSpec | null } {
  problems.push(...keyProblems(dram, document));
  const points = pointsOf(dram);
  const { component } = dram;
  if (!dram.operating_points && !dram.states) return { dram: { ...points[0], component, points }, domain: null };
  if (Object.hasOwn(domains, DRAM_DOMAIN)) {
    problems.push({
      code: 'duplicate-name',
      message: `the DRAM is the domain "${DRAM_DOMAIN}", as it has operating points or states`,
      span: document.keySpan(['domains', DRAM_DOMAIN]),
      expected: 'another name for this domain',
    });
  }
  // DRAM of one speed has no clock or supply to choose.
  const only = [{ frequency: '1GHz', voltage: '1V' }];
  const clock = clockSpec(
    DRAM_DOMAIN,
    { operating_points: dram.operating_points ?? only, nominal: dram.nominal, transition: dram.transition },
    ['dram'],
    document,
    problems,
  );
  const domain = { ...clock, rail: DRAM_DOMAIN, railV: null, states: dramStates(dram.states ?? {}) };
  return { dram: { ...(points[clock.nominal] ?? points[0]), component, points }, domain };
}

function pointsOf(dram: DramFile): DramPointSpec[] {
  const entries = dram.operating_points ?? [dram];
  return entries.map(({ bandwidth = '1GB/s', latency = '0s', background_power = '0W' }) => ({
    bytesPerS: parseQuantity(bandwidth, 'bandwidth in bytes'),
    latencyS: parseQuantity(latency, 'time'),
    backgroundW: parseQuantity(background_power, 'power'),
  }));
}

/** Either three keys or operating points. No bandwidth may be zero, as time is divided by it. */
function keyProblems(dram: DramFile, document: YamlDocument): Diagnostic[] {
  const points = dram.operating_points;
  const ofKeys = ALONE.flatMap((key): Diagnostic[] => {
    if (!points && dram[key] === undefined) {
      return [{ code: 'missing-key', message: `"dram" needs the key "${key}"`, span: document.keySpan(['dram']) }];
    }
    if (!points || dram[key] === undefined) return [];
    const message = `"dram.${key}" has no meaning beside "operating_points"`;
    const expected = `a ${key} in each of the operating points`;
    return [{ code: 'option-unused', message, span: document.keySpan(['dram', key]), expected }];
  });
  const unusedClock = (['nominal', 'transition'] as const).flatMap((key): Diagnostic[] => {
    if (points || dram[key] === undefined) return [];
    const message = `"dram.${key}" has no meaning without "operating_points"`;
    return [
      { code: 'option-unused', message, span: document.keySpan(['dram', key]), expected: 'operating points of DRAM' },
    ];
  });
  const zeros = (points ?? [dram]).flatMap(({ bandwidth }, i): Diagnostic[] => {
    if (bandwidth === undefined || parseQuantity(bandwidth, 'bandwidth in bytes') > 0) return [];
    const path = points ? ['dram', 'operating_points', i, 'bandwidth'] : ['dram', 'bandwidth'];
    const message = `"${path.join('.')}" is ${bandwidth}`;
    return [{ code: 'out-of-range', message, span: document.span(path), expected: 'more than zero' }];
  });
  return [...ofKeys, ...unusedClock, ...zeros, ...slowerProblems(dram, document)];
}

/** Down the list the bandwidth may not fall: policies take a later point for a faster one. */
function slowerProblems({ operating_points = [] }: DramFile, document: YamlDocument): Diagnostic[] {
  const bytesPerS = operating_points.map(({ bandwidth }) => parseQuantity(bandwidth, 'bandwidth in bytes'));
  return operating_points.flatMap(({ bandwidth }, i): Diagnostic[] => {
    if (i === 0 || bytesPerS[i] >= bytesPerS[i - 1]) return [];
    return [
      {
        code: 'operating-points-not-monotone',
        message: `operating point ${i + 1} of DRAM has less bandwidth, ${bandwidth}, than the one before it`,
        span: document.span(['dram', 'operating_points', i, 'bandwidth']),
        expected: 'bandwidths that never fall down the list',
      },
    ];
  });
}

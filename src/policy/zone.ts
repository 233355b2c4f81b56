import { Type } from '@sinclair/typebox';
import { fail, nearestName, type Span } from '../base/errors.ts';
import { OneOf } from '../base/schema.ts';
import { domainNamed } from './clocks.ts';
import type { Observation, PolicyDomain, PolicySetting, Saturation, SpanOfParameter } from './policy.ts';
import type { Ranges } from './ranges.ts';

/** The parameters that every thermal policy has: the blocks it watches and the domains it slows. */
export const ZONE = {
  blocks: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: 'Blocks it watches, by name; * stands for any characters. All by default',
    }),
  ),
  domains: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Domains it limits. All by default' }),
  ),
};

/** The kernel whose thermal governor a policy repeats. */
export const Kernel = OneOf(['6.6', '6.18'], 'Linux kernel whose governor it is, as a text: "6.6"');

/**
 * The sensors that a thermal policy reads and the domains on which it acts, like a Linux thermal zone with its cooling
 * devices.
 */
export interface Zone {
  readonly domains: readonly PolicyDomain[];
  /** The names of the blocks that it watches. */
  readonly blocks: readonly string[];
  /** The highest reading, K. */
  hottestK(observation: Observation): number;
}

/** The reading of a zone that is above its trip although these are the lowest points. */
export function saturation(
  { domains }: Zone,
  ranges: Ranges,
  temperatureK: number,
  tripK: number,
): Saturation | undefined {
  if (!(temperatureK > tripK)) return undefined;
  for (const { name } of domains) if (ranges[name][1] > 0) return undefined;
  return { temperatureK, tripK };
}

/**
 * The zone of these parameters. Errors: `missing-key` if there are no sensors, `unknown-name` for a pattern that
 * matches no block, or for an unknown domain.
 */
export function zoneOf(
  policy: string,
  { blocks, domains }: { readonly blocks?: readonly string[]; readonly domains?: readonly string[] },
  setting: PolicySetting,
  span: SpanOfParameter,
): Zone {
  if (setting.blocks.length === 0) {
    fail('missing-key', `policy "${policy}" needs temperatures, and there are none`, {
      expected: 'an accelerator with a floorplan',
    });
  }
  const sensed = [
    ...new Set(blocks?.flatMap((pattern, i) => blocksLike(pattern, i, setting, span)) ?? indices(setting)),
  ];
  return {
    // Domains in the accelerator's order, each once, whatever the order of the parameter.
    domains: domains ? chosenDomains(domains, setting, span) : setting.domains,
    blocks: sensed.map((b) => setting.blocks[b]),
    hottestK({ temperatureK }) {
      let hottest = -Infinity;
      for (let i = 0; i < sensed.length; i++) hottest = Math.max(hottest, temperatureK[sensed[i]]);
      return hottest;
    },
  };
}

function indices({ blocks }: PolicySetting): number[] {
  return blocks.map((_, i) => i);
}

function blocksLike(pattern: string, index: number, { blocks }: PolicySetting, span: SpanOfParameter): number[] {
  return matchingBlocks(pattern, blocks, span('blocks', String(index)));
}

/** Indices of the blocks whose names a pattern matches; * stands for any characters. Error: `unknown-name` if none does. */
export function matchingBlocks(pattern: string, blocks: readonly string[], span: Span | undefined): number[] {
  const parts = pattern.split('*');
  const found = blocks.flatMap((name, i) => (isLike(name, parts) ? [i] : []));
  if (found.length > 0) return found;
  fail('unknown-name', `there is no block "${pattern}"`, {
    span,
    expected: `one of ${blocks.join(', ')}`,
    suggestion: nearestName(pattern, blocks),
  });
}

/**
 * Whether a name consists of the parts with any text between them. Each part is matched at its first occurrence, which
 * leaves most room for the next ones. It needs no backtracking, unlike a regular expression, so no pattern takes
 * forever.
 */
export function isLike(name: string, parts: readonly string[]): boolean {
  const [first, last] = [parts[0], parts[parts.length - 1]];
  if (parts.length === 1) return name === first;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

function chosenDomains(names: readonly string[], setting: PolicySetting, span: SpanOfParameter): PolicyDomain[] {
  const chosen = new Set(names.map((name, i) => domainNamed(name, setting.domains, span('domains', String(i)))));
  return setting.domains.filter((domain) => chosen.has(domain));
}

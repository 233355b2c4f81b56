import { hotspotRules } from './hotspot.ts';
import { physicalRules } from './physical.ts';
import type { NetworkRules } from './rules.ts';

/** The rules that an accelerator file names; the physical ones if it names none. */
export function networkRules(compat: 'hotspot' | undefined): NetworkRules {
  return compat === undefined ? physicalRules : hotspotRules;
}

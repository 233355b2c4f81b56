import { nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { Tokens } from './tokens.ts';
import type { MaestroHardware } from './types.ts';

const KEYS = ['num_pes', 'l1_size_cstr', 'l2_size_cstr', 'noc_bw_cstr', 'NoC_NumHops', 'offchip_bw_cstr'] as const;
type Key = (typeof KEYS)[number];

/** What MAESTRO takes for a limit that is not given. */
const UNLIMITED = 2 ** 31 - 1;

/** Most processing elements; their areas are still exact numbers. */
const MOST = 2 ** 31 - 1;

/** Reads a hardware file of MAESTRO: lines `key: value` of whole numbers. */
export function readMaestroHardware(source: SourceText): MaestroHardware {
  const tokens = new Tokens(source);
  const found = new Map<Key, number>();
  while (!tokens.isDone) {
    const key = tokens.next('a key');
    const value = tokens.next('a whole number');
    const known = KEYS.find((name) => name === key.text);
    if (!known) {
      tokens.report(
        'unknown-key',
        `unknown key "${key.text}"`,
        key.span,
        `one of ${KEYS.join(', ')}`,
        nearestName(key.text, KEYS),
      );
      continue;
    }
    if (found.has(known)) tokens.report('duplicate-name', `two values of ${known}`, key.span);
    const number = Number(value.text);
    const least = known === 'NoC_NumHops' ? 0 : 1;
    if (!/^\d+$/.test(value.text))
      tokens.report('wrong-type', `${known} is "${value.text}"`, value.span, 'a whole number');
    else if (number < least || number > MOST)
      tokens.report('out-of-range', `${known} is ${value.text}`, value.span, `${least} to ${MOST}`);
    else found.set(known, number);
  }
  if (!found.has('num_pes') && tokens.problems.length === 0)
    tokens.report('missing-key', 'the hardware has no num_pes', tokens.span, 'a line such as "num_pes: 256"');
  tokens.throwProblems();
  return {
    pes: found.get('num_pes')!,
    l1Size: found.get('l1_size_cstr') ?? UNLIMITED,
    l2Size: found.get('l2_size_cstr') ?? UNLIMITED,
    nocBandwidth: found.get('noc_bw_cstr') ?? UNLIMITED,
    hopLatency: found.get('NoC_NumHops') ?? 1,
    offchipBandwidth: found.get('offchip_bw_cstr') ?? UNLIMITED,
    simdLanes: 1,
  };
}

import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { HotspotOutcome } from '../../peers/hotspot/index.ts';

/** For people at a terminal: the hottest unit of the steady state, the files written, and the one to open. HotSpot prints none of it. */
export function outcomeText({ steady }: Pick<HotspotOutcome, 'steady'>, written: readonly string[]): string {
  const units = steady.flatMap(({ prefix, names, temperatureK }) =>
    names.map((name, u) => ({ name: `${prefix}${name}`, temperatureC: temperatureK[u] - ZERO_CELSIUS_K })),
  );
  const [hottest] = units.toSorted((a, b) => b.temperatureC - a.temperatureC);
  return [
    ...(hottest ? [`Hottest in the steady state: ${hottest.name}, ${hottest.temperatureC.toFixed(2)} C\n`] : []),
    ...(written.length > 0 ? [`Wrote ${written.join(', ')}; open ${written[0]}\n`] : []),
  ].join('');
}

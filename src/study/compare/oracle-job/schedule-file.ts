import type { PreparedPlant } from '../../../cosim/index.ts';
import type { Schedule } from '../../oracle/index.ts';

/** The setting of each layer, by its index, and the rest after the last one. */
type Settled = Pick<Schedule, 'pointOf'> & { readonly rest: Pick<Schedule['rest'], 'to' | 'name'> };

/** A schedule that `finder` found as a policy file that `run` replays, with lines for what a layer does not need. */
export function scheduleFile(
  { plant, programs }: PreparedPlant,
  settings: readonly Int32Array[],
  { pointOf, rest }: Settled,
  name: string,
  finder = 'the oracle',
  unneeded: readonly string[] = [],
): string {
  const { domains } = plant;
  const megahertz = (k: number, d: number): string => `${domains[d].points[settings[k][d]].frequencyHz / 1e6}MHz`;
  const clocks = (k: number): string =>
    domains.length === 1
      ? megahertz(k, 0)
      : `{ ${domains.map(({ name: domain }, d) => `${JSON.stringify(domain)}: ${megahertz(k, d)}`).join(', ')} }`;
  const lines = Array.from(pointOf).flatMap((k, layer) => {
    if (layer > 0 && pointOf[layer - 1] === k) return [];
    // A comment ends with the line, whatever the name of the layer is.
    const layerName = programs.schedules[layer].layer.name.replace(/[^\x20-\x7e]/g, '?');
    return [`    - { layer: ${layer}, frequency: ${clocks(k)} } # ${layerName}`];
  });
  return [
    `# Use it to replay the schedule that ${finder} found for this network, design and deadline. A change of any of them makes another`,
    '# schedule the best.',
    'version: 1',
    `name: ${name}`,
    'description: the schedule of least energy, layer by layer',
    'uses: schedule',
    'parameters:',
    '  layers:',
    ...lines,
    `  rest: ${clocks(rest.to)}`,
    `  idle: ${rest.name}`,
    ...unneeded,
    '',
  ].join('\n');
}

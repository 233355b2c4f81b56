import type { Path } from '../base/document.ts';
import { fail } from '../base/errors.ts';
import { parseQuantity } from '../base/units.ts';
import type { Design } from '../design/index.ts';
import { matchingBlocks, type SensorSpec } from '../policy/index.ts';
import type { ExperimentSpec } from './experiment-file.ts';

/** Most epochs of delay: all readings of that time are kept. */
const MOST_DELAY = 1000;

/**
 * The sensor of each block of a design; none without a floorplan. Errors: `unknown-name` for a pattern that no block has,
 * `out-of-range` for noise, a quantum or a delay below zero, or a delay of very many epochs.
 */
export function sensorsOf({ sensors, epochS, document }: ExperimentSpec, { die }: Design): SensorSpec[] {
  const names = die ? die.floorplan.blocks.map(({ name }) => name) : [];
  const specs = names.map((): SensorSpec => ({ offsetK: 0, noiseK: 0, quantumK: 0, delayEpochs: 0 }));
  for (const { file, path } of sensors) {
    const kelvin = (key: 'noise' | 'quantum'): number => {
      const value = parseQuantity(file[key] ?? '0K', 'temperature difference');
      return value >= 0 ? value : outOfRange([...path, key], `"${key}" is ${file[key]}`, '0K or more');
    };
    const delayEpochs = Math.ceil((parseQuantity(file.delay ?? '0s', 'time') / epochS) * (1 - 1e-9));
    if (!(delayEpochs >= 0 && delayEpochs <= MOST_DELAY)) {
      outOfRange([...path, 'delay'], `"delay" is ${file.delay}`, `0s to ${MOST_DELAY} epochs`);
    }
    const offsetK = parseQuantity(file.offset ?? '0K', 'temperature difference');
    const spec = { offsetK, noiseK: kelvin('noise'), quantumK: kelvin('quantum'), delayEpochs };
    const blocks = file.blocks
      ? file.blocks.flatMap((pattern, i) => matchingBlocks(pattern, names, document.span([...path, 'blocks', i])))
      : names.map((_, u) => u);
    for (const u of blocks) specs[u] = spec;
  }
  return specs;

  function outOfRange(at: Path, message: string, expected: string): never {
    fail('out-of-range', message, { span: document.span(at), expected });
  }
}

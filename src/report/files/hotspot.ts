import type { Pieces } from '../../base/source.ts';
import type { RunResult } from '../../cosim/index.ts';
import { hotspotDifference, hotspotTrace, startGroups } from '../../design/index.ts';
import {
  HOTSPOT_KEYS,
  type HotspotOptions,
  writeFloorplan,
  writePowerTrace,
  writeTemperatures,
} from '../../formats/hotspot/index.ts';
import { hotspotRules, networkRules } from '../../thermal/rules/index.ts';
import { timeIntegral } from '../reductions.ts';

/** HotSpot multiplies these capacities by its factor, so its files hold the true values divided by it. */
const CAPACITIES = ['p_chip', 'p_interface', 'p_spreader', 'p_sink', 'c_convec'] as const;

/** Names of the files for HotSpot. */
export const HOTSPOT_FILES = [
  'chip.flp',
  'hotspot.config',
  'power.ptrace',
  'start.init',
  'temperature.ttrace',
] as const;

/** Decimals of kelvins in start.init. */
const START_DECIMALS = 6;

/**
 * chip.flp, power.ptrace, start.init, temperature.ttrace and hotspot.config, which HotSpot runs unchanged; empty without a
 * floorplan. Traces hold whole epochs only: a shorter last one does not fit HotSpot's fixed interval. Temperatures are
 * those at the end of each epoch, K. Under `compat: hotspot` they are those that HotSpot itself gets from these files.
 */
export function hotspotFiles(result: RunResult): Readonly<Record<string, () => Pieces>> {
  const { trace, thermal, experiment, epochS } = result;
  const { die, spec } = experiment.design;
  if (!thermal || !die || !spec.thermal) return {};
  const { name, thermal: asked } = spec;
  const { blocks, widthM, heightM } = die.floorplan;
  const whole = wholeEpochs(trace.durationS, epochS);
  const cut = (columns: readonly Float64Array[]): Float64Array[] => columns.map((column) => column.subarray(0, whole));
  const start = rounded(thermal.startPackageK);
  const temperatureK = (): readonly Float64Array[] =>
    asked.compat === 'hotspot'
      ? hotspotTrace(die.package, die.floorplan, asked.grid, start, cut(trace.powerW), epochS)
      : cut(trace.temperatureK);
  const groups = (): string => writeTemperatures(startGroups(die.floorplan, start), START_DECIMALS);
  return {
    'chip.flp': () => [
      writeFloorplan(blocks.map((block) => ({ ...block, widthM: block.widthM, heightM: block.heightM }))),
    ],
    'hotspot.config': () => [`# ${name}, die ${widthM} m x ${heightM} m\n`, hotspotConfig(die.package, asked, epochS)],
    'power.ptrace': () => writePowerTrace(thermal.blocks, cut(trace.powerW)),
    'start.init': () => [expectation(result), groups()],
    'temperature.ttrace': () => writePowerTrace(thermal.blocks, temperatureK()),
  };
}

/** The start as start.init holds it. */
function rounded(temperatureK: Float64Array): Float64Array {
  return temperatureK.map((value) => Number(value.toFixed(START_DECIMALS)));
}

/** A comment on how far HotSpot will be off: its network differs from the physics. */
function expectation({ trace, experiment }: RunResult): string {
  const { die, spec } = experiment.design;
  if (spec.thermal!.compat === 'hotspot') return '# HotSpot repeats temperature.ttrace to 0.01 K\n';
  const { durationS, powerW, temperatureK } = trace;
  const total = durationS.reduce((sum, value) => sum + value, 0);
  const mean = (column: Float64Array): number => timeIntegral(column, durationS) / (total || 1);
  const [meanW, meanK] = [powerW, temperatureK].map((columns) => Float64Array.from(columns, mean));
  const kelvin = hotspotDifference(die!.package, die!.floorplan, meanW, meanK);
  return [
    `# HotSpot's network differs from the default physics: its blocks are up to ${kelvin.toFixed(1)} K off in the steady state of`,
    '# the mean power, and more for some milliseconds, because it starts every block at one temperature\n',
  ].join('\n');
}

function wholeEpochs(durationS: Float64Array, epochS: number): number {
  const last = durationS.length - 1;
  return last >= 0 && durationS[last] < epochS * (1 - 1e-9) ? last : durationS.length;
}

const COMMAND_LINE_ONLY: ReadonlySet<string> = new Set(['detailed_3D', 'use_microchannels']);

function hotspotConfig(
  options: HotspotOptions,
  { grid, compat }: { grid: { rows: number; columns: number }; compat: 'hotspot' | undefined },
  epochS: number,
): string {
  const factor = hotspotRules.capacityFactor / networkRules(compat).capacityFactor;
  const values: HotspotOptions = {
    ...options,
    ...Object.fromEntries(CAPACITIES.map((key) => [key, options[key] / factor])),
    model_type: 'grid',
    grid_rows: grid.rows,
    grid_cols: grid.columns,
    grid_map_mode: 'avg',
    sampling_intvl: epochS,
    init_temp: options.ambient,
  };
  // HotSpot would look for a material called "(null)", and it takes some options only on its command line.
  const lines = HOTSPOT_KEYS.filter((key) => values[key] !== null && !COMMAND_LINE_ONLY.has(key)).map(
    (key) => `-${key}\t${values[key]}`,
  );
  return `${lines.join('\n')}\n`;
}

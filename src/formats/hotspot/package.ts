import type { Diagnostic, Tolerate } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { throwProblems } from '../csv.ts';
import { flag, type OptionValues, positive, readOptions } from './options.ts';
import { readWords } from './text.ts';

/** Every option of HotSpot's package model, in m and revolutions per minute, with the program's default. */
const OPTIONS = {
  natural_convec: flag(0),
  flow_type: flag(0),
  sink_type: flag(0),
  fin_height: positive(0.03),
  fin_width: positive(0.001),
  channel_width: positive(0.002),
  pin_height: positive(0.02),
  pin_diam: positive(0.002),
  pin_dist: positive(0.005),
  fan_radius: positive(0.03),
  motor_radius: positive(0.01),
  rpm: positive(1000),
};

/** The values of a package configuration: `flow_type` 0 lateral, 1 impinging; `sink_type` 0 fins, 1 pins. */
export type HotspotPackage = OptionValues<typeof OPTIONS>;

/**
 * Reads the configuration of the detailed package model (`-package_config_file`), one `-key value` per line. Errors:
 * those of a .config; `out-of-range` for a motor that is not smaller than its fan.
 */
export function readHotspotPackage(source: SourceText, tolerate?: Tolerate): HotspotPackage {
  const problems: Diagnostic[] = [];
  const { values, given } = readOptions(source, readWords(source, 2), OPTIONS, problems, tolerate);
  throwProblems(problems);
  const initial = Object.fromEntries(Object.entries(OPTIONS).map(([key, option]) => [key, option.initial]));
  const options = { ...initial, ...values } as HotspotPackage;
  if (options.motor_radius >= options.fan_radius) {
    const message = `the motor's radius, ${options.motor_radius} m, leaves nothing of a fan of ${options.fan_radius} m`;
    problems.push({ code: 'out-of-range', message, span: given.get('motor_radius') ?? given.get('fan_radius') });
  }
  throwProblems(problems);
  return options;
}

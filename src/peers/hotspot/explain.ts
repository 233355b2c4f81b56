import type { HotspotInput } from './input/files.ts';
import type { HotspotModel } from './model.ts';
import { type HotspotOutcome, type HotspotProgramMode, PROGRAMS } from './program.ts';

/** Lines of text that describe the input and the computation. `transient`: whether temperatures over time are computed. */
export function explainHotspot(
  { problem, trace, start }: HotspotInput,
  { model, plan, steady }: HotspotOutcome,
  mode: HotspotProgramMode,
  transient: boolean,
): string {
  const { options, layers } = problem;
  const { grid, nodes, groups } = model;
  const { sampling_intvl: interval } = options;
  const { widthM, heightM } = layers[0].floorplan;
  const cells = grid ? `${grid.rows} x ${grid.columns} cells per layer` : 'one node per block and layer';
  const meanW = trace.powerW.flatMap((column) => [...column]).reduce((a, b) => a + b, 0) / trace.samples;
  const stack = layers.map(({ power, lateral, conductivityWPerMK, thicknessM, blocks }, i) => {
    const words = [power ? 'power' : '', lateral ? '' : 'no lateral heat flow'].filter((word) => word !== '');
    const rest = [`${short(conductivityWPerMK)} W/(m K)`, `${blocks.length} blocks`, ...words].join(', ');
    return `  layer ${i}  ${millimetres(thicknessM)}, ${rest}`;
  });
  const rows = transient
    ? `row k of -o holds the end of sample k, at k x ${short(interval)} s; k starts at 1`
    : 'steady state only, because there is no -o';
  return [
    `method   ${PROGRAMS[mode].method}`,
    `model    ${cells}, ${nodes} nodes`,
    `die      ${millimetres(widthM)} x ${millimetres(heightM)}; from the power side to the sink:`,
    ...stack,
    `  spreader ${millimetres(options.t_spreader)} of ${millimetres(options.s_spreader)} side, added below the last layer`,
    `  sink     ${millimetres(options.t_sink)} of ${millimetres(options.s_sink)} side, added below the spreader`,
    `cooling  ${convection(problem)} to ${short(options.ambient)} K`,
    `trace    ${trace.samples} samples of ${short(interval)} s for ${trace.names.length} blocks, ${short(meanW)} W on average`,
    `time     ${rows}`,
    `start    ${start ? `from ${options.init_file}` : `everywhere at -init_temp ${short(options.init_temp)} K`}`,
    ...plan.why.map((reason, i) => `${i === 0 ? 'solvers ' : '        '} ${reason}`),
    ...errorLines(model, steady),
    'steady   the response to the mean power of the trace; it does not depend on the start',
    `groups   ${groups.map(({ prefix, names }) => `${prefix || '(die)'} ${names.length}`).join(', ')}`,
  ].join('\n');
}

/** The known part of the error of the model's resolution. */
function errorLines(model: HotspotModel, steady: HotspotOutcome['steady']): string[] {
  const { resolutionError, ambientK } = model;
  if (!resolutionError) return model.rules.network.name === 'physical' ? [UNKNOWN_ERROR] : [];
  const { part, kelvin } = resolutionError;
  const highest = Math.max(ambientK, ...steady.flatMap(({ temperatureK }) => Array.from(temperatureK)));
  const inK = kelvin ?? part * (highest - ambientK);
  const of =
    highest > ambientK
      ? `about ${inK.toPrecision(1)} K of ${short(highest - ambientK)} K`
      : `about ${(100 * part).toPrecision(1)} % of a rise`;
  return [`error    ${of}: ${resolutionOf(model)}`];
}

function resolutionOf({ continuum, planes }: HotspotModel): string {
  if (!continuum) return `elements that end at the edges of blocks, ${planes.length} planes through the layers`;
  const { assembly } = continuum.continuum;
  const { x, y } = assembly.bodies[assembly.die];
  return `${x.count} x ${y.count} waves along the die meet the package, all layers are exact`;
}

const UNKNOWN_ERROR = 'error    not known: each layer is one element, and its overhang four trapezia a side';

function convection({ options, packageModel }: HotspotInput['problem']): string {
  if (!packageModel) return `${short(options.r_convec)} K/W`;
  return packageModel.natural_convec === 1 ? 'natural convection' : 'forced convection';
}

function millimetres(lengthM: number): string {
  return `${short(lengthM * 1e3)} mm`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

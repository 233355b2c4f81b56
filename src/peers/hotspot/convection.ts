import { fail } from '../../base/errors.ts';
import type { HotspotOptions } from '../../formats/hotspot/index.ts';
import type { HotspotProblem, PackageModelOptions } from './input/problem.ts';
import type { ConvectionRules, HotspotRules } from './model.ts';

// Properties of air in SI units, and other constants, as in HotSpot 7.0 (package.h).
const AIR_DENSITY = 1.059;
const AIR_CONDUCTIVITY = 0.028;
const AIR_VISCOSITY = 2e-5;
const AIR_KINEMATIC_VISCOSITY = 1.9e-5;
const PRANDTL = 0.73;
const GRAVITY = 9.8;
const AIR_EXPANSION_PER_K = 3e-3;
const EMISSIVITY = 0.95;
const STEFAN_BOLTZMANN = 5.67e-8;
const TURBULENT_REYNOLDS = 3500;

/** The rise in K at which HotSpot starts its loop, and which it adds after every pass. */
export const SINK_ABOVE_AMBIENT_K = 0.01;

/** Whether the resistance depends on the sink's temperature, so that `hotspotSteady` has to find it. */
export function hasNaturalConvection({ packageModel }: HotspotProblem): boolean {
  return packageModel?.natural_convec === 1;
}

/**
 * The initial convection resistance in K/W: r_convec, or that of the package model. With natural convection the sink is
 * taken 0.01 K above ambient.
 */
export function startConvection({ options, packageModel }: HotspotProblem, rules: HotspotRules): number {
  if (!packageModel) return options.r_convec;
  return packageConvection(packageModel, options, rules.convection, options.ambient + SINK_ABOVE_AMBIENT_K);
}

/** The inputs that the correlations share. */
interface Sink {
  readonly model: PackageModelOptions;
  readonly options: HotspotOptions;
  readonly rules: ConvectionRules;
  readonly side: number;
  readonly fins: number;
  readonly pins: number;
  /** Wetted area, m^2. */
  readonly area: number;
}

/**
 * Resistance from a sink of fins or pins to the air, K/W (HotSpot 7.0, package.c, which cites the correlations). A fan
 * forces the convection, or it is natural with radiation and then depends on the sink's temperature. `physical` differs
 * in three ways. The efficiency of fins uses their height, where HotSpot uses the side of the sink. Air from above
 * passes between fins, where HotSpot assumes pins. Pi is exact. Errors: `out-of-range` for dimensions that leave no
 * channel, or for a sink that is not above ambient.
 */
export function packageConvection(
  model: PackageModelOptions,
  options: HotspotOptions,
  rules: ConvectionRules,
  sinkK: number,
): number {
  const { pi } = rules;
  const { fin_height, fin_width, channel_width, pin_height, pin_diam, pin_dist, sink_type } = model;
  const side = options.s_sink;
  const fins = Math.ceil((side - fin_width) / (fin_width + channel_width) - 0.5);
  const pins = Math.ceil(((side - pin_diam) / (pin_diam + pin_dist)) ** 2 - 0.5);
  const finned = side * (side + 2 * fins * fin_height);
  const pinned = side ** 2 + pi * pin_diam * pin_height * pins;
  const sink = { model, options, rules, side, fins, pins, area: sink_type === 0 ? finned : pinned };
  const [count, parts] = sink_type === 0 ? [fins, 'fins'] : [pins, 'pins'];
  if (!(count > 1)) {
    const message = `a sink of ${side} m has room for ${Math.max(0, count)} of these ${parts}`;
    fail('out-of-range', message, { expected: 'at least two, with channels between them' });
  }
  const resistance = model.natural_convec === 1 ? natural(sink, sinkK) : forced(sink);
  if (resistance > 0 && Number.isFinite(resistance)) return resistance;
  return fail('out-of-range', `the package model gives a convection resistance of ${resistance} K/W`, {
    expected: 'air that passes the fins or pins, and a sink warmer than the ambient',
  });
}

function forced(sink: Sink): number {
  const { model, rules, side, fins, pins } = sink;
  const flow = fanFlow(sink);
  if (model.flow_type === 1) {
    const finned = rules.finsBlockAir && model.sink_type === 0;
    const blocked = finned ? fins * model.fin_width * side : (pins * rules.pi * model.pin_diam ** 2) / 4;
    return impinging(sink, flow / (side ** 2 - blocked));
  }
  if (model.sink_type === 0) return lateralFins(sink, flow / ((fins - 1) * model.channel_width * model.fin_height));
  return lateralPins(sink, flow / ((Math.sqrt(pins) - 1) * model.pin_dist * model.pin_height));
}

/** Air flow of the fan in m^3/s. */
function fanFlow({ model: { fan_radius, motor_radius, rpm }, rules: { pi } }: Sink): number {
  const blade = Math.sqrt(fan_radius ** 2 - motor_radius ** 2);
  const area = pi * blade ** 2;
  return area * Math.sqrt((0.25 * pi * (motor_radius + blade) ** 3 * (0.105 * rpm)) / area);
}

function reynolds(velocity: number, lengthM: number): number {
  return (AIR_DENSITY * velocity * lengthM) / AIR_VISCOSITY;
}

function channelDiameter({ model: { channel_width }, side }: Sink): number {
  return (2 * channel_width * side) / (channel_width + side);
}

function lateralFins(sink: Sink, velocity: number): number {
  const { model, options, rules, side, fins } = sink;
  const { channel_width, fin_width, fin_height } = model;
  const diameter = channelDiameter(sink);
  const re = reynolds(velocity, diameter);
  let transfer: number;
  if (re <= TURBULENT_REYNOLDS) {
    const star = (AIR_DENSITY * velocity * channel_width ** 2) / (AIR_VISCOSITY * side);
    const developed = ((star * PRANDTL) / 2) ** -3;
    const developing = (0.664 * Math.sqrt(star) * PRANDTL ** 0.33 * Math.sqrt(1 + 3.65 / Math.sqrt(star))) ** -3;
    transfer = ((developed + developing) ** -0.33 * AIR_CONDUCTIVITY) / channel_width;
  } else {
    const friction = (0.79 * Math.log(re) - 1.64) ** -2;
    transfer = (0.125 * friction * re * PRANDTL ** 0.33 * AIR_CONDUCTIVITY) / diameter;
  }
  const length = rules.finLength(side, fin_height);
  const m = Math.sqrt((2 * transfer) / (options.k_sink * fin_width));
  const efficiency = Math.tanh(m * length) / (m * length);
  return 1 / (transfer * (channel_width + 2 * efficiency * length) * fins * side);
}

function lateralPins(sink: Sink, velocity: number): number {
  const { model, pins, area } = sink;
  const re = reynolds(velocity, channelDiameter(sink));
  const rows = Math.sqrt(pins) - 1;
  const arrangement = (0.8 + (0.8333 * Math.sqrt(rows)) / (1 + 0.03 * rows ** 2) ** 0.25) * 0.6;
  const nusselt = 0.4 + 0.9 * (1.25 * arrangement * Math.sqrt(re) + 0.001 * re) * PRANDTL ** 0.33;
  return model.pin_diam / (nusselt * AIR_CONDUCTIVITY * area);
}

function impinging({ side, rules: { pi }, area }: Sink, velocity: number): number {
  const diameter = (2 * side) / Math.sqrt(pi);
  const nusselt = 1.92 * reynolds(velocity, diameter) ** 0.716 * PRANDTL ** 0.4 * (area / side ** 2) ** -0.698;
  return diameter / (nusselt * AIR_CONDUCTIVITY * area);
}

/** Resistance of natural convection in the channels between upright plates, in parallel with radiation. */
function natural({ model, options, side, area }: Sink, sinkK: number): number {
  const above = sinkK - options.ambient;
  const width = model.sink_type === 0 ? model.channel_width : model.pin_dist;
  const rayleigh = (GRAVITY * AIR_EXPANSION_PER_K * above * width ** 3 * PRANDTL) / AIR_KINEMATIC_VISCOSITY ** 2;
  const x = (rayleigh * width) / side;
  const nusselt = (576 / x ** 2 + 2.873 / Math.sqrt(x)) ** -0.5;
  const convected = (nusselt * AIR_CONDUCTIVITY * area) / width;
  const radiated = (EMISSIVITY * STEFAN_BOLTZMANN * (sinkK ** 4 - options.ambient ** 4) * area) / above;
  return 1 / (convected + radiated);
}

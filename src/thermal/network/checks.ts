import { fail } from '../../base/errors.ts';
import type { Grid } from '../floorplan/grid-map.ts';
import type { Tiling } from '../floorplan/tiling.ts';
import type { Convection, ThermalLayer, ThermalStack } from './stack.ts';

/** Error: `out-of-range`. */
export function checkGrid({ rows, columns }: Grid): void {
  if (Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0) return;
  fail('out-of-range', `a grid of ${rows} x ${columns} cells`, { expected: 'whole numbers from 1' });
}

function positive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) fail('out-of-range', `${what} must be above 0, not ${value}`);
}

/** Errors: `out-of-range`; `zero-area` for a site without an area. */
export function checkStack(
  { layers, convection, secondary, ambientK }: ThermalStack,
  { areaM2 }: Pick<Tiling, 'areaM2'>,
): void {
  if (layers.length === 0) fail('out-of-range', 'the stack has no layer');
  layers.forEach(checkLayer);
  checkConvection('convection', convection);
  if (secondary) checkConvection('convection of the board', secondary.convection);
  positive('the ambient temperature', ambientK);
  if (!areaM2.every((area) => area > 0 && Number.isFinite(area))) {
    fail('zero-area', 'the die has sites without an area', { expected: 'blocks and a die with a width and a height' });
  }
}

function checkLayer({ name, thicknessM, conductivityWPerMK, heatCapacityJPerM3K, bySite }: ThermalLayer): void {
  positive(`the thickness of ${name}`, thicknessM);
  positive(`the conductivity of ${name}`, conductivityWPerMK);
  positive(`the heat capacity of ${name}`, heatCapacityJPerM3K);
  bySite?.conductivityWPerMK.forEach((value) => {
    positive(`the conductivity of every part of ${name}`, value);
  });
  bySite?.heatCapacityJPerM3K.forEach((value) => {
    positive(`the heat capacity of every part of ${name}`, value);
  });
}

function checkConvection(what: string, { resistanceKPerW, areaM2, capacityJPerK }: Convection): void {
  positive(`the ${what} resistance`, resistanceKPerW);
  positive(`the area of the ${what}`, areaM2);
  if (!(capacityJPerK >= 0)) fail('out-of-range', `the ${what} capacity must not be negative`);
}

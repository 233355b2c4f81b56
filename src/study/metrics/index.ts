export { energyDelay, energyDelaySquared, regret, savingAchieved, tardiness } from './energy.ts';
export { excessAbove, type OverTime, oscillation, residency, timeAbove } from './over-time.ts';
export { type RainflowCycles, rainflow, turningPoints } from './rainflow.ts';
export {
  arrhenius,
  BLACK_EXPONENT,
  black,
  COFFIN_MANSON_EXPONENT,
  COPPER_EV,
  type CoffinManson,
  competingRate,
  cyclingDamage,
  meanRate,
  type WireLoad,
} from './wear.ts';

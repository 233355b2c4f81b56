/** Energy times time, J s: the merit of a design that may trade one for the other. */
export function energyDelay(energyJ: number, timeS: number): number {
  return energyJ * timeS;
}

/** Energy times time squared, J s^2: the same, where speed counts more. It hardly changes with the supply voltage. */
export function energyDelaySquared(energyJ: number, timeS: number): number {
  return energyJ * timeS * timeS;
}

/** How much more energy than the least possible, as a share of it. */
export function regret(energyJ: number, leastJ: number): number {
  return (energyJ - leastJ) / leastJ;
}

/** The part of the possible saving that was achieved: 1 at the least energy, 0 at that of the reference. */
export function savingAchieved(energyJ: number, referenceJ: number, leastJ: number): number {
  return (referenceJ - energyJ) / (referenceJ - leastJ);
}

/** By how much an inference is late, s; 0 if it is in time. */
export function tardiness(endS: number, deadlineS: number): number {
  return Math.max(0, endS - deadlineS);
}

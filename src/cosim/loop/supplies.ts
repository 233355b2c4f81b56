import type { DramPointSpec } from '../../design/index.ts';
import { leakageVoltage } from '../../design/power/index.ts';
import type { DomainShares } from '../../policy/index.ts';
import type { Plant } from '../plant/plant.ts';
import { Rests } from '../states/rests.ts';
import { PoweredPes, type UsedPes } from '../states/unused-pes.ts';
import type { Ledger } from './ledger.ts';
import { ClocksAndRails, type DomainClock } from './rails.ts';
import { load, type Saved, save } from './saved.ts';

/** Time integrals of a domain: their offsets in its sums, in the order of the recorder's columns. */
export const FREQUENCY = 0;
export const VOLTAGE = 1;
export const BUSY = 2;
export const STALL = 3;
export const IDLE = 4;
export const DEAD = 5;
export const SUMS = 6;

const SUPPLIES_STATE = [
  ...['clockPoint', 'supplyPoint', 'voltageV', 'supply', 'combinations', 'numbers', 'sums', 'leakageV', 'leakingVs'],
];

const NO_SHARES: DomainShares = { busy: 0, stall: 0, idle: 0, dead: 0 };

/** Clocks and supplies of all domains, and their integrals over the current epoch. */
export class Supplies {
  /** In force in each domain: the point of the clock, the point of the supply, and the voltage in V. */
  readonly clockPoint: Int32Array;
  private readonly supplyPoint: Int32Array;
  readonly voltageV: Float64Array;
  /** Number of the combination of supplies in force; `combinations` holds the voltages of each number, V. */
  supply = 0;
  readonly combinations: Float64Array[] = [];
  private readonly numbers = new Map<string, number>();
  /** Six time integrals per domain: frequency, voltage, busy, stall, idle, dead. */
  readonly sums: Float64Array;
  /** The present `leakageVoltage` of each domain, V. */
  private readonly leakageV: Float64Array;
  /** Its time integral by group of leakage, V s. It grows more slowly while the domain or its PEs are off. */
  readonly leakingVs: Float64Array;
  private readonly leakageSlopePerV: number;
  private readonly plant: Plant;
  /** A record of shares with every domain. */
  private readonly noShares: Record<string, DomainShares>;
  /** The states of the domains, and the PEs that have power; null if all always have. */
  readonly rests: Rests;
  readonly pes: PoweredPes | null;
  private rails: ClocksAndRails;
  private readonly ledger: Ledger;

  constructor(plant: Plant, ledger: Ledger, usedPes: readonly (readonly UsedPes[])[]) {
    const { domains, design, leakageGroups } = plant;
    const { unusedPes } = design.spec;
    this.plant = plant;
    this.noShares = Object.fromEntries(domains.map(({ name }) => [name, NO_SHARES]));
    this.ledger = ledger;
    this.leakageSlopePerV = design.leakage.slopePerV;
    this.rests = new Rests(domains);
    this.pes = unusedPes && new PoweredPes(unusedPes, plant, usedPes);
    this.leakageV = new Float64Array(domains.length);
    this.rails = new ClocksAndRails(
      domains,
      domains.map(({ nominal }) => nominal),
    );
    this.clockPoint = new Int32Array(domains.length);
    this.supplyPoint = new Int32Array(domains.length).fill(-1);
    this.voltageV = new Float64Array(domains.length);
    this.sums = new Float64Array(SUMS * domains.length);
    this.leakingVs = new Float64Array(leakageGroups.domain.length);
  }

  get clocks(): readonly DomainClock[] {
    return this.rails.clocks;
  }

  beginEpoch(): void {
    this.sums.fill(0);
    this.leakingVs.fill(0);
  }

  save(): Saved {
    const states = { rests: this.rests.save(), pes: this.pes?.save() ?? null };
    return { ...save(this, SUPPLIES_STATE), rails: this.rails.save(), ...states };
  }

  load({ rails, rests, pes, ...saved }: Saved): void {
    load(this, saved);
    this.rails.load(rails as Saved);
    this.rests.load(rests as Saved);
    this.pes?.load(pes as Saved);
  }

  /** Puts domain d at a point at once. */
  begin(d: number, point: number): void {
    const points = this.clocks.map(({ target }) => target);
    points[d] = point;
    this.rails = new ClocksAndRails(this.plant.domains, points);
  }

  /** Begins to change domain d to another point. Returns the energy of the change in J. */
  change(d: number, point: number, timeS: number): number {
    const energyJ = this.rails.change(d, point, timeS);
    this.ledger.transition(energyJ);
    return energyJ;
  }

  /** Applies every change that is due at `timeS`. Returns whether the change of some domain is complete by that. */
  settle(timeS: number): boolean {
    const { clocks, clockPoint, supplyPoint, voltageV } = this;
    let changed = false;
    let ended = false;
    for (let d = 0; d < clocks.length; d++) {
      const wasChanging = clocks[d].changing;
      clocks[d].settle(timeS);
      if (wasChanging && !clocks[d].changing) ended = true;
      clockPoint[d] = clocks[d].clock;
      if (supplyPoint[d] === clocks[d].supply) continue;
      changed = true;
      supplyPoint[d] = clocks[d].supply;
    }
    if (!changed) return ended;
    voltageV.set(this.rails.voltages());
    for (let d = 0; d < clocks.length; d++) this.leakageV[d] = leakageVoltage(voltageV[d], this.leakageSlopePerV);
    this.supply = this.numberOf(voltageV);
    return ended;
  }

  private numberOf(voltageV: Float64Array): number {
    const key = voltageV.join();
    let found = this.numbers.get(key);
    if (found === undefined) {
      found = this.combinations.push(voltageV.slice()) - 1;
      this.numbers.set(key, found);
    }
    return found;
  }

  /** The time of the next clock or voltage change that is already under way. */
  nextS(timeS: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const clock of this.clocks) next = Math.min(next, clock.nextS(timeS));
    return next;
  }

  /** What DRAM does at its point in force. */
  get dram(): DramPointSpec {
    const { dram, dramDomain } = this.plant.design.spec;
    return dramDomain < 0 ? dram : dram.points[this.clockPoint[dramDomain]];
  }

  /** Background power of DRAM at `timeS`, W. */
  backgroundW(timeS: number): number {
    const { dramDomain } = this.plant.design.spec;
    if (dramDomain < 0) return this.plant.backgroundW;
    return this.dram.backgroundW * this.rests.leakage(dramDomain, timeS);
  }

  /** Whether domain d cannot work: its clock is stopped, or it wakes. */
  dead(d: number, timeS: number): boolean {
    return this.clocks[d].dead(timeS) || (this.rests.active && this.rests.isWaking(d, timeS));
  }

  /** Books `durationS` of domain d, of which `shareS` goes to one kind of use and `leakage` is the part of its leakage that is left. */
  tally(d: number, durationS: number, use: number, shareS: number, leakage: number): void {
    const at = SUMS * d;
    this.sums[at + FREQUENCY] += durationS * this.clocks[d].frequencyHz;
    this.sums[at + VOLTAGE] += durationS * this.voltageV[d];
    this.sums[at + use] += shareS;
    this.leakingVs[d] += durationS * this.leakageV[d] * leakage;
    if (this.pes) this.tallyPes(this.pes, d, durationS, leakage);
  }

  /** PEs without power leak no more than the domain lets them. */
  private tallyPes({ powered, residue }: PoweredPes, d: number, durationS: number, leakage: number): void {
    const { domain } = this.plant.leakageGroups;
    const first = this.clocks.length;
    for (let g = 0; g < powered.length; g++) {
      if (domain[first + g] !== d) continue;
      const part = powered[g] * leakage + (1 - powered[g]) * Math.min(leakage, residue);
      this.leakingVs[first + g] += durationS * this.leakageV[d] * part;
    }
  }

  addStall(d: number, stallS: number): void {
    this.sums[SUMS * d + STALL] += stallS;
  }

  /** The shares of the epoch that each domain spent busy, stalled, idle and dead. */
  shares(durationS: number): Record<string, DomainShares> {
    const { sums, plant } = this;
    const { domains } = plant;
    // A copy of a record with every domain: one made name by name is read several times as slowly.
    const shares: Record<string, DomainShares> = { ...this.noShares };
    for (let d = 0, at = 0; d < domains.length; d++, at += SUMS) {
      shares[domains[d].name] = {
        busy: sums[at + BUSY] / durationS,
        stall: sums[at + STALL] / durationS,
        idle: sums[at + IDLE] / durationS,
        dead: sums[at + DEAD] / durationS,
      };
    }
    return shares;
  }
}

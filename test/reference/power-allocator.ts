/**
 * The thermal governor power_allocator once more, in exact fractions of whole numbers: kelvin, milliwatts, millivolts, megahertz. Written
 * from the definition: two trips; a budget of P_s + k e + k_i sum(e) + k_d (e - e before) / dt between 0 and the most that all domains take;
 * shares by weighted requests, each at most the domain's most; the surplus in proportion to the room that is left; the highest point whose
 * power fits. Weights that are all zero count as ones, as in gov_power_allocator.c of Linux 6.6.
 */

/** A fraction with a positive denominator, not reduced but for its size. */
class Fraction {
  readonly over: bigint;
  readonly under: bigint;

  constructor(over: bigint, under = 1n) {
    const common = divisor(over < 0n ? -over : over, under);
    this.over = over / common;
    this.under = under / common;
  }

  plus(b: Fraction): Fraction {
    return new Fraction(this.over * b.under + b.over * this.under, this.under * b.under);
  }

  minus(b: Fraction): Fraction {
    return this.plus(new Fraction(-b.over, b.under));
  }

  times(b: Fraction): Fraction {
    return new Fraction(this.over * b.over, this.under * b.under);
  }

  /** By a positive one. */
  by(b: Fraction): Fraction {
    return new Fraction(this.over * b.under, this.under * b.over);
  }

  isBelow(b: Fraction): boolean {
    return this.over * b.under < b.over * this.under;
  }

  get sign(): number {
    return this.over < 0n ? -1 : Number(this.over > 0n);
  }
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}

const whole = (value: number): Fraction => new Fraction(BigInt(value));
const ratio = (a: number, b: number): Fraction => whole(a).by(whole(b));
const sum = (all: readonly Fraction[]): Fraction => all.reduce((a, b) => a.plus(b), whole(0));
const least = (a: Fraction, b: Fraction): Fraction => (a.isBelow(b) ? a : b);

/** A domain with one block. */
export interface Domain {
  /** Rising. */
  readonly mhz: readonly number[];
  readonly mv: readonly number[];
  readonly weight: number;
}

/** What it sees at the end of an epoch. */
export interface Epoch {
  readonly kelvin: number;
  /** By domain: all power and the leakage in it. */
  readonly mw: readonly (readonly [total: number, leakage: number])[];
}

export interface Settings {
  readonly switchOn: number;
  readonly control: number;
  /** Null: the power of the lowest points. */
  readonly sustainable: number | null;
  /** In hundredths of the sustainable power over the range of temperatures; `change` times milliseconds. */
  readonly gains: { readonly over: number; readonly under: number; readonly integral: number; readonly change: number };
  readonly cutoff: number;
  readonly epochMs: number;
}

/** The power of a domain at each point, mW: the dynamic part with V^2 f, the leakage with V. */
function tableOf({ mhz, mv }: Domain, point: number, [total, leakage]: readonly [number, number]): Fraction[] {
  return mhz.map((f, p) => {
    const volts = ratio(mv[p], mv[point]);
    const dynamic = whole(total - leakage)
      .times(volts)
      .times(volts)
      .times(ratio(f, mhz[point]));
    return dynamic.plus(whole(leakage).times(volts));
  });
}

/** The points after each epoch, from the highest ones. */
export function powerAllocator(domains: readonly Domain[], epochs: readonly Epoch[], settings: Settings): number[][] {
  const { switchOn, control, sustainable, gains, cutoff, epochMs } = settings;
  const top = domains.map(({ mhz }) => mhz.length - 1);
  const isUnweighted = domains.every(({ weight }) => weight === 0);
  let points = top;
  let integral = whole(0);
  let before = whole(0);
  return epochs.map(({ kelvin, mw }) => {
    if (kelvin < switchOn) {
      [points, integral, before] = [top, whole(0), whole(0)];
      return points;
    }
    const tables = domains.map((domain, d) => tableOf(domain, points[d], mw[d]));
    const mosts = tables.map((table) => table[table.length - 1]);
    const most = sum(mosts);
    const shed = sustainable === null ? sum(tables.map(([lowest]) => lowest)) : whole(sustainable);
    const unit = shed.by(whole(100 * (control - switchOn)));
    const error = whole(control - kelvin);

    const gain = unit.times(whole(gains.integral));
    const added = integral.plus(error);
    const size = gain.times(added);
    const isWithin = (size.sign < 0 ? whole(0).minus(size) : size).isBelow(most);
    if (control - kelvin < cutoff && isWithin) integral = added;
    const proportional = unit.times(whole(error.sign < 0 ? gains.over : gains.under)).times(error);
    const change = unit.times(whole(gains.change)).times(error.minus(before)).by(whole(epochMs));
    before = error;
    const wanted = shed.plus(proportional).plus(gain.times(integral)).plus(change);
    const budget = wanted.sign < 0 ? whole(0) : least(wanted, most);

    const requests = tables.map((table, d) => table[points[d]].times(whole(isUnweighted ? 1 : domains[d].weight)));
    const all = sum(requests);
    const shares = requests.map((one) => (all.sign > 0 ? one.times(budget).by(all) : whole(0)));
    const granted = shares.map((share, d) => least(share, mosts[d]));
    const room = most.minus(sum(granted));
    const surplus = least(sum(shares).minus(sum(granted)), room);
    points = tables.map((table, d) => {
      const own = mosts[d].minus(granted[d]);
      const grant = surplus.sign > 0 ? granted[d].plus(surplus.times(own).by(room)) : granted[d];
      return Math.max(
        0,
        table.findLastIndex((power) => !grant.isBelow(power)),
      );
    });
    return points;
  });
}

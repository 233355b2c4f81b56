import type { Condition, Conditions } from './conditions.ts';
import { UNITS } from './readings.ts';

/** The part of a clause that its text needs. */
interface Named {
  readonly name: string;
  readonly condition: Pick<Condition, 'shown'>;
}

/** The last text of a rule: its name, and the readings behind its decision. */
export class Said {
  text: string;
  private readonly values: Float64Array;
  private readonly parts: string[];
  private readonly shows: readonly ((value: number) => string)[];

  constructor({ name, condition: { shown } }: Named) {
    this.text = name;
    this.values = new Float64Array(shown.length).fill(Number.NaN);
    this.parts = shown.map(() => '');
    this.shows = shown.map(({ name }) => UNITS[name].show);
  }

  /** Takes the readings of a clause of this rule. Whether the text changes. */
  renew({ name, condition: { shown } }: Named, conditions: Conditions): boolean {
    const { values, parts, shows } = this;
    let isSame = true;
    for (let i = 0; i < values.length; i++) {
      const value = conditions.value(shown[i].reading);
      if (Object.is(values[i], value)) continue;
      const part = Number.isNaN(value) ? '' : shows[i](value);
      isSame &&= part === parts[i];
      values[i] = value;
      parts[i] = part;
    }
    if (!isSame) this.text = textOf(name, shown, parts);
    return !isSame;
  }
}

/** Texts of two names differ. */
function textOf(rule: string, shown: Condition['shown'], parts: readonly string[]): string {
  let all = '';
  const isTwice = hasTwice(shown);
  for (let i = 0; i < shown.length; i++) {
    if (parts[i] === '') continue;
    const { name } = shown[i];
    if (isTwice && shown.some((other, k) => k < i && other.name === name && parts[k] === parts[i])) continue;
    all += all === '' ? `${name} ${parts[i]}` : `, ${name} ${parts[i]}`;
  }
  return all === '' ? rule : `${rule} (${all})`;
}

function hasTwice(shown: Condition['shown']): boolean {
  for (let i = 1; i < shown.length; i++) {
    for (let k = 0; k < i; k++) if (shown[k].name === shown[i].name) return true;
  }
  return false;
}

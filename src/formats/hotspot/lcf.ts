import { type Diagnostic, fail, InputError, isTolerated, type Span, type Tolerate } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { throwProblems } from '../csv.ts';
import { failEarlyEnd, readValues } from './materials.ts';
import { quantityOf, type Word, wordSpan } from './text.ts';

/** One layer of a .lcf as written; the floorplan is a path. */
export interface HotspotLayerLines {
  readonly number: number;
  readonly lateral: boolean;
  readonly power: boolean;
  /** The name of a material, or the properties themselves. */
  readonly material:
    | { readonly name: string; readonly span: Span }
    | { readonly heatCapacityJPerM3K: number; readonly resistivityMKPerW: number };
  readonly thicknessM: number;
  readonly floorplan: string;
  readonly floorplanSpan: Span;
  /** The place where the layer begins. */
  readonly span: Span;
}

/**
 * Reads a layer file (.lcf), one value per line: number, `Y` or `N` for lateral heat flow, `Y` or `N` for power, heat
 * capacity in J/(m^3 K) and resistivity in m K/W (or a material name instead of both), thickness in m, floorplan.
 * Returns the layers by number, 0 first. Errors: `column-count`, `missing-key` for a layer that ends early,
 * `wrong-type`, `out-of-range`, `duplicate-name` for a repeated number, `empty-floorplan` for no layer at all.
 */
export function readLayerFile(source: SourceText, tolerate?: Tolerate): HotspotLayerLines[] {
  const problems: Diagnostic[] = [];
  const values = readValues(source, problems, tolerate);
  throwProblems(problems);
  const layers: HotspotLayerLines[] = [];
  for (let at = 0; at < values.length; ) {
    // HotSpot takes anything that begins as a number for a number. A misspelt number must not pass as a name.
    const named = values[at + 3] !== undefined && !/^[+-]?\.?\d/.test(values[at + 3].text);
    const fields = values.slice(at, at + (named ? 6 : 7));
    if (fields.length < (named ? 6 : 7)) failEarlyEnd(source, values[values.length - 1], `layer ${fields[0].text}`);
    layers.push(readLayer(source, fields, problems, tolerate));
    // After a faulty field, all later fields would be read at the wrong position.
    if (problems.length > 0) throw new InputError(problems);
    at += fields.length;
  }
  if (layers.length === 0) fail('empty-floorplan', `${source.file} has no layer`, { span: spanOf(source, 0, 1) });
  layers.forEach((layer, i) => {
    problems.push(...numberProblems(layers, layer, i));
  });
  throwProblems(problems);
  return layers.sort((a, b) => a.number - b.number);
}

function readLayer(
  source: SourceText,
  fields: readonly Word[],
  problems: Diagnostic[],
  tolerate?: Tolerate,
): HotspotLayerLines {
  const [numberWord, lateral, power, first, second] = fields;
  const what = `layer ${numberWord.text}`;
  const number = /^\d+$/.test(numberWord.text) ? Number(numberWord.text) : Number.NaN;
  if (Number.isNaN(number)) {
    const message = `a layer's number cannot be "${numberWord.text}"`;
    const span = wordSpan(source, numberWord);
    problems.push({ code: 'wrong-type', message, span, expected: 'a whole number from 0' });
  }
  const named = fields.length === 6;
  const [thickness, floorplan] = fields.slice(-2);
  return {
    number,
    lateral: yesOrNo(source, lateral, `lateral heat flow of ${what}`, problems, tolerate),
    power: yesOrNo(source, power, `power of ${what}`, problems, tolerate),
    material: named
      ? { name: first.text, span: wordSpan(source, first) }
      : {
          heatCapacityJPerM3K: quantityOf(source, first, `the heat capacity of ${what}`, problems),
          resistivityMKPerW: quantityOf(source, second, `the resistivity of ${what}`, problems),
        },
    thicknessM: quantityOf(source, thickness, `the thickness of ${what}`, problems),
    floorplan: floorplan.text,
    floorplanSpan: wordSpan(source, floorplan),
    span: wordSpan(source, numberWord),
  };
}

/** Reads `Y` or `N`; HotSpot looks at the first letter only. */
function yesOrNo(source: SourceText, word: Word, what: string, problems: Diagnostic[], tolerate?: Tolerate): boolean {
  if (!/^[YN]$/i.test(word.text)) {
    const message = `${what} cannot be "${word.text}"`;
    const problem = { code: 'wrong-type', message, span: wordSpan(source, word), expected: 'Y or N' } as const;
    isTolerated(problem, problems, /^[YN]/i.test(word.text) ? tolerate : undefined);
  }
  return /^y/i.test(word.text);
}

function numberProblems(layers: readonly HotspotLayerLines[], { number, span }: HotspotLayerLines, i: number) {
  if (number >= layers.length) {
    const message = `there are ${layers.length} layers, and one has the number ${number}`;
    return [{ code: 'out-of-range', message, span, expected: `numbers 0 to ${layers.length - 1}` } as const];
  }
  const twice = layers.findIndex((other) => other.number === number) < i;
  return twice ? [{ code: 'duplicate-name', message: `two layers have the number ${number}`, span } as const] : [];
}

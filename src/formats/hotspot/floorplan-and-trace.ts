import { type Diagnostic, fail, isTolerated, type Span, type Tolerate } from '../../base/errors.ts';
import { NumberText } from '../../base/number-text.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { MOST_PROBLEMS, throwProblems } from '../csv.ts';
import {
  coordinateOf,
  decimal,
  numberOf,
  quantityOf,
  readLines,
  readWords,
  type Words,
  wordSpan,
  wordsOf,
  wordsSpan,
} from './text.ts';

/** A block of a .flp: a rectangle with the die's bottom left corner as origin, y growing upwards. Lengths in m. */
export interface HotspotBlock {
  readonly name: string;
  readonly widthM: number;
  readonly heightM: number;
  readonly leftM: number;
  readonly bottomM: number;
  /** The optional sixth and seventh columns, in J/(m^3 K) and m K/W. HotSpot uses them with -detailed_3D only. */
  readonly heatCapacityJPerM3K?: number;
  readonly resistivityMKPerW?: number;
  readonly span?: Span;
}

/** A .ptrace or .ttrace as columns: `columns[c][k]` is the value of `names[c]` in sample k. */
export interface HotspotTrace {
  readonly names: readonly string[];
  /** The place of name c. */
  nameSpan(c: number): Span;
  readonly samples: number;
  readonly columns: readonly Float64Array[];
  /** The place of the value of column c in sample k. */
  span(c: number, k: number): Span;
}

/** A line of a .init or .steady file. */
export interface HotspotTemperature {
  readonly name: string;
  readonly temperatureK: number;
  readonly span: Span;
}

/**
 * Reads a floorplan (.flp): `name width height leftx bottomy [specific_heat resistivity]` in metres. It skips wire
 * densities between two blocks (their names and a number), as HotSpot does. It does not compare rectangles; src/thermal
 * does. `tolerate` receives a warning for each line that HotSpot reads only in part: words after the fifth that are not
 * numbers, and lines of three or four words that give no block. Errors: `column-count`, `wrong-type`, `out-of-range`
 * for an optional value that is not above 0, `empty-floorplan`.
 */
export function readFloorplan(source: SourceText, tolerate?: Tolerate): HotspotBlock[] {
  const problems: Diagnostic[] = [];
  const blocks: HotspotBlock[] = [];
  const rows = readWords(source, 3);
  const names = new Set(rows.filter((words) => words.length > 4).map(([name]) => name.text));
  for (const words of rows) {
    if (isWireDensity(words, names)) continue;
    if (words.length === 5 || words.length === 7) blocks.push(readBlock(source, words, problems));
    else {
      const problem = wrongCount(source, words, 'name, width, height, left x, bottom y and, both or none, two more');
      const goesOn = isTolerated(problem, problems, readableBlock(words) ? tolerate : undefined);
      if (goesOn && words.length > 5) blocks.push(readBlock(source, words.slice(0, 5), problems));
    }
    if (problems.length >= MOST_PROBLEMS) break;
  }
  throwProblems(problems);
  if (blocks.length === 0) fail('empty-floorplan', `${source.file} has no block`, { span: spanOf(source, 0, 1) });
  if (blocks.length > MOST_BLOCKS) {
    const expected = `at most ${MOST_BLOCKS}`;
    fail('out-of-range', `${source.file} has ${blocks.length} blocks`, { span: blocks[MOST_BLOCKS].span, expected });
  }
  return blocks;
}

/** With more blocks, comparing them with each other and solving their network take hours. */
const MOST_BLOCKS = 4096;

function isWireDensity(words: Words, names: ReadonlySet<string>): boolean {
  if (words.length !== 3 || decimal(words[2].text) === undefined) return false;
  return names.has(words[0].text) && names.has(words[1].text);
}

/** Whether HotSpot continues after a line of the wrong length: it takes a short one for a wire density. */
function readableBlock(words: Words): boolean {
  if (words.length === 3 || words.length === 4) return decimal(words[2].text) !== undefined;
  return words.length > 5 && decimal(words[5].text) === undefined;
}

function readBlock(source: SourceText, words: Words, problems: Diagnostic[]): HotspotBlock {
  const [name, ...rest] = words;
  const columns = ['width', 'height', 'left x', 'bottom y', 'specific heat', 'resistivity'];
  const values = rest.map((word, i) => {
    return (i < 4 ? coordinateOf : quantityOf)(source, word, `the ${columns[i]} of ${name.text}`, problems);
  });
  const [widthM, heightM, leftM, bottomM, ...material] = values;
  const block = { name: name.text, widthM, heightM, leftM, bottomM, span: wordsSpan(source, words) };
  if (material.length === 0) return block;
  return { ...block, heatCapacityJPerM3K: material[0], resistivityMKPerW: material[1] };
}

/**
 * Reads a power trace (.ptrace): a line of names, then one line of watts per sample in the order of the names. For a
 * stack, `blocksByLayer` holds the number of columns of each layer, and names are unique within a layer. Errors:
 * `duplicate-name` (HotSpot compares names without regard to case), `column-count`, `wrong-type` (also for NaN),
 * `empty-trace`.
 */
export function readPowerTrace(source: SourceText, blocksByLayer: readonly number[] = []): HotspotTrace {
  // HotSpot knows no comments in a trace.
  const [first, ...rows] = readLines(source);
  const header = first && wordsOf(source, first);
  if (header?.[0].text.startsWith('#')) {
    const span = wordsSpan(source, header);
    fail('wrong-type', 'a trace has no comments', { span, expected: 'the names of blocks' });
  }
  if (!header || rows.length === 0) {
    const span = header ? wordsSpan(source, header) : spanOf(source, 0, 1);
    fail('empty-trace', `${source.file} has ${header ? 'no sample' : 'no names'}`, { span });
  }
  const problems: Diagnostic[] = [];
  let from = 0;
  for (const blocks of [...blocksByLayer, header.length]) {
    problems.push(...duplicates(source, header.slice(from, from + blocks)));
    from += blocks;
  }
  const columns = header.map(() => new Float64Array(rows.length));
  for (let k = 0; k < rows.length && problems.length < MOST_PROBLEMS; k++) {
    // Words are made line by line and forgotten: those of a long trace together cost more than all other work on it.
    const words = wordsOf(source, rows[k]);
    if (words.length !== header.length) problems.push(wrongCount(source, words, `${header.length} values, one a name`));
    else {
      words.forEach((word, c) => {
        columns[c][k] = decimal(word.text) ?? numberOf(source, word, `sample ${k + 1} of ${header[c].text}`, problems);
      });
    }
  }
  throwProblems(problems);
  return {
    names: header.map((word) => word.text),
    nameSpan: (c) => wordSpan(source, header[c]),
    samples: rows.length,
    columns,
    span: (c, k) => wordSpan(source, wordsOf(source, rows[k])[c]),
  };
}

/**
 * Reads an initial temperature file (.init, or a .steady of an earlier run): `name value` in kelvin, in file order. The
 * model decides which names are required. Errors: `column-count`, `wrong-type`, `out-of-range` for a temperature of 0 K
 * or below. HotSpot ignores further words in a line; `tolerate` receives a warning for them.
 */
export function readInitialTemperatures(source: SourceText, tolerate?: Tolerate): HotspotTemperature[] {
  const problems: Diagnostic[] = [];
  const temperatures: HotspotTemperature[] = [];
  for (const words of readWords(source, 2)) {
    if (problems.length >= MOST_PROBLEMS) break;
    if (words.length !== 2) {
      const problem = wrongCount(source, words, 'a name and a temperature in kelvin');
      if (!isTolerated(problem, problems, words.length === 1 ? undefined : tolerate)) continue;
    }
    const temperatureK = quantityOf(source, words[1], `the temperature of ${words[0].text}`, problems);
    temperatures.push({ name: words[0].text, temperatureK, span: wordSpan(source, words[0]) });
  }
  throwProblems(problems);
  return temperatures;
}

/** The floorplan as a .flp that `readFloorplan` and HotSpot read back unchanged: shortest exact decimals, tabs, LF. */
export function writeFloorplan(blocks: readonly HotspotBlock[]): string {
  const lines = blocks.map((b) => {
    const material = b.heatCapacityJPerM3K === undefined ? [] : [b.heatCapacityJPerM3K, b.resistivityMKPerW];
    return [b.name, b.widthM, b.heightM, b.leftM, b.bottomM, ...material].join('\t');
  });
  return ['# name\twidth_m\theight_m\tleft_m\tbottom_m', ...lines, ''].join('\n');
}

const TAB = 9;
const LINE_FEED = 10;

/** Columns of watts as a .ptrace, tab-separated, with nine significant digits a value. */
export function* writePowerTrace(names: readonly string[], columns: readonly ArrayLike<number>[]): Generator<string> {
  const samples = columns[0]?.length ?? 0;
  const out = new NumberText();
  out.text(`${names.join('\t')}\n`);
  for (let k = 0; k < samples; k++) {
    for (let c = 0; c < columns.length; c++) {
      if (c > 0) out.byte(TAB);
      out.number(columns[c][k]);
    }
    out.byte(LINE_FEED);
    if (out.isPiece) yield out.take();
  }
  yield out.take();
}

function duplicates(source: SourceText, words: Words): Diagnostic[] {
  const seen = new Set<string>();
  const problems: Diagnostic[] = [];
  for (const word of words) {
    const key = word.text.toLowerCase();
    const message = `two columns are named ${word.text}`;
    if (seen.has(key)) problems.push({ code: 'duplicate-name', message, span: wordSpan(source, word) });
    seen.add(key);
  }
  return problems;
}

function wrongCount(source: SourceText, words: Words, expected: string): Diagnostic {
  const message = `this line has ${words.length} ${words.length === 1 ? 'word' : 'words'}`;
  return { code: 'column-count', message, span: wordsSpan(source, words), expected };
}

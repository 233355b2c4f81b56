/**
 * Wrong inputs as one reads them: what a problem has to underline stands between « and » in the text itself, so that no line
 * and column has to be counted.
 */
import { expect } from 'vitest';
import { EDGE, edit, load, problemsOf, QUICKSTART, SIZED_ARCHITECTURE, type Texts } from './support.ts';

/** The experiment, with its accelerator beside it. */
export const MINE: Texts = {
  'exp.yaml': edit(QUICKSTART, 'edge-npu', './npu/accelerator.yaml'),
  'npu/accelerator.yaml': EDGE,
  'npu/architecture.yaml': SIZED_ARCHITECTURE,
};

type Replacement = readonly [from: string | RegExp, to: string];

/** A file of `MINE` with parts replaced, each of which must be there. */
export function changed(file: string, ...replacements: readonly Replacement[]): Texts {
  return { [file]: replacements.reduce((text, [from, to]) => edit(text, from, to), MINE[file]) };
}

export const accelerator = (...replacements: readonly Replacement[]): Texts =>
  changed('npu/accelerator.yaml', ...replacements);
export const architecture = (...replacements: readonly Replacement[]): Texts =>
  changed('npu/architecture.yaml', ...replacements);

/** A text without its marks, and `file:line:column text` of what was marked. */
function unmarked(file: string, text: string): { readonly text: string; readonly places: readonly string[] } {
  const parts = text.split(/[«»]/);
  const places = parts.flatMap((part, i) => {
    if (i % 2 === 0) return [];
    const lines = parts.slice(0, i).join('').split('\n');
    return [`${file}:${lines.length}:${lines[lines.length - 1].length + 1} ${part}`];
  });
  return { text: parts.join(''), places };
}

/**
 * Loads `MINE` with these texts instead of its own, and expects a problem at every mark, with these codes in the same order.
 * The arguments `--set` and `--policy` of the command line are texts like files.
 */
export function expectProblems(texts: Texts, codes: readonly string[]): void {
  const read = Object.entries(texts).map(([file, text]) => ({ file, ...unmarked(file, text) }));
  const places = read.flatMap((one) => one.places);
  const { '--set': set, '--policy': policy, ...files } = Object.fromEntries(read.map(({ file, text }) => [file, text]));
  const overlay: Texts = { ...MINE, ...files };
  const problems = problemsOf(() =>
    load(overlay['exp.yaml'], { overlay, policy, set: set === undefined ? [] : [set] }),
  );
  expect(places).toHaveLength(codes.length);
  expect(problems).toEqual(codes.map((code, i) => `${code} ${places[i]}`));
}

/**
 * What a terminal would act on instead of showing it: control characters (C0, C1, DEL), those that turn the direction of text
 * (U+202E makes `exe.csv` read `vsc.exe`), those without width, line and paragraph separators, and halves of surrogate pairs.
 * Tabs and line feeds stay.
 */
const UNPRINTABLE = /[^\P{Cc}\t\n]|[\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Foreign text as it may be printed: one mark in place of each character that a terminal acts on, so that columns stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** The same within one line: a name of a file or a layer must not begin a line of its own. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, '\ufffd');
}

/** JSON that holds the same values, but nothing that a terminal acts on: it is escaped, as JSON escapes C0 by itself. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

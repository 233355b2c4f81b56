/**
 * Characters that a terminal acts on instead of showing: control characters (C0, C1, DEL), marks that turn the text
 * direction (U+202E makes `exe.csv` read `vsc.exe`), zero-width characters, line and paragraph separators, and lone
 * surrogates. Tabs and line feeds stay.
 */
const UNPRINTABLE = /[^\P{Cc}\t\n]|[\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Text from outside, safe to print: each such character becomes one mark, so that columns keep their width. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** The same for a name within one line: tabs and line feeds become marks too, so that a name cannot begin a new line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, '\ufffd');
}

/** JSON with the same values in which those characters are escaped, as JSON escapes C0 already. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

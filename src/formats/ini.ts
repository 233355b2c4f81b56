import type { Diagnostic } from '../base/errors.ts';
import { type SourceText, spanOf } from '../base/source.ts';
import type { Cell } from './csv.ts';

/** A key of an INI file, its value, and the places of both. */
export interface IniEntry {
  readonly key: Cell;
  readonly value: Cell;
}

/** The entries of each section, by key in lower case. */
export type Ini = ReadonlyMap<string, { readonly name: Cell; readonly entries: ReadonlyMap<string, IniEntry> }>;

/**
 * Reads an INI file as Python's configparser does: `key = value` or `key: value` below `[section]`. Keys are compared
 * in lower case; lines that start with `#` or `;` are comments. Unlike configparser, which appends an indented line to
 * the value above, it reports such a line. Problems: `cfg-syntax`, `duplicate-name`.
 */
export function readIni(source: SourceText, problems: Diagnostic[]): Ini {
  const sections = new Map<string, { name: Cell; entries: Map<string, IniEntry> }>();
  let section: { name: Cell; entries: Map<string, IniEntry> } | undefined;
  let indentOfKey = Number.POSITIVE_INFINITY;
  let from = 0;
  for (const text of source.text.split('\n')) {
    const line = trimmedCell(text, from);
    from += text.length + 1;
    const problem = (code: 'cfg-syntax' | 'duplicate-name', message: string): void =>
      void problems.push({ code, message, span: spanOf(source, line.from, line.to) });
    if (line.text === '' || /^[#;]/.test(line.text)) continue;
    const indent = /^\s*/.exec(text)![0].length;
    const header = /^\[(.+)\]/.exec(line.text);
    if (section && indent > indentOfKey) problem('cfg-syntax', 'an indented line is read as more of the value above');
    else if (header) {
      const name = { text: header[1], from: line.from + 1, to: line.from + 1 + header[1].length };
      if (sections.has(name.text)) problem('duplicate-name', `there are two sections [${name.text}]`);
      section = sections.get(name.text) ?? { name, entries: new Map() };
      sections.set(name.text, section);
      indentOfKey = Number.POSITIVE_INFINITY;
    } else {
      const entry = entryOf(line);
      if (!section) problem('cfg-syntax', 'a line before the first [section]');
      else if (!entry) problem('cfg-syntax', 'neither a [section] nor a key and its value');
      else {
        const key = entry.key.text.toLowerCase();
        if (section.entries.has(key)) problem('duplicate-name', `the section has two keys ${entry.key.text}`);
        section.entries.set(key, entry);
        indentOfKey = indent;
      }
    }
  }
  return sections;
}

function entryOf(line: Cell): IniEntry | undefined {
  const at = line.text.search(/[=:]/);
  if (at <= 0) return undefined;
  const key = trimmedCell(line.text.slice(0, at), line.from);
  return { key, value: trimmedCell(line.text.slice(at + 1), line.from + at + 1) };
}

function trimmedCell(piece: string, from: number): Cell {
  const text = piece.trim();
  const start = from + (text === '' ? 0 : piece.indexOf(text));
  return { text, from: start, to: start + text.length };
}

import { fail } from '../../base/errors.ts';
import { readText } from '../../base/files.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { placeOf, type TemplateFiles } from './places.ts';

/** Deepest chain of files that include each other, and the longest text that they may make. */
export const DEEPEST_INCLUDE = 20;
export const MOST_TEXT = 2_000_000;

/** A line that is nothing but `!include FILE`: Timeloop's front-end puts the text of the file in its place, anchors and all. */
const PASTE = /^!include[ \t]+(\S+)[ \t]*$/gm;

/** A text with the files in that it includes as lines of their own. Errors: `file-not-found`; `out-of-range` as for templates. */
export function pasted(source: SourceText, from: TemplateFiles, way: readonly string[] = []): SourceText {
  const parts: string[] = [];
  let end = 0;
  let size = 0;
  for (const match of source.text.matchAll(PASTE)) {
    const span = spanOf(source, match.index, match.index + match[0].length);
    if (way.includes(source.file) || way.length > DEEPEST_INCLUDE)
      fail('out-of-range', `${source.file} includes itself: ${[...way, source.file].join(' -> ')}`, { span });
    const other = readText(from.files, placeOf(match[1], source, from, span), 'a file to include', span);
    const { text } = pasted(other, from, [...way, source.file]);
    size += text.length;
    if (size > MOST_TEXT) fail('out-of-range', `the included files have more than ${MOST_TEXT} characters`, { span });
    parts.push(source.text.slice(end, match.index), text);
    end = match.index + match[0].length;
  }
  if (end === 0) return source;
  return { file: `${source.file} (rendered)`, text: parts.join('') + source.text.slice(end) };
}

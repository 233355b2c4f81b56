/** Text that is already HTML. Any other text is escaped when it is inserted into HTML. */
export interface Markup {
  readonly markup: string;
}

export type Part = Markup | string | number | null | readonly Part[];

/** A template that escapes its values, so that names from user files cannot be forgotten. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, i) => (i === 0 ? text : toMarkup(parts[i - 1]) + text)).join('') };
}

export const NOTHING: Markup = { markup: '' };

function toMarkup(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(toMarkup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for use between tags and in quoted attributes. HTML does not allow control characters; each becomes a mark. */
export function escapeText(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]/gu, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

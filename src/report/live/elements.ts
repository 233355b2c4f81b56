/// <reference lib="dom" />

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An element with attributes and children. Texts become text, never HTML, so that names from files cannot act. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** A caption: title, unit, how to read the figure, and buttons. */
export function captionOf(title: string, unit: string, note: string, ...tools: readonly Node[]): HTMLElement {
  const units = unit === '' ? [] : [element('span', { class: 'unit' }, unit)];
  const notes = note === '' ? [] : [element('span', { class: 'note' }, note)];
  return element('figcaption', {}, element('span', {}, title, ...units), ...notes, ...tools);
}

export function button(text: string, title: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', title }, text);
  made.addEventListener('click', act);
  return made;
}

export { pasted } from './pasted.ts';
export type { TemplateFiles } from './places.ts';
export { renderTemplate } from './render.ts';

export { renderTemplate, type TemplateFiles } from './render.ts';

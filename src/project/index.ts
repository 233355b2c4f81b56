export { bundledProject } from './bundled.ts';
export { scaleSimProject } from './from-scalesim.ts';
export type { Project } from './project.ts';

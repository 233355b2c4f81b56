export { bundledProject } from './bundled.ts';
export { scaleSimProject } from './from-scalesim.ts';
export { policyTemplate } from './policy-template.ts';
export type { Project } from './project.ts';

import { fail, InputError, nearestName, type Span } from '../../../base/errors.ts';
import type { HotspotConfig, HotspotMaterial, HotspotOptions } from '../../../formats/hotspot/index.ts';

/** All materials; null if their file could not be read. That error is already collected. */
export type Materials = readonly HotspotMaterial[] | null;

/** Errors: `unknown-name`, `not-supported` for a fluid. */
export function materialNamed(materials: Materials, name: string, span: Span | undefined): HotspotMaterial {
  if (!materials) throw new InputError([]);
  const names = materials.map((material) => material.name);
  const material = materials.find((candidate) => candidate.name === name);
  if (!material) {
    const expected = names.length > 0 ? `one of ${names.join(', ')}` : 'a -materials_file that describes it';
    fail('unknown-name', `there is no material "${name}"`, { span, expected, suggestion: nearestName(name, names) });
  }
  if (material.viscosityPaS !== null) fail('not-supported', `material ${name} is a fluid`, { span });
  return material;
}

const MATERIAL_OPTIONS = ['chip', 'sink', 'spreader', 'interface'] as const;

/** The options after -material_chip and its siblings have set k_chip and p_chip. */
export function materialOptions({ options, given }: HotspotConfig, materials: Materials): HotspotOptions {
  const changed: Record<string, number> = {};
  for (const part of MATERIAL_OPTIONS) {
    const name = options[`material_${part}`];
    if (name === null) continue;
    const material = materialNamed(materials, name, given.get(`material_${part}`));
    changed[`k_${part}`] = material.conductivityWPerMK;
    changed[`p_${part}`] = material.heatCapacityJPerM3K;
  }
  return { ...options, ...changed };
}

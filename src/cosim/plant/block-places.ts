import type { Design } from '../../design/index.ts';
import type { BlockPlace } from '../../policy/index.ts';
import type { Block } from '../../thermal/index.ts';

/** Edges closer than this are one, m. */
const SAME_EDGE_M = 1e-6;

/** Where the blocks of a design lie, what is in them and beside them; empty without a floorplan. */
export function blockPlaces({ die, spec, ert, places, arrayOf }: Design): BlockPlace[] {
  if (!die) return [];
  const { blocks } = die.floorplan;
  const inside: number[][] = blocks.map(() => []);
  places.forEach((place, c) => {
    for (const u of place.blocks) inside[u].push(c);
  });
  return blocks.map((block, u): BlockPlace => {
    const names = inside[u].map((c) => ert.components[c].component.name);
    const domains = names.flatMap((name) => spec.bindings[name].domain ?? []);
    const arrays = new Set(inside[u].map((c) => arrayOf[c]));
    const [array = -1] = arrays;
    return {
      name: block.name,
      leftM: block.leftM,
      bottomM: block.bottomM,
      widthM: block.widthM,
      heightM: block.heightM,
      neighbours: blocks.flatMap((other, v) => (v !== u && isBeside(block, other) ? [v] : [])),
      components: names,
      domains: [...new Set(domains)],
      region: arrays.size === 1 && array >= 0 ? array : null,
    };
  });
}

function isBeside(a: Block, b: Block): boolean {
  const overlap = (fromA: number, lengthA: number, fromB: number, lengthB: number): number =>
    Math.min(fromA + lengthA, fromB + lengthB) - Math.max(fromA, fromB);
  const x = overlap(a.leftM, a.widthM, b.leftM, b.widthM);
  const y = overlap(a.bottomM, a.heightM, b.bottomM, b.heightM);
  return (Math.abs(x) <= SAME_EDGE_M && y > SAME_EDGE_M) || (Math.abs(y) <= SAME_EDGE_M && x > SAME_EDGE_M);
}

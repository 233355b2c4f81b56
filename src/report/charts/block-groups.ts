import type { RunResult } from '../../cosim/index.ts';
import { OTHER_COLOUR } from './palette.ts';

/** Blocks that the charts of power and temperature draw as one: those of the same components, as the tiles of an array. */
export interface BlockGroup {
  readonly name: string;
  readonly colour: string;
  /** Indices into the columns of the trace. */
  readonly blocks: readonly number[];
}

/** In the order of the components, whose colours are `colours`; blocks without a component are last and quiet. */
export function blockGroups(result: RunResult, colours: readonly string[]): BlockGroup[] {
  const groups = new Map<string, { on: readonly number[]; blocks: number[] }>();
  componentsByBlock(result).forEach((on, block) => {
    const group = groups.get(on.join()) ?? { on, blocks: [] };
    groups.set(on.join(), group);
    group.blocks.push(block);
  });
  const order = ({ on }: { on: readonly number[] }): number => on[0] ?? result.components.length;
  return [...groups.values()]
    .sort((a, b) => order(a) - order(b))
    .map(({ on, blocks }) => ({
      name: groupName(
        on.map((c) => result.components[c]),
        blocks.map((b) => blockName(result, b)),
      ),
      colour: on.length === 0 ? 'var(--quiet)' : (colours[on[0]] ?? OTHER_COLOUR),
      blocks,
    }));
}

/** Indices of the components on each block. Without a floorplan there is one block. */
export function componentsByBlock({ experiment, trace }: RunResult): readonly (readonly number[])[] {
  const on = trace.powerW.map((): number[] => []);
  experiment.design.places.forEach(({ blocks }, component) => {
    for (const block of blocks) on[block].push(component);
  });
  return on;
}

export function blockName({ thermal }: RunResult, block: number): string {
  return thermal?.blocks[block] ?? 'die';
}

function groupName(components: readonly string[], blocks: readonly string[]): string {
  if (components.length === 0) return blocks.length === 1 ? blocks[0] : `${blocks.length} blocks without a component`;
  return components.length <= 2 ? components.join(' + ') : `${components.length} components`;
}

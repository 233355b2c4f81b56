import type { RunResult } from '../../cosim/index.ts';
import type { ReportView } from '../view.ts';
import { OTHER_COLOUR } from './palette.ts';

/** Blocks with the same components, such as the tiles of an array. The charts of power and temperature draw them as one. */
export interface BlockGroup {
  readonly name: string;
  readonly colour: string;
  /** Indices into the columns of the trace. */
  readonly blocks: readonly number[];
}

/** Groups in the order of the components, whose colours are `colours`. Blocks without a component come last, in grey. */
export function blockGroups(view: ReportView, colours: readonly string[]): BlockGroup[] {
  const { run, components } = view;
  const groups = new Map<string, { on: readonly number[]; blocks: number[] }>();
  componentsByBlock(view).forEach((on, block) => {
    const group = groups.get(on.join()) ?? { on, blocks: [] };
    groups.set(on.join(), group);
    group.blocks.push(block);
  });
  const order = ({ on }: { on: readonly number[] }): number => on[0] ?? components.length;
  return [...groups.values()]
    .sort((a, b) => order(a) - order(b))
    .map(({ on, blocks }) => ({
      name: groupName(
        on.map((c) => components[c]),
        blocks.map((b) => blockName(run, b)),
      ),
      colour: on.length === 0 ? 'muted' : (colours[on[0]] ?? OTHER_COLOUR),
      blocks,
    }));
}

/** Indices of the components on each block. Without a floorplan there is a single block. */
export function componentsByBlock({ run, blocks }: ReportView): readonly (readonly number[])[] {
  const on = run.trace.powerW.map((): number[] => []);
  blocks.forEach((own, component) => {
    for (const block of own) on[block].push(component);
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

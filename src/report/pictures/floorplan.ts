import type { Floorplan } from '../../thermal/floorplan/index.ts';
import { dieFrame, type Frame, frameMarks, inFrame } from './frame.ts';
import { fittedName, type Ink, type Mark } from './scene.ts';
import { sceneSvg } from './svg.ts';

export interface FloorplanPictureOptions {
  /** Title above the picture; none by default. */
  readonly title?: string;
}

/** A floorplan to scale, with axes, a bar in mm and names where they fit. Every name appears when one points at its block. */
export function floorplanSvg(floorplan: Floorplan, { title = '' }: FloorplanPictureOptions = {}): string {
  const frame = dieFrame(floorplan, title, 0);
  const marks = [...frameMarks(frame, floorplan, title), ...blockMarks(frame, floorplan, 'block', 'ink')];
  return sceneSvg({ ...frame, marks }, `Floorplan of ${floorplan.blocks.length} blocks`);
}

/** The outlines of all blocks, then their names, so that no outline crosses a name. */
export function blockMarks(frame: Frame, floorplan: Floorplan, fill: Ink | null, ink: Ink): Mark[] {
  const boxes = floorplan.blocks.map((block) => inFrame(frame, floorplan, block));
  const outlines = boxes.map((box, u): Mark => {
    return { kind: 'box', ...box, fill, stroke: fill === null ? ink : 'muted', title: floorplan.blocks[u].name };
  });
  const names = boxes.flatMap((box, u) => fittedName(floorplan.blocks[u].name, box, ink) ?? []);
  return [...outlines, ...names];
}

/** Random floorplans: the blocks of a bundled one, laid out anew. */
import { randomFrom } from './random.ts';

interface Area {
  readonly name: string;
  readonly area: number;
}

/** The same blocks with the same areas on the same die, cut from it by guillotine cuts in a random order and direction. */
export function shuffledFloorplan(flp: string, seed: number): string {
  const random = randomFrom(seed);
  const rows = flp
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => line.split(/\s+/));
  const width = Math.max(...rows.map(([, w, , x]) => Number(x) + Number(w)));
  const height = Math.max(...rows.map(([, , h, , y]) => Number(y) + Number(h)));
  const blocks = rows.map(([name, w, h]): Area => ({ name, area: Number(w) * Number(h) }));
  for (let i = blocks.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [blocks[i], blocks[j]] = [blocks[j], blocks[i]];
  }
  const lines: string[] = [];
  const cut = (some: readonly Area[], left: number, bottom: number, right: number, top: number): void => {
    if (some.length === 1) {
      lines.push([some[0].name, right - left, top - bottom, left, bottom].join('\t'));
      return;
    }
    const at = 1 + Math.floor(random() * (some.length - 1));
    const parts = [some.slice(0, at), some.slice(at)];
    const [first, all] = [parts[0], some].map((list) => list.reduce((sum, { area }) => sum + area, 0));
    // Across the longer side, most of the time: blocks a hundred times longer than wide are no floorplan.
    const across = random() < 0.9 ? right - left > top - bottom : random() < 0.5;
    if (across) {
      const x = left + ((right - left) * first) / all;
      cut(parts[0], left, bottom, x, top);
      cut(parts[1], x, bottom, right, top);
    } else {
      const y = bottom + ((top - bottom) * first) / all;
      cut(parts[0], left, bottom, right, y);
      cut(parts[1], left, y, right, top);
    }
  };
  cut(blocks, 0, 0, width, height);
  return `${lines.join('\n')}\n`;
}

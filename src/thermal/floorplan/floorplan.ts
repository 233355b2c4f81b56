import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';

/** A rectangle of the die that dissipates evenly. Origin at the die's bottom left corner, y upwards; lengths in m. */
export interface Block {
  readonly name: string;
  readonly leftM: number;
  readonly bottomM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** The place of the block in its file, for messages. */
  readonly span?: Span | undefined;
}

export interface DieSize {
  readonly widthM: number;
  readonly heightM: number;
}

/** Blocks that have been checked against each other and against the die. The die's corner is (0, 0). */
export interface Floorplan extends DieSize {
  readonly blocks: readonly Block[];
  /** Blocks that are this far apart, or overlap by as much, meet; one micrometre if undefined. */
  readonly samePlaceM?: number;
}

export interface FloorplanOptions {
  /** The die's size. Without it the die is the bounding box of the blocks, which then move to the origin, as in HotSpot. */
  readonly die?: DieSize;
  /** Whether die area that no block covers is an error (the default). HotSpot allows it; it conducts without power. */
  readonly gaps?: 'refuse' | 'allow';
  /**
   * Receives a warning for each overlap and gap, which are then allowed as in HotSpot. The powers of overlapping blocks
   * add up.
   */
  readonly tolerate?: (warning: Diagnostic) => void;
  /** Overlaps and gaps that are no wider are taken, with one warning for all. */
  readonly tolerance?: { readonly lengthM: number; readonly warn: (warning: Diagnostic) => void };
}

/** Coordinates closer than this are equal: HotSpot's own tolerance, one micrometre. */
export const SAME_PLACE_M = 1e-6;

/** Slightly more than that, so that 1 um written in decimals is not an error. */
const TOLERANCE_M = SAME_PLACE_M * (1 + 1e-9);

/**
 * Checks blocks and makes them a floorplan. Errors, all of them at once: `zero-area`, `duplicate-name` (without regard
 * to case, as HotSpot compares), `block-overlap` and `floorplan-gap` with the size of the error, `block-outside-die`.
 */
export function makeFloorplan(given: readonly Block[], options: FloorplanOptions = {}): Floorplan {
  const shapeless = given.filter(({ widthM, heightM }) => !(widthM > 0 && heightM > 0));
  if (given.length === 0) throw new InputError([{ code: 'empty-floorplan', message: 'the floorplan has no block' }]);
  if (shapeless.length > 0) throw new InputError([...shapeless.map(zeroArea), ...duplicateNames(given)]);
  const blocks = options.die ? given : movedToOrigin(given);
  const widthM = options.die?.widthM ?? Math.max(...blocks.map(rightM));
  const heightM = options.die?.heightM ?? Math.max(...blocks.map(topM));
  const floorplan = { blocks, widthM, heightM };
  const { tolerate, tolerance } = options;
  const most = tolerance ? checkedTolerance(blocks, tolerance.lengthM) : 0;
  const shared = overlaps(blocks);
  const wide = shared.filter(({ widthM, hidesBlock }) => widthM > most || hidesBlock);
  const problems = [...duplicateNames(blocks), ...outsiders(floorplan), ...(tolerate ? [] : counted(wide))];
  const needsGaps = tolerate !== undefined || (problems.length === 0 && options.gaps !== 'allow');
  const uncovered = needsGaps ? gaps(floorplan) : [];
  if (!tolerate) problems.push(...counted(uncovered.filter(({ widthM }) => widthM > most)));
  if (problems.length > 0) throw new InputError(problems);
  if (tolerate) for (const { problem } of [...shared, ...uncovered]) tolerate(problem);
  if (!tolerance || shared.length + uncovered.length === 0) return floorplan;
  const widestM = Math.max(...[...shared, ...uncovered].map(({ widthM }) => widthM));
  tolerance.warn(toleratedFaults(shared, uncovered, widestM));
  return { ...floorplan, samePlaceM: Math.max(SAME_PLACE_M, widestM * (1 + 1e-6)) };
}

/** An overlap or a gap, and the shorter of its sides. */
interface Fault {
  readonly widthM: number;
  /** Whether an overlap is as wide as one of its blocks, which no tolerance makes right. */
  readonly hidesBlock?: boolean;
  readonly problem: Diagnostic;
}

/** So many of a kind are listed; of more, the widest stands for all. */
const MOST_LISTED = 3;

function counted(faults: readonly Fault[]): Diagnostic[] {
  if (faults.length <= MOST_LISTED) return faults.map(({ problem }) => problem);
  const { problem } = widest(faults);
  return [{ ...problem, message: `${problem.message}; this is the widest of ${faults.length} places like it` }];
}

function widest(faults: readonly Fault[]): Fault {
  return faults.reduce((most, one) => (one.widthM > most.widthM ? one : most));
}

/** The tolerance with a margin for rounding. Error: `out-of-range` unless a block is as wide. */
function checkedTolerance(blocks: readonly Block[], lengthM: number): number {
  const widestBlock = blocks.reduce((most, block) => (shorterM(block) > shorterM(most) ? block : most));
  if (lengthM <= shorterM(widestBlock)) return lengthM * (1 + 1e-9);
  const size = micrometres(shorterM(widestBlock));
  const message = `a tolerance of ${micrometres(lengthM)} is wider than any block: the widest, ${widestBlock.name}, is ${size} wide`;
  return fail('out-of-range', message, { span: widestBlock.span, expected: `at most ${size}` });
}

function shorterM({ widthM, heightM }: Block): number {
  return Math.min(widthM, heightM);
}

function toleratedFaults(shared: readonly Fault[], uncovered: readonly Fault[], widestM: number): Diagnostic {
  const kinds: [readonly Fault[], string][] = [
    [shared, 'overlap'],
    [uncovered, 'gap'],
  ];
  const counts = kinds.flatMap(([faults, kind]) => {
    return faults.length > 0 ? [`${faults.length} ${kind}${faults.length > 1 ? 's' : ''}`] : [];
  });
  const { problem } = widest([...shared, ...uncovered]);
  const message = `the floorplan has ${counts.join(' and ')}, up to ${micrometres(widestM)} wide: ${problem.message}`;
  const expected = 'blocks that meet; shares of a cell that is covered twice are scaled to one cell';
  return { code: problem.code, message, span: problem.span, expected };
}

export function rightM(block: Block): number {
  return block.leftM + block.widthM;
}

export function topM(block: Block): number {
  return block.bottomM + block.heightM;
}

function movedToOrigin(blocks: readonly Block[]): readonly Block[] {
  const x = Math.min(...blocks.map((block) => block.leftM));
  const y = Math.min(...blocks.map((block) => block.bottomM));
  if (x === 0 && y === 0) return blocks;
  return blocks.map((block) => ({ ...block, leftM: block.leftM - x, bottomM: block.bottomM - y }));
}

function zeroArea({ name, widthM, heightM, span }: Block): Diagnostic {
  const message = `block ${name} has no area: ${micrometres(widthM)} x ${micrometres(heightM)}`;
  return { code: 'zero-area', message, span, expected: 'a width and a height above 0' };
}

function duplicateNames(blocks: readonly Block[]): Diagnostic[] {
  const seen = new Set<string>();
  const problems: Diagnostic[] = [];
  for (const { name, span } of blocks) {
    const key = name.toLowerCase();
    if (seen.has(key)) problems.push({ code: 'duplicate-name', message: `two blocks are named ${name}`, span });
    seen.add(key);
  }
  return problems;
}

function outsiders({ blocks, widthM, heightM }: Floorplan): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const block of blocks) {
    const out = Math.max(-block.leftM, -block.bottomM, rightM(block) - widthM, topM(block) - heightM);
    if (out <= TOLERANCE_M) continue;
    const message = `block ${block.name} reaches ${micrometres(out)} beyond the die`;
    const expected = `blocks within ${micrometres(widthM)} x ${micrometres(heightM)}`;
    problems.push({ code: 'block-outside-die', message, span: block.span, expected });
  }
  return problems;
}

const BEYOND_TOLERANCE = 'blocks that meet; no tolerance takes an overlap that is as wide as a block';

/** Pairs of blocks that share an area. Only blocks whose x ranges meet are compared. */
function overlaps(blocks: readonly Block[]): Fault[] {
  const byLeft = [...blocks].sort((a, b) => a.leftM - b.leftM);
  const faults: Fault[] = [];
  for (let i = 0; i < byLeft.length; i++) {
    const a = byLeft[i];
    for (let j = i + 1; j < byLeft.length && byLeft[j].leftM < rightM(a) - TOLERANCE_M; j++) {
      const b = byLeft[j];
      const width = Math.min(rightM(a), rightM(b)) - b.leftM;
      const height = Math.min(topM(a), topM(b)) - Math.max(a.bottomM, b.bottomM);
      if (height <= TOLERANCE_M || width <= TOLERANCE_M) continue;
      const widthM = Math.min(width, height);
      const thinner = shorterM(a) < shorterM(b) ? a : b;
      const hidesBlock = widthM >= shorterM(thinner) - TOLERANCE_M;
      const size = `${micrometres(width)} x ${micrometres(height)}${hidesBlock ? `, as wide as ${thinner.name} itself` : ''}`;
      const message = `blocks ${a.name} and ${b.name} overlap by ${size}`;
      const problem: Diagnostic = { code: 'block-overlap', message, span: b.span ?? a.span };
      faults.push({ widthM, hidesBlock, problem: hidesBlock ? { ...problem, expected: BEYOND_TOLERANCE } : problem });
    }
  }
  return faults;
}

/** Uncovered rectangles of the raster of all block edges, merged along x and then along y. */
function gaps({ blocks, widthM, heightM }: Floorplan): Fault[] {
  const xs = places([0, widthM, ...blocks.flatMap((block) => [block.leftM, rightM(block)])]);
  const ys = places([0, heightM, ...blocks.flatMap((block) => [block.bottomM, topM(block)])]);
  const holes: Block[] = [];
  for (let y = 0; y + 1 < ys.length; y++) {
    const middle = (ys[y] + ys[y + 1]) / 2;
    const inRow = blocks.filter((block) => block.bottomM < middle && topM(block) > middle);
    let hole: Block | undefined;
    for (let x = 0; x + 1 < xs.length; x++) {
      const at = (xs[x] + xs[x + 1]) / 2;
      const covered = inRow.some((block) => block.leftM < at && rightM(block) > at);
      if (covered && hole) addHole(holes, hole);
      if (covered) hole = undefined;
      else hole = rectangle(hole?.leftM ?? xs[x], ys[y], xs[x + 1], ys[y + 1]);
    }
    if (hole) addHole(holes, hole);
  }
  return holes.map((hole) => ({
    widthM: Math.min(hole.widthM, hole.heightM),
    problem: gapProblem(hole, blocks),
  }));
}

/** The values sorted, without repetitions. */
function places(all: number[]): number[] {
  const sorted = all.sort((a, b) => a - b);
  return sorted.filter((place, i) => i === 0 || place - sorted[i - 1] > TOLERANCE_M);
}

function rectangle(leftM: number, bottomM: number, right: number, top: number): Block {
  return { name: '', leftM, bottomM, widthM: right - leftM, heightM: top - bottomM };
}

/** Merges the hole with one of equal width just below it, or appends it. */
function addHole(holes: Block[], hole: Block): void {
  const below = holes.findIndex(
    (other) => other.leftM === hole.leftM && other.widthM === hole.widthM && topM(other) === hole.bottomM,
  );
  if (below < 0) holes.push(hole);
  else holes[below] = rectangle(hole.leftM, holes[below].bottomM, rightM(hole), topM(hole));
}

function gapProblem(hole: Block, blocks: readonly Block[]): Diagnostic {
  const neighbours = blocks.filter((block) => distanceM(block, hole) <= TOLERANCE_M).map((block) => block.name);
  const size = `${micrometres(hole.widthM)} x ${micrometres(hole.heightM)}`;
  const at = `(${micrometres(hole.leftM)}, ${micrometres(hole.bottomM)})`;
  const beside = neighbours.length > 0 ? `, beside ${neighbours.slice(0, 4).join(', ')}` : '';
  const message = `no block covers ${size} of the die at ${at}${beside}`;
  return { code: 'floorplan-gap', message, expected: 'blocks that cover the die; name the rest as a filler block' };
}

function distanceM(a: Block, b: Block): number {
  const x = Math.max(a.leftM - rightM(b), b.leftM - rightM(a));
  const y = Math.max(a.bottomM - topM(b), b.bottomM - topM(a));
  return Math.max(x, y);
}

function micrometres(lengthM: number): string {
  return `${Number((lengthM * 1e6).toPrecision(6))} um`;
}

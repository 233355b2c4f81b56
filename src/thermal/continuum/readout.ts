import { once } from '../../base/once.ts';
import { addProduct } from '../../numeric/matrix-product.ts';
import { innerProducts } from '../../numeric/panels.ts';
import type { Grid } from '../floorplan/grid-map.ts';
import type { Assembly, Body } from './bodies.ts';
import { type Ladder, ladderOf, solveLadder, unitField } from './ladder.ts';
import { cosineModes, type LateralModes } from './lateral/index.ts';
import { type OverhangRegion, readRegions } from './overhang.ts';
import type { Continuum, Response } from './response.ts';
import { meansOver, type Source } from './sources.ts';
import { betweenAll, shortMeans } from './tail.ts';

/** Means over the cells of a grid that covers the die, row 0 north, at every face. */
export interface CellReader {
  /** Reads fields by body (face x mode) and the effect of the inputs `p` beyond their modes; faces x cells, into `out`. */
  read(fields: readonly Float64Array[], p: Float64Array, shift: number, faces: number, out: Float64Array): void;
}

/** Cosines are told apart in pictures down to this many waves along a side. */
const MOST_COSINES = 192;

export function cellReader(continuum: Continuum, grid: Grid): CellReader {
  const { assembly } = continuum;
  const { bodies, die } = assembly;
  const { widthM, heightM } = bodies[die];
  const tables = bodies.map((body) => ({
    x: cellMeans(body.x, widthM, grid.columns, false),
    y: cellMeans(body.y, heightM, grid.rows, true),
  }));
  const fine = fineCosines(continuum, grid);
  const half = new Float64Array(grid.rows * Math.max(...bodies.map(({ x }) => x.count), fine?.x.count ?? 0));
  const cells = grid.rows * grid.columns;
  const add = (
    field: Float64Array,
    { x, y }: (typeof tables)[number],
    nx: number,
    ny: number,
    out: Float64Array,
  ): void => {
    half.fill(0, 0, grid.rows * nx);
    const rows = { values: half, at: 0, stride: nx };
    addProduct({ values: y, at: 0, stride: ny }, { values: field, at: 0, stride: nx }, rows, grid.rows, ny, nx);
    const columns = { values: x, at: 0, stride: grid.columns };
    addProduct(rows, columns, { values: out, at: 0, stride: grid.columns }, grid.rows, nx, grid.columns);
  };
  return {
    read(fields, p, shift, faces, out) {
      out.fill(0, 0, faces * cells);
      const finer = fine?.fields(p, shift);
      for (let face = 0; face < faces; face++) {
        const b = bodyOfFace(bodies, die, face);
        const { x, y, modes, reach } = bodies[b];
        const at = (face - reach.firstLayer) * modes;
        const field = fields[b].subarray(at, at + modes);
        const cellsOf = out.subarray(face * cells, (face + 1) * cells);
        if (b !== die || !fine || !finer) {
          add(field, tables[b], x.count, y.count, cellsOf);
          continue;
        }
        const whole = finer.subarray(face * fine.place.length, (face + 1) * fine.place.length);
        fine.place.forEach((mode, i) => {
          if (mode >= 0) whole[i] = field[mode];
        });
        add(whole, fine.tables, fine.x.count, fine.y.count, cellsOf);
      }
    },
  };
}

/** The body that a face is read in: the die's, where it is one of its faces, else that nearer to the die. */
export function bodyOfFace(bodies: readonly Body[], die: number, face: number): number {
  const holds = ({ firstLayer, layers }: Body): boolean => face >= firstLayer && face <= firstLayer + layers.length;
  if (holds(bodies[die])) return die;
  const all = bodies.flatMap((body, b) => (holds(body) ? [b] : []));
  return all.reduce((best, b) => (Math.abs(b - die) < Math.abs(best - die) ? b : best));
}

/** Along x: modes x cells; along y: cells x modes, from the north. */
function cellMeans(modes: LateralModes, sideM: number, cells: number, isY: boolean): Float64Array {
  const table = new Float64Array(modes.count * cells);
  for (let i = 0; i < cells; i++) {
    const from = -sideM / 2 + (isY ? cells - 1 - i : i) * (sideM / cells);
    const means = modes.means(from, from + sideM / cells);
    for (let k = 0; k < modes.count; k++) table[isY ? i * modes.count + k : k * cells + i] = means[k];
  }
  return table;
}

interface FineCosines {
  readonly x: LateralModes;
  readonly y: LateralModes;
  readonly tables: { readonly x: Float64Array; readonly y: Float64Array };
  /** By cosine, the coupled one that it is, or -1. */
  readonly place: Int32Array;
  /** At every face, but for the coupled ones. */
  fields(p: Float64Array, shift: number): Float64Array;
}

/** Cosines of the die with those beyond the coupled ones, as many as cells can show; null if there are no more. */
function fineCosines({ assembly, sources, rectangles }: Continuum, grid: Grid): FineCosines | null {
  const { layers, cooling, bodies, die } = assembly;
  const body = bodies[die];
  const [nx, ny] = [
    Math.max(body.x.count, Math.min(grid.columns, MOST_COSINES)),
    Math.max(body.y.count, Math.min(grid.rows, MOST_COSINES)),
  ];
  if (nx === body.x.count && ny === body.y.count) return null;
  const [x, y] = [cosineModes(body.widthM, nx), cosineModes(body.heightM, ny)];
  const lambda = new Float64Array(nx * ny);
  const place = new Int32Array(nx * ny);
  const [ofX, ofY] = [placesIn(x, body.x), placesIn(y, body.y)];
  for (let j = 0, at = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++, at++) {
      lambda[at] = x.lambda[i] + y.lambda[j];
      place[at] = ofX[i] >= 0 && ofY[j] >= 0 ? ofY[j] * body.x.count + ofX[i] : -1;
    }
  }
  const places = rectangles.map(({ x0, x1, y0, y1 }) => ({ x: x.means(x0, x1), y: y.means(y0, y1) }));
  const tables = {
    x: cellMeans(x, body.widthM, grid.columns, false),
    y: cellMeans(y, body.heightM, grid.rows, true),
  };
  let kept: { readonly shift: number; readonly ladder: Ladder } | undefined;
  const fields: FineCosines['fields'] = (p, shift) => {
    if (kept?.shift !== shift) kept = { shift, ladder: ladderOf(layers, cooling, lambda, shift) };
    const { ladder } = kept;
    const field = new Float64Array(ladder.faces * ladder.modes);
    sources.forEach(({ rectangle, face }, u) => {
      if (p[u] === 0) return;
      const mean = places[rectangle];
      for (let j = 0, at = face * ladder.modes; j < ny; j++) {
        const weight = p[u] * mean.y[j];
        for (let i = 0; i < nx; i++, at++) field[at] += weight * mean.x[i];
      }
    });
    solveLadder(ladder, field);
    return field;
  };
  return { x, y, tables, place, fields };
}

/** By mode of the first, its number among the others, or -1. */
function placesIn({ lambda }: LateralModes, coupled: LateralModes): Int32Array {
  return Int32Array.from(lambda, (value) => coupled.lambda.indexOf(value));
}

/** Reads responses as nodes (see `ContinuumNetwork`). */
export interface FieldReader {
  /** Response `v` to inputs `p`: all nodes; all but cells; or the cells of the first face. */
  read(response: Response, v: number, p: Float64Array, out: Float64Array, wanted: 'all' | 'names' | 'die'): void;
}

export function fieldReader(
  continuum: Continuum,
  grid: Grid,
  regions: () => readonly OverhangRegion[],
  blocks: readonly Source[],
): FieldReader {
  const { assembly } = continuum;
  const { bodies, die, layers } = assembly;
  const cells = grid.rows * grid.columns;
  const allFaces = layers.length + 1;
  let cellsOf: ReturnType<typeof cellReader> | undefined;
  let meansOf: ReturnType<typeof blockReader> | undefined;
  return {
    read(response, v, p, out, wanted) {
      const fields = response.field(v);
      if (wanted !== 'names') {
        cellsOf ??= cellReader(continuum, grid);
        cellsOf.read(fields, p, response.shift, wanted === 'die' ? 1 : allFaces, out);
      }
      if (wanted === 'die') return;
      let at = allFaces * cells;
      const parts = regions();
      readRegions(parts, assembly, response.ladders, fields, out.subarray(at, at + parts.length));
      at += parts.length;
      meansOf ??= blockReader(continuum, blocks);
      meansOf(fields, response.shift, p, out.subarray(at, at + blocks.length));
      at += blocks.length;
      const last = bodies.length - 1;
      const { widthM, heightM, modes, layers: own } = bodies[last];
      out[at] = fields[last][own.length * modes] / Math.sqrt(widthM * heightM);
    },
  };

  function blockReader(of: Continuum, places: readonly Source[]) {
    const rows = places.map(({ face, rectangle }) => blockRow(assembly, of, face, rectangle, die));
    let kept: { readonly shift: number; readonly tail: (p: Float64Array) => Float64Array } | undefined;
    return (fields: readonly Float64Array[], shift: number, p: Float64Array, out: Float64Array): void => {
      rows.forEach(({ body, at, means }, i) => {
        const field = fields[body];
        let sum = 0;
        for (let k = 0; k < means.length; k++) sum += means[k] * field[at + k];
        out[i] = sum;
      });
      if (kept?.shift !== shift) kept = { shift, tail: tailReader(of, places, shift) };
      kept.tail(p).forEach((value, i) => {
        out[i] += value;
      });
    };
  }
}

function blockRow(
  assembly: Assembly,
  { rectangles, means }: Continuum,
  face: number,
  rectangle: number,
  die: number,
): { body: number; at: number; means: Float64Array } {
  const body = bodyOfFace(assembly.bodies, die, face);
  const { reach, modes } = assembly.bodies[body];
  const at = (face - reach.firstLayer) * modes;
  return { body, at, means: body === die ? means[rectangle] : meansOver(assembly, rectangles[rectangle], body) };
}

/** The part of the blocks' means that comes from waves too short for the package. */
function tailReader({ assembly, sources, tail: tailOf }: Continuum, places: readonly Source[], shift: number) {
  const tail = tailOf();
  const { layers, cooling } = assembly;
  const m = sources.length;
  const bins = tail.lambda.length;
  const ladder = ladderOf(layers, cooling, tail.lambda, shift);
  const from = [...new Set(sources.map(({ face }) => face))];
  const fields = new Map(from.map((face) => [face, unitField(ladder, face)]));
  const between = (face: number, load: number) => fields.get(load)!.subarray(face * bins, (face + 1) * bins);
  const all = once(() => betweenAll(tail, places, sources, between));
  let reads = 0;
  return (p: Float64Array): Float64Array => {
    if (tail.waves && ++reads < tail.waves.plane.manyForAll) {
      return shortMeans(tail.waves, tail.columns, places, sources, between, p);
    }
    const out = new Float64Array(places.length);
    const panel = (values: Float64Array, count: number) => ({ values, at: 0, stride: m, count });
    innerProducts(panel(all(), places.length), panel(p, 1), m, out);
    return out;
  };
}

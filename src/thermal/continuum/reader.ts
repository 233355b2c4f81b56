import type { Grid } from '../floorplan/grid-map.ts';
import type { Assembly } from './bodies.ts';
import { ladderOf } from './ladder.ts';
import { type OverhangRegion, readRegion } from './overhang.ts';
import { bodyOfFace, cellReader } from './readout.ts';
import type { Continuum, Response } from './response.ts';
import { meansOver, type Source } from './sources.ts';
import { unitField } from './tail.ts';

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
  let meansOf: ((response: Response, v: number, p: Float64Array, out: Float64Array) => void) | undefined;
  return {
    read(response, v, p, out, wanted) {
      const fields = response.fields[v];
      if (wanted !== 'names') {
        cellsOf ??= cellReader(continuum, grid);
        cellsOf.read(fields, p, response.shift, wanted === 'die' ? 1 : allFaces, out);
      }
      if (wanted === 'die') return;
      let at = allFaces * cells;
      for (const region of regions())
        out[at++] = readRegion(region, assembly, response.ladders[region.body], fields[region.body]);
      meansOf ??= blockReader(continuum, blocks);
      meansOf(response, v, p, out.subarray(at, at + blocks.length));
      at += blocks.length;
      const last = bodies.length - 1;
      const { widthM, heightM, modes, layers: own } = bodies[last];
      out[at] = fields[last][own.length * modes] / Math.sqrt(widthM * heightM);
    },
  };

  function blockReader(of: Continuum, places: readonly Source[]): NonNullable<typeof meansOf> {
    const rows = places.map(({ face, rectangle }) => blockRow(assembly, of, face, rectangle, die));
    let kept: { readonly shift: number; readonly tail: (p: Float64Array) => Float64Array } | undefined;
    return (response, v, p, out) => {
      rows.forEach(({ body, at, means }, i) => {
        const field = response.fields[v][body];
        let sum = 0;
        for (let k = 0; k < means.length; k++) sum += means[k] * field[at + k];
        out[i] = sum;
      });
      if (kept?.shift !== response.shift)
        kept = { shift: response.shift, tail: tailReader(of, places, response.shift) };
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
  const { firstLayer, modes } = assembly.bodies[body];
  const at = (face - firstLayer) * modes;
  return { body, at, means: body === die ? means[rectangle] : meansOver(assembly, rectangles[rectangle], body) };
}

/** What waves that are too short for the package add to the means of blocks. */
function tailReader({ assembly, sources, tail, rectangles }: Continuum, places: readonly Source[], shift: number) {
  const { layers, cooling } = assembly;
  const bins = tail.lambda.length;
  const m = rectangles.length;
  const ladder = ladderOf(layers, cooling, tail.lambda, shift);
  const from = [...new Set(sources.map(({ face }) => face))];
  const fields = new Map(from.map((face) => [face, unitField(ladder, face)]));
  return (p: Float64Array): Float64Array => {
    const out = new Float64Array(places.length);
    for (const face of from) {
      const powers = new Float64Array(m);
      sources.forEach((source, u) => {
        if (source.face === face) powers[source.rectangle] += p[u];
      });
      if (powers.every((value) => value === 0)) continue;
      const loads = new Float64Array(bins * m);
      for (let b = 0; b < bins; b++) {
        const weight = tail.weight[b];
        for (let w = 0; w < m; w++) {
          if (powers[w] === 0) continue;
          for (let u = 0; u < m; u++) loads[b * m + u] += powers[w] * weight[w * m + u];
        }
      }
      const field = fields.get(face)!;
      places.forEach((place, i) => {
        let sum = 0;
        for (let b = 0; b < bins; b++) sum += loads[b * m + place.rectangle] * field[place.face * bins + b];
        out[i] += sum;
      });
    }
    return out;
  };
}

/** Random packages against finite volumes of the true shape at two levels, extrapolated. */
import { expect } from 'vitest';
import type { Files } from '../../../src/base/files.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';
import { runHotspot } from '../../../src/peers/hotspot/program.ts';
import { type Heated, rises, type Slab, type Solid } from '../../support/finite-volumes.ts';
import { randomFrom } from '../../support/random.ts';
import { longTest } from '../../tier.ts';

/** One or two dies of four blocks each on interface, spreader and sink; sizes of whole micrometres. */
function randomPackage(seed: number) {
  const random = randomFrom(seed);
  const between = (from: number, to: number): number => from * (to / from) ** random();
  const micrometres = (from: number, to: number): number => Math.round(between(from, to) * 1e6) / 1e6;
  const die = { widthM: micrometres(3e-3, 15e-3), heightM: micrometres(3e-3, 15e-3) };
  const larger = Math.max(die.widthM, die.heightM);
  const s_spreader = larger * between(1.01, 3);
  const s_sink = s_spreader * between(1.01, 2);
  const layers: Slab[] = [];
  const blocks: Heated[] = [];
  const files: Record<string, string> = {};
  const dies = seed % 2 === 0 ? 1 : 2;
  let stack = '';
  for (let d = 0; d < dies; d++) {
    const [x, y] = [die.widthM, die.heightM].map((side) => Math.round(side * (0.3 + 0.4 * random()) * 1e6) / 1e6);
    const own = [0, 1, 2, 3].map((q) => ({
      left: q % 2 ? x : 0,
      width: q % 2 ? die.widthM - x : x,
      bottom: q > 1 ? y : 0,
      height: q > 1 ? die.heightM - y : y,
      layer: layers.length,
    }));
    files[`${d}.flp`] = own.map((b, q) => `b${q} ${b.width} ${b.height} ${b.left} ${b.bottom}\n`).join('');
    blocks.push(...own);
    layers.push(
      { thicknessM: between(5e-5, 7e-4), conductivity: between(60, 160), capacity: 1.75e6, ...die },
      { thicknessM: between(1e-5, 1e-4), conductivity: between(1, 20), capacity: 4e6, ...die },
    );
  }
  layers.forEach((l, i) => {
    stack += `${i}\nY\n${i % 2 ? 'N' : 'Y'}\n${l.capacity}\n${1 / l.conductivity}\n${l.thicknessM}\n${i >> 1}.flp\n`;
  });
  const part = (side: number, thicknessM: number, conductivity: number): Slab => {
    return { thicknessM, conductivity, capacity: 3.5e6, widthM: side, heightM: side };
  };
  const spreader = part(s_spreader, between(3e-4, 3e-3), between(50, 400));
  const sink = part(s_sink, between(1e-3, 1e-2), between(100, 400));
  const r_convec = between(0.05, 2);
  const area = s_sink ** 2;
  const solid: Solid = {
    die,
    layers: [...layers, spreader, sink],
    blocks,
    film: 1 / (r_convec * area),
    filmCapacity: 140.4 / area,
  };
  const powers = () => blocks.map(({ width, height }) => width * height * between(1e5, 2e6));
  const options = {
    ...{
      model_type: 'grid',
      grid_map_mode: 'avg',
      grid_layer_file: 'stack.lcf',
      ambient: 300,
      init_temp: 300,
      s_spreader,
      s_sink,
      r_convec,
    },
    ...{ t_spreader: spreader.thicknessM, k_spreader: spreader.conductivity, p_spreader: spreader.capacity },
    ...{ t_sink: sink.thicknessM, k_sink: sink.conductivity, p_sink: sink.capacity },
  };
  return { solid, samples: [powers(), powers()], options, files: { ...files, 'stack.lcf': stack } };
}

/** Rises by block, K: of the steady state, or at the end of each sample. */
function modelled({ solid, samples, options, files }: ReturnType<typeof randomPackage>, sampleS?: number): number[][] {
  const used = sampleS ? samples : samples.slice(0, 1);
  const names = solid.blocks.map((_, u) => `b${u % 4}`);
  const trace = [names, ...used].map((row) => `${row.join(' ')}\n`).join('');
  const all: Record<string, string> = { ...files, 'p.ptrace': trace };
  const source: Files = { read: (path) => all[path], list: () => [] };
  const pairs = Object.entries({ ...options, sampling_intvl: sampleS ?? 1 }).map(
    ([k, v]) => [`-${k}`, `${v}`] as const,
  );
  const transient = sampleS !== undefined;
  const input = readHotspotInput(source, { floorplan: undefined, trace: 'p.ptrace', transient, options: pairs });
  const rows: number[][] = [];
  const onSample = (_: number, at: { unitsK: () => Float64Array }): void => {
    rows.push(Array.from(at.unitsK().subarray(0, names.length), (kelvin) => kelvin - 300));
  };
  const { steady, model } = runHotspot({ input, mode: 'physical', transient, onSample });
  if (transient) return rows;
  return [[...new Set(model.unitGroup)].flatMap((group) => Array.from(steady[group].temperatureK, (t) => t - 300))];
}

function extrapolated(
  solid: Solid,
  samples: readonly number[][],
  [fine, sampleS]: readonly [number, number?],
): number[][] {
  const [coarser, finer] = [fine / 1.5, fine].map((level) => rises(solid, samples, level, sampleS));
  return finer.map((row, k) => row.map((value, u) => value + (value - coarser[k][u]) / 1.25));
}

longTest.each([1, 2, 3, 4])('steady states of random package %i, within 0.5 % of the highest rise', (seed) => {
  const one = randomPackage(seed);
  const [expected] = extrapolated(one.solid, one.samples, [0.8]);
  const [found] = modelled(one);
  const worst = Math.max(...found.map((value, u) => Math.abs(value - expected[u])));
  expect(worst).toBeLessThan(0.005 * Math.max(...expected));
});

longTest.each([
  [5, 1e-3],
  [6, 1e-5],
])('two samples of random package %i, within 2 %% of the highest rise', (seed, sampleS) => {
  const one = randomPackage(seed);
  const expected = extrapolated(one.solid, one.samples, [0.4, sampleS]);
  modelled(one, sampleS).forEach((row, k) => {
    const worst = Math.max(...row.map((value, u) => Math.abs(value - expected[k][u])));
    expect(worst).toBeLessThan(0.02 * Math.max(...expected[k]));
  });
});

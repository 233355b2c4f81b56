import { fail } from '../../../base/errors.ts';
import type { SourceText } from '../../../base/source.ts';
import {
  type MaestroHardware,
  type MaestroLayer,
  type MaestroNetwork,
  readGammaNetwork,
  readMaestroHardware,
  readMaestroWorkload,
  writeMaestroNetwork,
} from '../../../formats/maestro/index.ts';
import {
  directivesOf,
  evaluateMaestro,
  type GammaLimits,
  gammaValue,
  genomeSpace,
  type Steps,
  searchGammaAtRandomInSteps,
  searchGammaExactlyInSteps,
  searchGammaInSteps,
} from '../../../mapping/index.ts';
import type { MapOutcome } from '../outcome.ts';
import { networkOutcome } from './evaluate.ts';
import { comparison, convergenceCsv, gammaCsv, givenOf, layerText, shownOf } from './found-files.ts';
import { certificateOf, type GammaRequest, isSampled, type LayerFound } from './proof.ts';

/** A network in MAESTRO's language, or a table of GAMMA if the file's name ends so. */
function readWorkload(source: SourceText): MaestroNetwork {
  return /\.csv$/i.test(source.file) ? readGammaNetwork(source) : readMaestroWorkload(source);
}

/**
 * Searches a dataflow for each layer of a network under MAESTRO's model, as GAMMA does. The dataflows of the file, if it has any,
 * are only compared with. Errors: those of the readers; `no-mapping` if no genome fits the buffers or the area.
 */
export function* searchNetwork(
  networkSource: SourceText,
  hardwareSource: SourceText,
  request: GammaRequest,
): Steps<MapOutcome> {
  const hardware = readMaestroHardware(hardwareSource);
  const network = readWorkload(networkSource);
  const given = givenOf(network, hardware);
  const found = yield* searchLayers(network.layers, hardware, request);
  const layers = network.layers.map((layer, i): MaestroLayer => {
    return { ...layer, directives: directivesOf(genomeSpace(layer), found[i].genome) };
  });
  const best: MaestroNetwork = { ...network, layers };
  // A chip has one number of PEs; layers that searched it use as many of them as they found.
  const pes = Math.max(...found.map(({ cost }) => cost.pes));
  const certificate = certificateOf(network.layers, hardware, found, request);
  const outcome = networkOutcome(best, { ...hardware, pes }, certificate, shownOf(network, found, request));
  return {
    files: {
      ...outcome.files,
      'mapping.m': writeMaestroNetwork(best),
      'gamma.csv': gammaCsv(network.layers, found),
      'convergence.csv': convergenceCsv(network.layers, found),
    },
    summary: [
      ...found.flatMap((result, i) => layerText(network.layers[i], result)),
      '',
      ...comparison(network, given, found, request),
      '',
      outcome.summary,
    ].join('\n'),
  };
}

/** Searches layer by layer. Layers of one shape share a result, but those that are sampled draw numbers of their own. */
function* searchLayers(
  layers: readonly MaestroLayer[],
  hardware: MaestroHardware,
  request: GammaRequest,
): Steps<LayerFound[]> {
  const shapes = layers.map((layer, i) => (isSampled(request.search) ? String(i) : shapeOf(layer)));
  const results = new Map<string, LayerFound>();
  let left = new Set(shapes).size;
  for (const [i, layer] of layers.entries()) {
    if (results.has(shapes[i])) continue;
    const searches = left--;
    const endOf = (parts: number) => request.endOf?.(parts * searches);
    const seed = request.seed + i;
    const found = yield* foundOf(layer, hardware, { ...request, seed, endOf });
    results.set(shapes[i], found ?? failNoMapping(layer, hardware, request));
  }
  return shapes.map((shape) => results.get(shape)!);
}

function shapeOf({ type, strideX, strideY, isOutputSized, sizes }: MaestroLayer): string {
  return [type, strideX, strideY, isOutputSized, ...sizes].join();
}

function* foundOf(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  request: GammaRequest,
): Steps<LayerFound | undefined> {
  const limitsFor = (parts: number): GammaLimits => {
    const isOver = request.endOf?.(parts);
    return { ...request, ...(isOver && { isOver }) };
  };
  switch (request.search) {
    case 'ga':
      return yield* searchGammaInSteps(layer, hardware, limitsFor(1));
    case 'random':
      return yield* searchGammaAtRandomInSteps(layer, hardware, limitsFor(1));
    case 'exact':
      return yield* searchGammaExactlyInSteps(layer, hardware, limitsFor(1));
    default: {
      const joint = yield* searchGammaExactlyInSteps(layer, hardware, limitsFor(2));
      const first = yield* searchGammaExactlyInSteps(layer, hardware, { ...limitsFor(1), wordsFirst: true });
      return (
        first && joint && { ...first, value: gammaValue(request.objective, first.cost), steps: joint.steps, joint }
      );
    }
  }
}

function failNoMapping(layer: MaestroLayer, hardware: MaestroHardware, { areaBudgetMm2 }: GammaRequest): never {
  const { free, names } = genomeSpace(layer);
  const smallest = names.flatMap((dimension, d) =>
    free.includes(d)
      ? [{ kind: d === free[0] ? 'spatial' : 'temporal', size: 1, offset: 1, dimension, isOutput: false } as const]
      : [],
  );
  const directives = smallest.map((map) => {
    const isOutput = layer.type !== 'GEMM' && (map.dimension === 'Y' || map.dimension === 'X');
    return { ...map, isOutput, span: layer.span };
  });
  const { l1Size, l2Size } = evaluateMaestro({ ...layer, directives }, { ...hardware, pes: 1 });
  const fits = l1Size <= hardware.l1Size && l2Size <= hardware.l2Size;
  const reason = !fits
    ? `tiles of 1 on one PE need ${l1Size} elements of L1 and ${l2Size} of L2, the hardware has ${hardware.l1Size} and ${hardware.l2Size}`
    : areaBudgetMm2 === undefined
      ? `tiles of 1 fit the buffers of one PE, but no genome tried fits those of ${hardware.pes} PEs, or MAESTRO counts too few of its products`
      : `tiles of 1 fit the buffers of one PE, but no genome tried fits them within an area of ${areaBudgetMm2} mm2`;
  return fail('no-mapping', `no dataflow of ${layer.name} is valid: ${reason}`, {
    span: layer.span,
    expected: 'larger buffers, a larger area, or other cluster levels',
  });
}

import { type Static, Type } from '@sinclair/typebox';
import { parseYaml, type YamlDocument } from '../../base/document.ts';
import { fail, mapCollecting, nearestName } from '../../base/errors.ts';
import { Version, validate } from '../../base/schema.ts';
import type { SourceText } from '../../base/source.ts';
import { type FoldChoice, findDataflow, type SystolicConfig } from '../../systolic/index.ts';
import type { Workload } from '../../workload/index.ts';

const strict = { additionalProperties: false } as const;

/** The schema of a mapping of a network onto an array. */
export const MappingSchema = Type.Object(
  {
    version: Version,
    name: Type.Optional(Type.String({ minLength: 1 })),
    description: Type.Optional(Type.String()),
    layers: Type.Array(
      Type.Object(
        {
          layer: Type.Union([Type.Integer({ minimum: 0 }), Type.String({ minLength: 1 })], {
            description: 'A layer of the network: its name, or its number counted from 0',
          }),
          dataflow: Type.Optional(
            Type.String({ description: 'Dataflow of the layer; that of the accelerator by default' }),
          ),
          order: Type.Optional(
            Type.String({
              description: 'Order of its folds, such as "4 columns"; that of the memory model by default',
            }),
          ),
          tile: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 2 ** 31,
              description: 'Length of a T tile; the one that fetches the fewest bits by default',
            }),
          ),
        },
        strict,
      ),
      { minItems: 1, description: 'Layers that the mapping changes; the others run as without a mapping' },
    ),
  },
  { ...strict, $id: 'mapping', title: 'Isotherm mapping of a network' },
);

/** How an array runs one layer. */
export interface LayerMapping extends FoldChoice {
  /** An id of `DATAFLOWS`. */
  readonly dataflow?: string | undefined;
}

/** A mapping of a network, and where it was written. */
export interface NetworkMapping {
  /** By layer of the network; undefined for a layer that runs as without a mapping. */
  readonly layers: readonly (LayerMapping | undefined)[];
  readonly document: YamlDocument;
  /** The entry of the file that maps each layer. */
  readonly entries: ReadonlyMap<number, number>;
}

type MappingFile = Static<typeof MappingSchema>;

/** A mapping without its network. Errors: those of the schema; `unknown-name` for a dataflow that does not exist. */
export function parseMapping(document: YamlDocument): MappingFile {
  const file = validate(document, MappingSchema);
  mapCollecting(file.layers.entries(), ([i, { dataflow }]) => {
    if (dataflow !== undefined) findDataflow(dataflow, document.span(['layers', i, 'dataflow']));
  });
  return file;
}

/**
 * Reads a mapping of a network. Errors: those of the schema; `unknown-name` for a layer or dataflow that does not exist;
 * `duplicate-name` for a layer that is mapped twice, or whose name several layers have.
 */
export function readMapping(source: SourceText, workload: Workload): NetworkMapping {
  const document = parseYaml(source);
  const file = parseMapping(document);
  const layers: (LayerMapping | undefined)[] = workload.layers.map(() => undefined);
  const entries = new Map<number, number>();
  mapCollecting(file.layers.entries(), ([i, { layer, dataflow, order, tile }]) => {
    const index = layerIndex(document, workload, i, layer);
    if (entries.has(index)) {
      fail('duplicate-name', `layer "${workload.layers[index].name}" is mapped twice`, {
        span: document.span(['layers', i, 'layer']),
        expected: 'each layer once',
      });
    }
    entries.set(index, i);
    layers[index] = { dataflow, order, streamTile: tile };
  });
  return { layers, document, entries };
}

function layerIndex(document: YamlDocument, { layers, name }: Workload, i: number, layer: string | number): number {
  const span = document.span(['layers', i, 'layer']);
  if (typeof layer === 'number') {
    if (layer < layers.length) return layer;
    return fail('unknown-name', `${name} has no layer ${layer}`, { span, expected: `0 to ${layers.length - 1}` });
  }
  const names = layers.map((one) => one.name);
  const index = names.indexOf(layer);
  if (index < 0) {
    return fail('unknown-name', `${name} has no layer "${layer}"`, {
      span,
      expected: `the name of a layer, or a number from 0 to ${layers.length - 1}`,
      suggestion: nearestName(layer, names),
    });
  }
  const other = names.indexOf(layer, index + 1);
  if (other < 0) return index;
  return fail('duplicate-name', `layers ${index} and ${other} of ${name} are both called "${layer}"`, {
    span,
    expected: 'the number of a layer, counted from 0',
  });
}

/** The configuration of each layer; equal mappings share one. One for all without a mapping. */
export function layerConfigs(
  config: SystolicConfig,
  mapping: NetworkMapping | null,
): SystolicConfig | readonly SystolicConfig[] {
  if (!mapping) return config;
  const known = new Map<string, SystolicConfig>();
  return mapping.layers.map((layer) => {
    if (!layer) return config;
    const key = JSON.stringify(layer);
    const { dataflow = config.dataflow, ...folds } = layer;
    const made = known.get(key) ?? { ...config, dataflow, folds };
    known.set(key, made);
    return made;
  });
}

/** A layer's mapping, and its name for people. */
export interface NamedMapping extends LayerMapping {
  readonly layer: string;
}

/** The text of a mapping of a whole network. */
export function writeMapping(name: string, layers: readonly NamedMapping[]): string {
  const lines = layers.map(({ layer, dataflow, order, streamTile }, i) => {
    const keys = [
      `layer: ${i}`,
      ...(dataflow === undefined ? [] : [`dataflow: ${dataflow}`]),
      ...(order === undefined ? [] : [`order: ${order}`]),
      ...(streamTile === undefined ? [] : [`tile: ${streamTile}`]),
    ];
    // A comment ends with the line, whatever the name of the layer is.
    return `  - { ${keys.join(', ')} } # ${layer.replace(/[^\x20-\x7e]/g, '?')}`;
  });
  return ['version: 1', `name: ${JSON.stringify(name)}`, 'layers:', ...lines, ''].join('\n');
}

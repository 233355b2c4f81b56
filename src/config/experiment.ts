import { Type } from '@sinclair/typebox';
import type { YamlDocument } from './document.ts';
import { Version, validate } from './schema.ts';

const strict = { additionalProperties: false } as const;

/** experiments/NAME.yaml */
export const ExperimentSchema = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    accelerator: Type.String({ minLength: 1, description: 'A bundled accelerator, or a path' }),
    workload: Type.String({ minLength: 1, description: 'A bundled network, or a path to a topology file' }),
    batch: Type.Optional(Type.Integer({ minimum: 1, maximum: 4096, description: 'Images an inference processes' })),
    policy: Type.Optional(
      Type.Union(
        [
          Type.String({ minLength: 1 }),
          Type.Object({ name: Type.String({ minLength: 1 }) }, { additionalProperties: true }),
        ],
        {
          description: 'A policy by name or path, or a mapping with its name and parameters; "fixed" by default',
        },
      ),
    ),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 })),
    activity_interval: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Array cycles a row of activity.csv covers' }),
    ),
  },
  { ...strict, $id: 'experiment', title: 'Isotherm experiment' },
);

/** A policy by reference, with the parameters that override those of its file. */
export interface PolicyReference {
  readonly reference: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ExperimentSpec {
  readonly name: string;
  readonly description: string;
  readonly accelerator: string;
  readonly workload: string;
  readonly batch: number;
  readonly policy: PolicyReference;
  readonly seed: number;
  readonly activityInterval: number;
  readonly document: YamlDocument;
}

/** Reads an experiment file; errors are the schema's. */
export function parseExperiment(document: YamlDocument): ExperimentSpec {
  const file = validate(document, ExperimentSchema);
  const policy = file.policy ?? 'fixed';
  const { name: reference, ...parameters } = typeof policy === 'string' ? { name: policy } : policy;
  return {
    name: file.name,
    description: file.description ?? '',
    accelerator: file.accelerator,
    workload: file.workload,
    batch: file.batch ?? 1,
    policy: { reference, parameters },
    seed: file.seed ?? 0,
    activityInterval: file.activity_interval ?? 10_000,
    document,
  };
}

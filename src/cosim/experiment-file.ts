import { Type } from '@sinclair/typebox';
import type { Path, YamlDocument } from '../base/document.ts';
import { fail } from '../base/errors.ts';
import { OneOf, Quantity, Version, validate } from '../base/schema.ts';
import { parseQuantity } from '../base/units.ts';

const strict = { additionalProperties: false } as const;

const PolicyMapping = Type.Object({ name: Type.String({ minLength: 1 }) }, { additionalProperties: true });

const Phase = Type.Object(
  {
    period: Type.Optional(Quantity('time', 'Time from one release to the next; no release in the phase without it')),
    duration: Quantity('time', 'Time that the phase lasts'),
  },
  strict,
);

const Sensor = Type.Object(
  {
    blocks: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description: 'Names; * stands for any characters. All by default',
      }),
    ),
    offset: Type.Optional(Quantity('temperature difference', 'What the sensor always shows too much; 0K by default')),
    noise: Type.Optional(Quantity('temperature difference', 'Standard deviation of its noise; 0K by default')),
    quantum: Type.Optional(Quantity('temperature difference', 'Step to which it rounds; 0K, none, by default')),
    delay: Type.Optional(Quantity('time', 'Age of its readings, in whole epochs; 0s by default')),
  },
  strict,
);

/** A sensor as written. */
export interface SensorFile {
  readonly blocks?: readonly string[];
  readonly offset?: string;
  readonly noise?: string;
  readonly quantum?: string;
  readonly delay?: string;
}

/** The schema of experiments/NAME.yaml. */
export const ExperimentSchema = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    accelerator: Type.String({ minLength: 1, description: 'A bundled accelerator, or a path' }),
    workload: Type.String({
      minLength: 1,
      description: 'A bundled network, or a path to a topology file or an ONNX model',
    }),
    mapping: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Path of a file with dataflow, order of folds and T tile of layers, as `isotherm map` writes it',
      }),
    ),
    dimensions: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 2 ** 31 }), {
        description: 'Sizes of dimensions that an ONNX model leaves open, by name',
      }),
    ),
    product_free: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description:
          'Operators of an ONNX model that hold no products, such as com.example.Silu; the result has the shape of the first input',
      }),
    ),
    batch: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 4096, description: 'Images that one inference processes' }),
    ),
    inferences: Type.Optional(
      Type.Object(
        {
          period: Type.Optional(Quantity('time', 'Time from one release to the next')),
          arrivals: Type.Optional(
            Type.String({ minLength: 1, description: 'CSV whose column time_s holds the releases' }),
          ),
          phases: Type.Optional(
            Type.Array(Phase, {
              minItems: 1,
              description: 'Load that changes: phases in turn, from the first again after the last',
            }),
          ),
          count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9, description: 'Inferences to run' })),
          duration: Type.Optional(Quantity('time', 'Time to simulate')),
        },
        {
          ...strict,
          examples: [{ count: 100 }],
          description:
            'Releases of inferences: back to back without period, arrivals and phases; one inference, or every phase once, without count and duration',
        },
      ),
    ),
    deadline: Type.Optional(Quantity('time', 'Time that an inference may take from its release')),
    epoch: Type.Optional(Quantity('time', 'Time between decisions; 1ms by default')),
    start: Type.Optional(
      OneOf(['ambient', 'steady', 'self-consistent'], 'Temperature at the start; self-consistent by default'),
    ),
    limit: Type.Optional(Quantity('temperature', 'Temperature that no block should exceed; used for the verdict')),
    policy: Type.Optional(
      Type.Union(
        [
          Type.String({ minLength: 1 }),
          PolicyMapping,
          Type.Array(Type.Union([Type.String({ minLength: 1 }), PolicyMapping]), { minItems: 1 }),
        ],
        {
          description:
            'A policy by name or path, a mapping with its name and parameters, or a list of these, highest priority first; "fixed" by default',
        },
      ),
    ),
    sensors: Type.Optional(
      Type.Union([Sensor, Type.Array(Sensor, { minItems: 1 })], {
        description:
          'How the temperature sensors err: one for all blocks, or a list, of which the last that names a block counts',
      }),
    ),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 })),
    activity_interval: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Array cycles that a row of activity.csv covers' }),
    ),
  },
  { ...strict, $id: 'experiment', title: 'Isotherm experiment' },
);

/** A policy by reference, with the parameters that override those of its file, and their path in the experiment. */
export interface PolicyReference {
  readonly reference: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** A stretch of even load that begins with a release. */
export interface PhaseSpec {
  /** Seconds between releases; null for a phase without releases. */
  readonly periodS: number | null;
  readonly durationS: number;
}

/** When inferences are released. Without a period, phases or arrivals each is released when the previous one ends. */
export interface InferencesSpec {
  readonly periodS: number | null;
  /** The phases follow each other and repeat; null if there are none. */
  readonly phases: readonly PhaseSpec[] | null;
  /** The path as written in the file. */
  readonly arrivals: string | null;
  /** Unless there are arrivals, `count` or `durationS` is set. */
  readonly count: number | null;
  readonly durationS: number | null;
}

export interface ExperimentSpec {
  readonly name: string;
  readonly description: string;
  readonly accelerator: string;
  readonly workload: string;
  /** The path of the mapping as written in the file. */
  readonly mapping: string | null;
  /** The sizes for dimensions that an ONNX model leaves open, by name. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** Operators of an ONNX model that compute no products, beyond those already known. */
  readonly productFree: readonly string[];
  readonly batch: number;
  readonly inferences: InferencesSpec;
  readonly deadlineS: number | null;
  readonly epochS: number;
  readonly start: 'ambient' | 'steady' | 'self-consistent';
  readonly limitK: number | null;
  /** The policies, highest priority first. */
  readonly policies: readonly PolicyReference[];
  /** As written, with the path of each. */
  readonly sensors: readonly { readonly file: SensorFile; readonly path: Path }[];
  readonly seed: number;
  readonly activityInterval: number;
  readonly document: YamlDocument;
}

/** Error `unknown-key`: inferences are released in one way. */
function checkOneRelease(inferences: Readonly<Record<string, unknown>>, document: YamlDocument): void {
  const [way, other] = ['period', 'phases', 'arrivals'].filter((key) => inferences[key] !== undefined);
  if (other === undefined) return;
  fail('unknown-key', `inferences have "${way}" or "${other}", not both`, {
    span: document.keySpan(['inferences', way]),
    expected: 'one of the two; --set "inferences={period: 4ms}" leaves no other',
  });
}

/**
 * Reads an experiment file. Errors: those of the schema; `out-of-range` for a time of zero, or phases without a release;
 * `unknown-key` for two of period, phases and arrivals.
 */
export function parseExperiment(document: YamlDocument): ExperimentSpec {
  const file = validate(document, ExperimentSchema);
  const time = (text: string | undefined, path: Path): number | null => {
    if (text === undefined) return null;
    const seconds = parseQuantity(text, 'time');
    if (seconds > 0) return seconds;
    return fail('out-of-range', `"${path.join('.')}" is ${text}`, {
      span: document.span(path),
      expected: 'more than zero',
    });
  };
  const { period, arrivals, count, duration } = file.inferences ?? {};
  checkOneRelease(file.inferences ?? {}, document);
  const phases = file.inferences?.phases?.map((phase, i) => ({
    periodS: time(phase.period, ['inferences', 'phases', i, 'period']),
    durationS: time(phase.duration, ['inferences', 'phases', i, 'duration'])!,
  }));
  if (phases?.every(({ periodS }) => periodS === null)) {
    fail('out-of-range', 'no phase has a period, so nothing is released', {
      span: document.span(['inferences', 'phases']),
      expected: 'a phase with a period, such as { period: 5ms, duration: 1s }',
    });
  }
  const open = arrivals === undefined && duration === undefined;
  const onceS = phases && count === undefined ? phases.reduce((sum, phase) => sum + phase.durationS, 0) : null;
  return {
    name: file.name,
    description: file.description ?? '',
    accelerator: file.accelerator,
    workload: file.workload,
    mapping: file.mapping ?? null,
    dimensions: file.dimensions ?? {},
    productFree: file.product_free ?? [],
    batch: file.batch ?? 1,
    inferences: {
      periodS: time(period, ['inferences', 'period']),
      phases: phases ?? null,
      arrivals: arrivals ?? null,
      count: count ?? (open && !phases ? 1 : null),
      durationS: time(duration, ['inferences', 'duration']) ?? onceS,
    },
    deadlineS: time(file.deadline, ['deadline']),
    epochS: time(file.epoch, ['epoch']) ?? 1e-3,
    start: file.start ?? 'self-consistent',
    limitK: file.limit === undefined ? null : parseQuantity(file.limit, 'temperature'),
    policies: policyReferences(file.policy ?? 'fixed'),
    sensors: Array.isArray(file.sensors)
      ? file.sensors.map((one: SensorFile, i: number) => ({ file: one, path: ['sensors', i] }))
      : file.sensors
        ? [{ file: file.sensors as SensorFile, path: ['sensors'] }]
        : [],
    seed: file.seed ?? 0,
    activityInterval: file.activity_interval ?? 10_000,
    document,
  };
}

/** The policies of an experiment file that may be wrong elsewhere; undefined if the policies themselves are malformed. */
export function policiesIn({ value }: YamlDocument): PolicyReference[] | undefined {
  const { policy = undefined } = Object(value) as { policy?: unknown };
  const all = Array.isArray(policy) ? policy : [policy];
  const isName = (name: unknown): boolean => typeof name === 'string' && name !== '';
  const areAll = all.every((one) => isName(one) || isName((one as { name?: unknown } | null | undefined)?.name));
  return areAll ? policyReferences(policy as PolicyEntry | readonly PolicyEntry[]) : undefined;
}

type PolicyEntry = string | { readonly name: string; readonly [parameter: string]: unknown };

function policyReferences(policy: PolicyEntry | readonly PolicyEntry[]): PolicyReference[] {
  const one = (entry: PolicyEntry, path: Path): PolicyReference => {
    if (typeof entry === 'string') return { reference: entry, parameters: {}, path };
    const { name: reference, ...parameters } = entry;
    return { reference, parameters, path };
  };
  if (!isList(policy)) return [one(policy, ['policy'])];
  return policy.map((entry, i) => one(entry, ['policy', i]));
}

function isList(policy: PolicyEntry | readonly PolicyEntry[]): policy is readonly PolicyEntry[] {
  return Array.isArray(policy);
}

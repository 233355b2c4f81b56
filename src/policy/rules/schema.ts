import { type TSchema, Type } from '@sinclair/typebox';
import { OneOf, Quantity, SignedQuantity } from '../../base/schema.ts';
import { Idle } from '../candidates.ts';
import { DOMAIN_STATES, type DomainState, type IdleState } from '../states/states.ts';

const strict = { additionalProperties: false } as const;

const Names = (description: string) =>
  Type.Unsafe<string | readonly string[]>({
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
    ],
    description,
  });

const Share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const Count = (description: string) => Type.Integer({ minimum: 0, maximum: 1e9, description });
const Positive = (description: string) => Type.Number({ minimum: 0, maximum: 1e9, description });

const BLOCKS = {
  of: Type.Optional(Names('Blocks by name; * stands for any characters. Those of the region, or all, by default')),
};
const TAKE = { take: Type.Optional(OneOf(['highest', 'lowest', 'mean'], 'Of several blocks; highest by default')) };
const USER = {
  of: Type.Optional(
    Names('Domains or components by name; * stands for any characters. The domain that is decided by default'),
  ),
};

/** A comparison of one reading: its bounds, and what it is a reading of. `distance` has the unit of a hysteresis. */
function comparison(what: string, bound: Bound, more: Record<string, TSchema> = {}, distance = bound): TSchema {
  return Type.Object(
    {
      ...more,
      above: Type.Optional(bound('Holds above this')),
      at_least: Type.Optional(bound('Holds from this on')),
      below: Type.Optional(bound('Holds below this')),
      at_most: Type.Optional(bound('Holds up to this')),
      hysteresis: Type.Optional(
        distance('Once it holds, it holds until the reading lies further than this on the other side of its bound'),
      ),
    },
    { ...strict, minProperties: 1, description: what },
  );
}

type Bound = (description: string) => TSchema;

const kelvin: Bound = (text) => Quantity('temperature difference', text);
const kelvinSigned: Bound = (text) => SignedQuantity('temperature difference', text);
const celsius: Bound = (text) => Quantity('temperature', text);
const watts: Bound = (text) => Quantity('power', text);
const hertz: Bound = (text) => Quantity('frequency', text);
const seconds: Bound = (text) => Quantity('time', text);
const secondsSigned: Bound = (text) => SignedQuantity('time', text);

/** The readings that a condition may compare, by name. readings.ts computes them. */
export const COMPARISONS = {
  temperature: comparison('Sensor readings of blocks', celsius, { ...BLOCKS, ...TAKE }, kelvin),
  rise: comparison('Its change over the last epoch', kelvinSigned, { ...BLOCKS, ...TAKE }, kelvin),
  headroom: comparison("The experiment's limit, else 85 C, less the highest reading", kelvinSigned, BLOCKS, kelvin),
  excess: comparison('The highest reading less the mean over the die', kelvinSigned, BLOCKS, kelvin),
  predicted: comparison(
    'Temperature that the sensors are expected to show an epoch later, at the present points',
    celsius,
    { ...BLOCKS, ...TAKE },
    kelvin,
  ),
  power: comparison('Power of the blocks together, mean of the last epoch', watts, BLOCKS),
  utilisation: comparison('Share of the last epoch in which it worked; the busiest of several', Share, USER),
  stall: comparison('Share of the last epoch in which it waited; the longest of several', Share, USER),
  idle: comparison('Share of the last epoch without work; the longest of several', Share, USER),
  action_rate: comparison('Actions per second of the components together, mean of the last epoch', hertz, {
    of: Names('Components by name; * stands for any characters'),
  }),
  clock: comparison('The present clock of a domain', hertz, {
    of: Type.Optional(Type.String({ minLength: 1, description: 'The domain that is decided by default' })),
  }),
  queue: comparison('Released inferences that wait', Count),
  slack: comparison('Time left to the deadline after the rest of the inference', secondsSigned, {}, seconds),
  last_slack: comparison('Deadline less end of the inference that ended last', secondsSigned, {}, seconds),
  progress: comparison('Finished share of the running inference', Share),
  progress_ratio: comparison('Progress over the share of the deadline that has passed; 1 is on time', Positive),
  layer: comparison('Index of the layer that runs, from 0', Count),
  time: comparison('Simulated time', seconds),
} as const;

export type ReadingName = keyof typeof COMPARISONS;

/** A comparison as written. */
export interface ComparisonFile {
  readonly of?: string | readonly string[];
  readonly take?: 'highest' | 'lowest' | 'mean';
  readonly above?: string | number;
  readonly at_least?: string | number;
  readonly below?: string | number;
  readonly at_most?: string | number;
  readonly hysteresis?: string | number;
}

/** A condition as written: all of its parts hold. */
export type ConditionFile = { readonly [reading in ReadingName]?: ComparisonFile } & {
  readonly running?: boolean;
  readonly all?: readonly ConditionFile[];
  readonly any?: readonly ConditionFile[];
  readonly not?: ConditionFile;
};

/** Lists of conditions and rules are bounded, so that no file takes minutes. */
const MOST_IN_LIST = 200;

const ConditionPart = Type.Unsafe<ConditionFile>({ $ref: '#/$defs/condition' });
const Conditions = (description: string) =>
  Type.Array(ConditionPart, { minItems: 1, maxItems: MOST_IN_LIST, description });

/** What `$ref` names in a schema with rules. */
export const RULE_PARTS = {
  condition: Type.Object(
    {
      ...Object.fromEntries(Object.entries(COMPARISONS).map(([name, schema]) => [name, Type.Optional(schema)])),
      running: Type.Optional(Type.Boolean({ description: 'Whether an inference runs' })),
      all: Type.Optional(Conditions('Each of these holds')),
      any: Type.Optional(Conditions('At least one of these holds')),
      not: Type.Optional(Type.Unsafe<ConditionFile>({ $ref: '#/$defs/condition' })),
    },
    { ...strict, minProperties: 1 },
  ),
};

const Steps = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description }));
const Point = (description: string) => Type.String({ minLength: 1, description });

const ActionSchema = Type.Object(
  {
    domains: Type.Optional(Names('Domains that it decides; * stands for any characters. All by default')),
    lower: Steps('Points to go down, once an epoch'),
    raise: Steps('Points to go up, once an epoch'),
    point: Type.Optional(Point('The point to take: lowest, nominal, highest, or a clock such as 600MHz')),
    range: Type.Optional(
      Type.Array(Point('lowest, nominal, highest, or a clock'), {
        minItems: 2,
        maxItems: 2,
        description: 'Lowest and highest point; the policies below choose between them',
      }),
    ),
    cap: Type.Optional(Point('The highest point allowed: lowest, nominal, highest, or a clock')),
    keep: Type.Optional(Type.Literal(true, { description: 'The point, or the limit of a cap, stays' })),
    idle: Type.Optional(Idle),
    states: Type.Optional(
      Type.Object(
        {
          idle: Type.Optional(OneOf(DOMAIN_STATES, 'Without work')),
          barrier: Type.Optional(OneOf(DOMAIN_STATES, 'While its array waits for the others')),
          unused_pes: Type.Optional(OneOf(['on', 'off'], 'Rows and columns of PEs that a layer does not use')),
        },
        { ...strict, minProperties: 1, description: 'States of the domains while they have nothing to do' },
      ),
    ),
    power_cap: Type.Optional(
      Quantity('power', 'Most predicted power: of all together with DRAM, or of each of the `domains`'),
    ),
  },
  { ...strict, minProperties: 1 },
);

const Epochs = (description: string) => Type.Integer({ minimum: 0, maximum: 1_000_000, description });

const RuleSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, description: 'Its name in events' })),
    for_each: Type.Optional(
      OneOf(['region'], 'region: the rule applies to each domain with blocks by itself, and reads those blocks'),
    ),
    when: Type.Optional(Type.Unsafe<ConditionFile>({ $ref: '#/$defs/condition' })),
    // biome-ignore lint/suspicious/noThenProperty: the word of the format.
    then: ActionSchema,
    residency: Type.Optional(Epochs('Least number of epochs from a change by this rule to the next change')),
    urgent: Type.Optional(Type.Boolean({ description: 'true: it does not wait for the residency of others' })),
  },
  strict,
);

/** The keys of a policy made of rules. */
export const RULES = {
  role: Type.Optional(
    OneOf(['choice', 'cap', 'deadline'], 'choice: it picks points; cap: it only limits those of others'),
  ),
  at: Type.Optional(
    Type.Array(OneOf(['start', 'end', 'layer', 'release', 'barrier', 'transition-end'], 'A trigger'), {
      minItems: 1,
      uniqueItems: true,
      description: 'When to look besides every epoch',
    }),
  ),
  residency: Type.Optional(Epochs('The residency of rules without their own; 0 by default')),
  rules: Type.Array(RuleSchema, {
    minItems: 1,
    maxItems: MOST_IN_LIST,
    description: 'For each domain, the first rule whose condition holds decides',
  }),
};

/** An action as written. */
export interface ActionFile {
  readonly domains?: string | readonly string[];
  readonly lower?: number;
  readonly raise?: number;
  readonly point?: string;
  readonly range?: readonly string[];
  readonly cap?: string;
  readonly keep?: true;
  readonly idle?: IdleState;
  readonly states?: {
    readonly idle?: DomainState;
    readonly barrier?: DomainState;
    readonly unused_pes?: 'on' | 'off';
  };
  readonly power_cap?: string;
}

/** A rule as written. */
export interface RuleFile {
  readonly name?: string;
  readonly for_each?: 'region';
  readonly when?: ConditionFile;
  readonly then: ActionFile;
  readonly residency?: number;
  readonly urgent?: boolean;
}

/** A policy of rules as written. */
export interface RulesFile {
  readonly role?: 'choice' | 'cap' | 'deadline';
  readonly at?: readonly ('start' | 'end' | 'layer' | 'release' | 'barrier' | 'transition-end')[];
  readonly residency?: number;
  readonly rules: readonly RuleFile[];
}

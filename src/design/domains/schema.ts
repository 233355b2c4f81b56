import { Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';

const strict = { additionalProperties: false } as const;

const Share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const Source = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'Where the figures come from; without it every result prints them as an assumption',
  }),
);

const Waking = {
  wake_time: Type.Optional(Quantity('time', 'Time from the need of the domain until it can work; 0s by default')),
  wake_energy: Type.Optional(Quantity('energy', 'Energy of waking; 0J by default')),
  source: Source,
};

const Reload = Type.Optional(
  Quantity('capacity', 'What DRAM delivers on every waking because nothing else fetches it; 0B by default'),
);

const ClockGated = Type.Object(
  { ...Waking, clock: Type.Optional(Share("Part of the waiting clock's energy that is left; 0 by default")) },
  { ...strict, description: 'The clock stands; available without this too, at no cost' },
);

/** The states of a domain of the die. */
export const DomainStates = Type.Object(
  {
    'clock-gated': Type.Optional(ClockGated),
    retention: Type.Optional(
      Type.Object(
        { ...Waking, leakage: Share('Part of the leakage that is left') },
        { ...strict, description: 'The supply just keeps the words of the memories' },
      ),
    ),
    off: Type.Optional(
      Type.Object(
        { ...Waking, leakage: Share('Part of the leakage that is left'), reload: Reload },
        { ...strict, description: 'The supply is switched off; the scratchpads of the domain lose their words' },
      ),
    ),
  },
  {
    ...strict,
    description:
      'States of the domain while it has nothing to do, with their costs. A domain without this key may be off at no cost but 5 % of its leakage',
  },
);

/** Rows and columns of PEs that a layer does not use. */
export const UnusedPes = Type.Object(
  { ...Waking, leakage: Share('Part of the leakage of a PE that is left') },
  {
    ...strict,
    description:
      'Rows and columns of PEs that a layer does not use may be off. `wake_time` delays a layer that uses more of them than the one before, `wake_energy` is that of one PE',
  },
);

/** The costs of changing the operating point. */
export const Transition = Type.Object(
  {
    relock: Type.Optional(Quantity('time', 'Time in which the clock stands still while the PLL locks; 5us by default')),
    slew: Type.Optional(
      Quantity('voltage slew', 'Rate at which the regulator changes the voltage; 10mV/us by default'),
    ),
    capacitance: Type.Optional(
      Quantity('capacitance', 'Capacitance C of the rail, charged and discharged; 100nF by default'),
    ),
    loss: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'Energy of a voltage change as a multiple of C |V1^2 - V2^2|; 1 by default',
      }),
    ),
  },
  strict,
);

const DramPoint = Type.Object(
  {
    frequency: Quantity('frequency', 'Clock'),
    voltage: Quantity('voltage', 'Supply at that clock'),
    bandwidth: Quantity('bandwidth in bytes', 'Sustained bandwidth, reads and writes together'),
    latency: Quantity('time', 'Time from a request to its first word'),
    background_power: Quantity('power', 'Power that DRAM draws all the time'),
  },
  strict,
);

/** DRAM: one bandwidth, or several operating points that policies choose among as the domain `dram`. */
export const Dram = Type.Object(
  {
    bandwidth: Type.Optional(Quantity('bandwidth in bytes', 'Sustained bandwidth, reads and writes together')),
    latency: Type.Optional(Quantity('time', 'Time from a request to its first word')),
    background_power: Type.Optional(Quantity('power', 'Power that DRAM draws all the time')),
    component: Type.String({ description: 'Component of the architecture that takes the background power' }),
    operating_points: Type.Optional(
      Type.Array(DramPoint, {
        minItems: 1,
        description:
          'Slowest first, in place of bandwidth, latency and background_power: DRAM is then the domain `dram`',
      }),
    ),
    nominal: Type.Optional(
      Quantity('frequency', 'Clock that applies unless a policy chooses another; the fastest by default'),
    ),
    transition: Type.Optional(Transition),
    states: Type.Optional(
      Type.Object(
        {
          'clock-gated': Type.Optional(
            Type.Object(
              { ...Waking, background: Share('Part of the background power that is left') },
              { ...strict, description: 'Power-down: the clock stands' },
            ),
          ),
          retention: Type.Optional(
            Type.Object(
              { ...Waking, background: Share('Part of the background power that is left') },
              { ...strict, description: 'Self-refresh' },
            ),
          ),
        },
        { ...strict, description: 'States of DRAM while no inference runs. It is never off, as it holds the network' },
      ),
    ),
  },
  strict,
);

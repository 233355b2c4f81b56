import { type Static, Type } from '@sinclair/typebox';
import { OneOf, Quantity, Version } from '../base/schema.ts';
import { MEMORY_CHOICES } from '../systolic/index.ts';
import { DomainStates, Dram, Transition, UnusedPes } from './domains/schema.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 1, maximum: 65536, description });
const DomainName = Type.String({ minLength: 1, description: 'Clock and voltage domain, one of `domains`' });

const Partitions = Type.Object(
  {
    rows: count('Rows of arrays'),
    columns: count('Columns of arrays'),
    split: Type.Optional(
      OneOf(
        ['spatial', 'spatio-temporal-columns', 'spatio-temporal-rows'],
        'Axes of the product that are cut into parts for the arrays. spatial (default): those along the rows and columns of an array; spatio-temporal-columns: time and columns; spatio-temporal-rows: rows and time',
      ),
    ),
  },
  {
    ...strict,
    description:
      'Equal arrays side by side, each with its own scratchpads; {array} in names stands for 0, 1 ... row by row',
  },
);

const Scratchpad = Type.Object(
  {
    capacity: Quantity('capacity', 'Size of the scratchpad'),
    port: Quantity('width', 'Bits that the array side moves in one cycle of the scratchpad clock'),
    domain: DomainName,
  },
  strict,
);

const OperatingPointEntry = Type.Object(
  { frequency: Quantity('frequency', 'Clock'), voltage: Quantity('voltage', 'Least supply at that clock') },
  strict,
);

const Domain = Type.Object(
  {
    operating_points: Type.Optional(
      Type.Array(OperatingPointEntry, {
        minItems: 1,
        description: 'Slowest first; voltages never fall',
      }),
    ),
    points_of: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Instead of `operating_points`: those of a chip, such as rk3588-npu; `isotherm list operating-points` shows all',
      }),
    ),
    nominal: Type.Optional(
      Quantity('frequency', 'Clock that applies unless a policy chooses another; the fastest by default'),
    ),
    rail: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Supply rail; it stands at the highest voltage that one of its domains needs. Each domain has its own rail by default',
      }),
    ),
    transition: Type.Optional(Transition),
    states: Type.Optional(DomainStates),
  },
  strict,
);

const Binding = Type.Object(
  {
    domain: Type.Optional(DomainName),
    off_die: Type.Optional(
      Type.Boolean({
        description: 'true: the component has no domain and no block, and its energy does not scale with a rail',
      }),
    ),
    block: Type.Optional(
      Type.String({
        description:
          'Floorplan block the component sits in; a pattern with tiles, pe_{row}_{column}, and with partitions, {array}',
      }),
    ),
    tiles: Type.Optional(
      Type.Object(
        { rows: count('Blocks along the rows of PEs'), columns: count('Blocks along the columns of PEs') },
        { ...strict, description: 'Splits the PE array into a grid of blocks' },
      ),
    ),
    pipelined: Type.Optional(
      Type.Boolean({
        description:
          'true: its memories start an access in every cycle, however long an access lasts; false by default',
      }),
    ),
    actions: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: 'Number of each action, as a linear expression of the simulator counters',
    }),
  },
  strict,
);

/** The schema of accelerators/NAME/accelerator.yaml. */
export const AcceleratorSchema = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    array: Type.Object(
      {
        rows: count('Rows of PEs'),
        columns: count('Columns of PEs'),
        dataflow: Type.String(),
        domain: DomainName,
        partitions: Type.Optional(Partitions),
        unused_pes: Type.Optional(UnusedPes),
      },
      strict,
    ),
    words: Type.Object(
      {
        ifmap: Quantity('width', 'Width of an ifmap word'),
        filter: Quantity('width', 'Width of a filter word'),
        ofmap: Quantity('width', 'Width of a result'),
        psum: Quantity('width', 'Width of a partial sum in the ofmap scratchpad'),
      },
      strict,
    ),
    scratchpads: Type.Object({ ifmap: Scratchpad, filter: Scratchpad, ofmap: Scratchpad }, strict),
    psum: Type.Optional(
      OneOf(['accumulate', 'spill'], 'Partial sums that do not fit: cut T into tiles, or pass them through DRAM'),
    ),
    prefetch_across_layers: Type.Optional(
      Type.Boolean({
        description:
          'Whether the first words of a layer arrive while the layer before computes; of several arrays the filters do, under next-use retention',
      }),
    ),
    memory: Type.Optional(
      Type.Object(
        {
          retention: Type.Optional(
            OneOf(
              MEMORY_CHOICES.retention,
              'Words that stay: those consecutive folds share, or those that come back soonest',
            ),
          ),
          order: Type.Optional(
            OneOf(MEMORY_CHOICES.order, 'Order of the folds: always one, or that which fetches the least'),
          ),
          lookahead: Type.Optional(
            OneOf(MEMORY_CHOICES.lookahead, 'How far DRAM works ahead: one fold, or as far as there is space'),
          ),
          keep_results: Type.Optional(
            Type.Boolean({
              description: 'Whether results that fit stay in the ofmap scratchpad as the ifmap of the next layer',
            }),
          ),
        },
        { ...strict, description: 'What stays in the scratchpads, and when it is fetched' },
      ),
    ),
    dram: Dram,
    domains: Type.Record(Type.String(), Domain, { minProperties: 1 }),
    rails: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ voltage: Quantity('voltage', 'Voltage that the rail always has') }, strict),
        { description: 'Rails of a fixed voltage, by name; {array} in a name stands for 0, 1 ...' },
      ),
    ),
    idle_clock: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Energy of an array cycle spent waiting, as a share of that of a cycle in which all PEs work; 0.25 by default',
      }),
    ),
    thermal: Type.Optional(
      Type.Object(
        {
          floorplan: Type.String({
            minLength: 1,
            description: "HotSpot floorplan (.flp) of the die; `auto` makes one from the components' areas",
          }),
          package: Type.Optional(
            Type.String({
              minLength: 1,
              description:
                "HotSpot configuration (.config) of the package; without it the package has HotSpot's defaults",
            }),
          ),
          grid: Type.Optional(
            Type.Object(
              { rows: count('Cells along y'), columns: count('Cells along x') },
              { ...strict, description: '64 x 64 by default' },
            ),
          ),
          filler: Type.Optional(
            Type.Union([
              Type.Array(Type.String(), {
                description:
                  'Blocks that dissipate nothing; with `floorplan: auto` they are left out, as they have no area',
              }),
              Type.Record(Type.String(), Quantity('area', 'Area of the block in an automatic floorplan'), {
                description: 'Blocks that dissipate nothing, each with the area that `floorplan: auto` gives it',
              }),
              Quantity('area', 'With `floorplan: auto`: area of one block "filler" beside the components'),
            ]),
          ),
          compat: Type.Optional(OneOf(['hotspot'], "HotSpot's network instead of the physical one")),
        },
        { ...strict, description: 'Floorplan and package; without them the die has one constant temperature' },
      ),
    ),
    leakage: Type.Optional(
      Type.Object(
        {
          voltage: Type.Optional(
            OneOf(
              ['exponential', 'linear'],
              'exponential (default): leakage current grows by `slope` with the voltage; linear: it does not depend on it, so that power is proportional to the voltage',
            ),
          ),
          slope: Type.Optional(
            Quantity('slope per volt', 'd ln(current) / dV of all cells and logic; 2.6/V by default, which is assumed'),
          ),
        },
        { ...strict, description: 'How leakage depends on the supply voltage' },
      ),
    ),
    die_temperature: Type.Optional(
      Quantity('temperature', 'Temperature of the die for leakage if there is no floorplan; 60C by default'),
    ),
    architecture: Type.Optional(
      Type.String({ description: 'Accelergy architecture file; architecture.yaml by default' }),
    ),
    ert: Type.Optional(
      Type.Object(
        {
          file: Type.String({ minLength: 1, description: 'Energy reference table of Accelergy (ERT.yaml)' }),
          area: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'Area reference table of Accelergy (ART.yaml); that of the estimators by default',
            }),
          ),
          voltage: Type.Optional(
            Quantity(
              'voltage',
              'Supply at which its energies hold: they grow with the square of the voltage; without it they are the same at any',
            ),
          ),
        },
        { ...strict, description: 'Energies that Accelergy made, instead of those of the estimators' },
      ),
    ),
    tables: Type.Optional(
      Type.Array(Type.String(), { description: 'Folders of technology tables that come before the bundled ones' }),
    ),
    bindings: Type.Record(Type.String(), Binding),
    assumptions: Type.Optional(
      Type.Array(Type.String(), { description: 'Assumptions without a source; every result prints them' }),
    ),
  },
  { ...strict, $id: 'accelerator', title: 'Isotherm accelerator' },
);

/** The content of a file that matches the schema. */
export type AcceleratorFile = Static<typeof AcceleratorSchema>;

import type { DeadlineResult, InferenceLog, LayerResult, RunEvent, RunResult, Trace } from '../../src/cosim/result.ts';
import { reportData } from '../../src/report/data/index.ts';
import type { ReportData } from '../../src/report/data/report-data.ts';
import { type Block, type Floorplan, makeFloorplan } from '../../src/thermal/floorplan/floorplan.ts';

/** What made-up runs may differ in. */
export interface Shape {
  readonly epochs?: number;
  readonly domains?: number;
  readonly layers?: number;
  readonly components?: number;
  readonly blocks?: number;
  readonly inferences?: number;
  readonly events?: number;
  readonly thermal?: boolean;
  readonly deadline?: boolean;
  /** All energies and powers times this. */
  readonly energy?: number;
  /** Put around every name. */
  readonly odd?: string;
}

const EPOCH_S = 1e-3;
const CELLS = 32;

/** What a report shows of a made-up run, smooth where it is looked at and with every kind of value. */
export function madeUp(shape: Shape = {}, change: Partial<RunResult> = {}): ReportData {
  return reportData({ ...madeUpResult(shape), ...change }, { inputsHash: 'hash' });
}

export function madeUpResult(shape: Shape): RunResult {
  const { epochs = 800, domains = 2, components = 6, thermal = true, deadline = true, energy = 1, odd = '' } = shape;
  const names = (count: number, of: readonly string[]): string[] =>
    Array.from({ length: count }, (_, i) => `${odd}${of[i] ?? `${of[0]}_${i}`}${odd}`);
  const componentNames = names(components, ['pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'noc', 'dram']);
  const layers = madeUpLayers(shape, componentNames.length);
  const trace = madeUpTrace(shape);
  const simulatedS = epochs * EPOCH_S;
  const componentJ = Float64Array.from(componentNames, (_, c) => layers.reduce((sum, l) => sum + l.componentJ[c], 0));
  const total = trace.totalW.reduce((sum, w) => sum + w * EPOCH_S, 0);
  const inferences = madeUpInferences(shape, simulatedS);
  const result = {
    experiment: madeUpExperiment(shape, componentNames, trace.powerW.length),
    schedules: layers.map(({ cycles, name }) => ({ cycles, layer: { name }, parts: [] })),
    policy: 'throttle > governor',
    targets: [],
    marksK: thermal
      ? [
          { policy: `${odd}governor${odd}`, temperatureK: 273.15 + 70 },
          { policy: 'throttle', temperatureK: 273.15 + 82 },
        ]
      : [],
    domains: names(domains, ['core', 'memory']),
    components: componentNames,
    start: thermal ? { mode: 'self-consistent', iterations: 4, residualK: 0.013, converged: true } : null,
    epochS: EPOCH_S,
    simulatedS,
    trace,
    events: madeUpEvents(shape, simulatedS),
    inferences,
    layers,
    macs: 1.81e9,
    energyJ: {
      total,
      dynamic: 0.5 * total,
      idle: 0.1 * total,
      leakage: 0.2 * total,
      dram: 0.19 * total,
      transition: 0.01 * total,
    },
    componentJ,
    transitions: 37,
    thermal: thermal ? madeUpThermal(shape, trace) : null,
    deadline: deadline ? madeUpDeadline(inferences) : null,
    conservation: { energyRelative: 3.1e-15 * energy, heatRelative: thermal ? 2.2e-9 : null, macsDifference: 0 },
  };
  return result as unknown as RunResult;
}

const ARRAY = { rows: 128, columns: 128, dataflow: 'ws' };

function madeUpExperiment(shape: Shape, componentNames: readonly string[], blocks: number) {
  const { thermal = true, odd = '' } = shape;
  const spec = {
    name: 'edge-npu',
    array: ARRAY,
    partitions: { rows: 1, columns: 1 },
    arrays: [{ array: `${odd}core${odd}` }],
    domains: [
      {
        name: `${odd}core${odd}`,
        rail: 'vdd',
        points: [
          { frequencyHz: 6e8, voltageV: 0.7 },
          { frequencyHz: 1e9, voltageV: 0.9 },
        ],
      },
    ],
    dram: { bytesPerS: 8e9 },
    assumptions: [`${odd}leakage is that of 300 K${odd}`, 'no retention below 0.5 V'],
    idleClock: 0.25,
    dieTemperatureK: 350,
    // As the places below: the last component is off the die.
    bindings: Object.fromEntries(
      componentNames.map((name, c) => [name, { domain: c === componentNames.length - 1 ? null : `${odd}core${odd}` }]),
    ),
    thermal: thermal ? { floorplan: 'chip.flp' } : null,
  };
  const part = { path: '', class: 'mac', action: 'mac', energyJ: 1e-12, source: `${odd}a table${odd}` };
  return {
    spec: { name: `${odd}hot-edge${odd}`, description: `${odd}A made-up run for looking at${odd}`, seed: 0, batch: 1 },
    workload: { name: 'resnet50', omitted: [] },
    design: {
      spec,
      pes: 128 * 128,
      leakage: { assumptions: [] },
      die: thermal ? { floorplan: madeUpFloorplan(shape) } : null,
      written: {
        ert: { components: [{ component: { name: 'pe' }, actions: [{ action: 'mac', parts: [part] }] }] },
        spec,
      },
      ert: {
        components: componentNames.map((name, c) => ({
          component: { name, count: 4 },
          areaM2: c === componentNames.length - 1 ? 0 : 1e-7 * (c + 1),
        })),
      },
      writtenNames: componentNames,
      places: madeUpPlaces(componentNames.length, blocks),
    },
  };
}

/** The last component is off the die, the one before it on all blocks that are left. */
function madeUpPlaces(components: number, blocks: number) {
  const all = Array.from({ length: blocks }, (_, i) => i);
  return Array.from({ length: components }, (_, c) => ({
    blocks: c === components - 1 ? [] : all.filter((b) => Math.min(b, components - 2) === c),
  }));
}

function madeUpLayers({ layers = 12, energy = 1, odd = '' }: Shape, components: number): LayerResult[] {
  return Array.from({ length: layers }, (_, i) => {
    const componentJ = Float64Array.from(
      { length: components },
      (_, c) => energy * 1e-4 * (1 + Math.sin(i + c) ** 2) * (1 + c) * (1 + (i % 5)),
    );
    return {
      name: `${odd}conv${i}_a_long_name_of_a_layer${odd}`,
      macs: 1e8,
      cycles: 1e5,
      timeS: 2e-4,
      stallS: 1e-5,
      waitsFor: 'array' as const,
      foldOrder: null,
      utilisation: 0.8,
      dramBytes: 1e6,
      componentJ,
      idleJ: componentJ.map((joules) => joules * 0.1),
      leakageJ: componentJ.map((joules) => joules * 0.2),
      energyJ: componentJ.reduce((sum, joules) => sum + joules, 0),
    };
  });
}

function blockName(i: number, odd: string): string {
  return `${odd}${['array', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'noc', 'ctrl'][i] ?? `unit_${i}`}${odd}`;
}

function column(length: number, value: (epoch: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, epoch) => value(epoch));
}

function madeUpTrace({ epochs = 800, domains = 2, thermal = true, blocks: all = 6, energy = 1 }: Shape): Trace {
  const blocks = thermal ? all : 1;
  const durationS = column(epochs, () => EPOCH_S);
  const phase = (epoch: number): number => (epoch / epochs) * 2 * Math.PI;
  const works = (epoch: number): boolean => epoch % 40 < 30;
  const fast = (epoch: number): boolean => Math.sin(3 * phase(epoch)) > -0.3;
  const powerW = Array.from({ length: blocks }, (_, b) =>
    column(epochs, (e) => (energy * ((works(e) ? 1 : 0.2) * (fast(e) ? 1.6 : 1) * (2 + Math.sin(phase(e))))) / (b + 1)),
  );
  const offDieW = column(epochs, (e) => (works(e) ? 0.8 : 0.1) * energy);
  return {
    epochs,
    timeS: column(epochs, (e) => (e + 1) * EPOCH_S),
    durationS,
    inference: Int32Array.from({ length: epochs }, (_, e) => Math.floor(e / 40)),
    layer: Int32Array.from({ length: epochs }, (_, e) => (works(e) ? e % 40 : -1)),
    domains: Array.from({ length: domains }, (_, d) => ({
      frequencyHz: column(epochs, (e) => (fast(e) ? 1e9 : 6e8) / (d + 1)),
      voltageV: column(epochs, (e) => (fast(e) ? 0.9 : 0.7) - 0.05 * d),
      busy: column(epochs, (e) => (works(e) ? 0.7 : 0)),
      stall: column(epochs, (e) => (works(e) ? 0.25 : 0)),
      idle: column(epochs, (e) => (works(e) ? 0 : 0.99)),
      dead: column(epochs, (e) => (works(e) ? 0.05 : 0.01)),
    })),
    powerW,
    temperatureK: thermal
      ? Array.from({ length: blocks }, (_, b) =>
          column(
            epochs,
            (e) => 273.15 + 60 + 25 / (1 + 0.2 * b) + 3 * Math.sin(phase(e)) + 1.5 * Math.sin(31 * phase(e)),
          ),
        )
      : [],
    offDieW,
    totalW: column(epochs, (e) => powerW.reduce((sum, w) => sum + w[e], offDieW[e])),
  };
}

function madeUpInferences({ inferences = 20 }: Shape, simulatedS: number): InferenceLog {
  // The last one is released so late that its deadline is after the run.
  const period = simulatedS / Math.max(1, inferences - 0.5);
  const releaseS = column(inferences, (i) => i * period);
  return {
    completed: inferences > 1 ? inferences - 1 : inferences,
    releaseS,
    startS: releaseS,
    endS: column(inferences, (i) =>
      i === inferences - 1 && inferences > 1
        ? Number.NaN
        : i * period + Math.min(simulatedS, i % 7 === 3 ? 37.2e-3 : 28e-3),
    ),
    layers: [],
    layerEndS: new Float64Array(),
  };
}

const LIMIT_S = 33e-3;

function madeUpDeadline({ releaseS, endS }: InferenceLog): DeadlineResult {
  const slackS = Array.from(releaseS, (release, i) => release + LIMIT_S - endS[i]).filter((s) => !Number.isNaN(s));
  return {
    limitS: LIMIT_S,
    misses: slackS.filter((s) => s < 0).length,
    worstSlackS: slackS.length > 0 ? Math.min(...slackS) : null,
  };
}

function madeUpEvents({ events = 60, odd = '' }: Shape, simulatedS: number): RunEvent[] {
  return Array.from({ length: events }, (_, i) => ({
    timeS: (simulatedS * i) / events,
    kind: i % 20 === 7 ? 'conflict' : i % 2 === 0 ? 'decision' : 'transition',
    policy: i % 3 === 0 ? 'throttle' : `${odd}governor${odd}`,
    domain: `${odd}core${odd}`,
    from: '1GHz',
    to: '600MHz',
    reason: `${odd}array at 83.4 C is above the trip of 82 C${odd}`,
  }));
}

function madeUpThermal({ blocks = 6, odd = '' }: Shape, { temperatureK, timeS }: Trace) {
  let peak = { k: 0, block: 0, epoch: 0 };
  temperatureK.forEach((column, block) => {
    column.forEach((k, epoch) => {
      if (k > peak.k) peak = { k, block, epoch };
    });
  });
  const cell = (i: number): number => {
    const [x, y] = [(i % CELLS) / CELLS, Math.floor(i / CELLS) / CELLS];
    return 273.15 + 60 + 27 * Math.exp(-8 * ((x - 0.3) ** 2 + (y - 0.3) ** 2));
  };
  return {
    blocks: Array.from({ length: blocks }, (_, i) => blockName(i, odd)),
    ambientK: 318.15,
    startK: Float64Array.from({ length: blocks }, () => 273.15 + 58),
    peakK: peak.k,
    peakBlock: blockName(peak.block, odd),
    peakTimeS: timeS[peak.epoch],
    peakCellK: peak.k + 1,
    limitK: 273.15 + 85,
    timeOverLimitS: 0.123,
    peakField: {
      rows: CELLS,
      columns: CELLS,
      temperatureK: Float64Array.from({ length: CELLS * CELLS }, (_, i) => cell(i)),
    },
    frames: {
      rows: CELLS,
      columns: CELLS,
      timeS: timeS.subarray(0, 50),
      amplitudes: Float64Array.from({ length: Math.min(50, timeS.length) }, (_, i) => 1 + i / 50),
      shapes: Float64Array.from({ length: CELLS * CELLS }, (_, i) => cell(i) - 300),
    },
    heat: { inJ: 1, outJ: 0.9, storedJ: 0.1 },
  };
}

/** A large block above left, a tall narrow one at the right, and the others in a row below. */
function madeUpFloorplan({ blocks = 6, odd = '' }: Shape): Floorplan {
  const mm = 1e-3;
  const place = (i: number): Omit<Block, 'name'> => {
    if (i === 0) return { leftM: 0, bottomM: 2 * mm, widthM: 7 * mm, heightM: 4 * mm };
    if (i === 1) return { leftM: 7 * mm, bottomM: 0, widthM: 1 * mm, heightM: 6 * mm };
    const width = (7 * mm) / (blocks - 2);
    return { leftM: (i - 2) * width, bottomM: 0, widthM: width, heightM: 2 * mm };
  };
  return makeFloorplan(
    Array.from({ length: blocks }, (_, i) => ({ name: blockName(i, odd), ...place(i) })),
    { die: { widthM: 8 * mm, heightM: 6 * mm }, gaps: 'allow' },
  );
}

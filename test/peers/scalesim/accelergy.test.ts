import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  layerAccesses,
  readAccelergyHardware,
  readScaleSimInput,
  recordScaleSimLayer,
  scaleSimAccelergy,
  scaleSimReports,
} from '../../../src/peers/scalesim/index.ts';
import { problemsOf } from '../../cosim/support.ts';
import { configText } from './support.ts';

type Cells = readonly (readonly string[])[];
type Action = readonly [name: string, deltas: Readonly<Record<string, number>> | null, count: number];

interface Design {
  readonly topology: string;
  readonly dataflow: string;
  readonly array: readonly [number, number];
  readonly sramKb: readonly [number, number, number];
  readonly dramRowSize: number;
}

/** Of SCALE-Sim's branch for Accelergy; tool, version and command in test/golden/scalesim/README.md. */
interface Golden {
  readonly detail_columns: readonly string[];
  readonly cases: readonly (Design & {
    readonly detail: Cells;
    readonly repeat: Cells;
    readonly action_counts: readonly (readonly [string, readonly Action[]])[];
  })[];
  readonly example: { readonly topology: string; readonly sha256: Readonly<Record<string, string>> };
}

const GOLDEN = new URL('../../golden/scalesim/accelergy.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(GOLDEN, 'utf8'));

function configOf({ dramRowSize, ...design }: Design) {
  const rows = `SRAM_row_size: 2\nSRAM_bank_size: 5\nDRAM_row_size: ${dramRowSize}\nDRAM_bank_size: 5\n`;
  return { file: 'x.cfg', text: `${configText({ version: 'v2', bandwidth: null, ...design })}${rows}` };
}

function handover(design: Design) {
  const config = configOf(design);
  const topology = { file: 'x.csv', text: design.topology };
  const untold = { version: 'v2', tolerate: () => expect.unreachable() } as const;
  const input = readScaleSimInput({ config, topology, form: 'conv' }, untold);
  const recordings = input.layers.map((layer) => recordScaleSimLayer(layer, input.config, 'v2'));
  const reports = scaleSimReports(
    recordings.map(({ report }) => report),
    'v2',
  );
  return scaleSimAccelergy(recordings.map(layerAccesses), input.config, readAccelergyHardware(config), reports);
}

interface Counts {
  readonly version: number;
  readonly local: readonly {
    readonly name: string;
    readonly action_counts: readonly { name: string; arguments?: Record<string, number>; counts: number }[];
  }[];
}

describe("the hand-over of SCALE-Sim's branch for Accelergy", () => {
  test.each(golden.cases)('$dataflow', (design) => {
    const { files } = handover(design);
    const detail = [['LayerID', ...golden.detail_columns], ...design.detail.map((cells, i) => [i, ...cells])];
    expect(files['DETAILED_ACCESS_REPORT.csv']).toBe(detail.map((cells) => `${cells.join(', ')},\n`).join(''));
    const [, ...repeats] = files['REPEAT_CYCLE.csv'].split('\n');
    expect(repeats).toEqual([...design.repeat.map((cells, i) => `${i},${cells.join()},`), '']);
    const { version, local }: Counts = parse(files['action_count.yaml']).action_counts;
    const components = local.map(({ name, action_counts }) => {
      return [name, action_counts.map((action) => [action.name, action.arguments ?? null, action.counts])] as const;
    });
    const expected = design.action_counts.map(([name, actions]) => [`systolic_array.${name}`, actions]);
    const firstElement = components.filter(([name]) => !/PE\[[^0]/.test(name));
    expect([version, firstElement]).toEqual([0.3, expected]);
    // Six memories, and four components in each of 8 x 16 elements with the counts of the first.
    expect(components).toHaveLength(6 + 4 * 128);
    const counts = new Map(components);
    for (const [name, actions] of components) expect(actions).toEqual(counts.get(name.replace(/PE\[\d+/, 'PE[0')));
  });

  test("the branch's own example, byte for byte", () => {
    const design = {
      ...golden.example,
      dataflow: 'os',
      array: [32, 32],
      sramKb: [64, 64, 64],
      dramRowSize: 2,
    } as const;
    const { files, negative } = handover(design);
    const hashes = Object.entries(files).map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')]);
    expect(Object.fromEntries(hashes)).toEqual(golden.example.sha256);
    expect(negative).toEqual([
      'ifmap_dram idle -7442',
      'weights_dram idle -614666',
      'psum_dram idle -9000',
      'psum_glb update(1) -403872',
    ]);
  });

  test('cycles and counts of layers are summed before they are set against each other', () => {
    const design = { ...golden.cases[0], topology: golden.cases[0].topology.replace(/(\na,.*)\n/, '$1$1\n') };
    const [once, twice] = [handover(golden.cases[0]), handover(design)].map(({ files }) => {
      const { local }: Counts = parse(files['action_count.yaml']).action_counts;
      return new Map(local.map(({ name, action_counts }) => [name, action_counts.map(({ counts }) => counts)]));
    });
    const [reads, idle] = once.get('systolic_array.ifmap_dram')!;
    // idle = (stop - start + 1) * 2 - reads, of sums: the 1 counts once.
    expect(twice.get('systolic_array.ifmap_dram')).toEqual([2 * reads, 2 * (idle + reads) - 2 - 2 * reads]);
    expect(twice.get('systolic_array.PE[5].mac')).toEqual([2 * 2239]);
  });

  test('what the branch needs besides', () => {
    const { text, file } = configOf(golden.cases[0]);
    const without = { file, text: text.replace(/DRAM_row_size.*\n/, '').replace(/MemoryBanks.*\n/, '') };
    expect(problemsOf(() => readAccelergyHardware(without))).toEqual([
      'missing-key x.cfg:4:2 architecture_presets',
      'missing-key x.cfg:16:2 run_presets',
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COUNTERS } from '../../src/base/counters.ts';
import { bindActions } from '../../src/energy/binding.ts';
import { describeDesign } from '../../src/energy/design-table.ts';
import { accelergyFiles } from '../../src/energy/handover.ts';
import { bundledClasses, bundledEstimators, ertOf, readText, significant } from './support.ts';

/** Leans on everything Accelergy 0.4 refuses and we allow: inherited attributes, forward references, an unused class. */
const DESIGN = `
variables: {version: 0.4, technology: "45nm", global_cycle_seconds: 1e-9}
architecture:
  version: 0.4
  subtree:
    - name: npu
      attributes: {rows: 4, cols: 8, wide: 256}
      local:
        - name: dram
          class: DRAM
          attributes: {type: "LPDDR4", width: 64}
          required_actions: [read, write]
        - name: ifmap_sram
          class: smart_buffer
          energy_scale: 1 / 2
          attributes:
            width: wide
            depth: kib * 1024 * 8 / width
            kib: 256
            cell_type: "itrs-hp"
        - name: tree
          class: adder_tree
          attributes: {levels: 2}
      subtree:
        - name: row[0..rows-1]
          local:
            - name: pe[0..cols-1]
              class: systolic_pe
compound_components:
  version: 0.4
  classes:
    - name: adder_tree
      attributes:
        technology: "must_specify"
        adders: 2 ** levels - 1
        bits: base_bits + levels
        base_bits: 16 if kind == "wide" else 8
        kind: >-
          "wide" if levels > 1 else "narrow"
        levels: "must_specify"
      subcomponents:
        - name: adder[0..adders-1]
          class: intadder
          energy_scale: 1 / 2
          attributes:
            width: room * 1
            room: bits
      actions:
        - name: reduce
          arguments: {used: 1..adders}
          subcomponents:
            - name: adder[0..used-1]
              actions:
                - {name: add, energy_scale: used * 0.5}
`;
const BINDINGS = {
  dram: { read: 'dram_read_bits / 64', write: 'dram_write_bits / 64' },
  ifmap_sram: { read: 'ifmap_sram_reads * 8 / 256', write: 'dram_ifmap_reads * 8 / 256' },
  tree: { 'reduce(used=3)': 'ofmap_sram_writes', reduce: 'ofmap_sram_reads' },
  'row.pe': { mac: 'macs', psum_write: 'psum_reg_writes' },
};

const files = [readText(DESIGN), ...bundledClasses()];
const ert = ertOf(files, bundledEstimators());
const { classes } = describeDesign(files);
const bound = bindActions(ert, BINDINGS, new Map());
// Multiples of 64 fill whole words of 64 bit and rows of 256 bit.
const counts = Float64Array.from(COUNTERS, (_, i) => 64 * (1000 + 100 * i));
const handover = { classes, bound, counts, technology: '45nm', globalCycleSeconds: 1e-9 };
const written = accelergyFiles(ert, handover);

const golden = (file: string) => readFileSync(`test/golden/accelergy/handover/${file}`, 'utf8');

test('the files are those that ran in Accelergy 0.4', () => {
  expect(written.architecture).toBe(golden('architecture.yaml'));
  expect(written.actionCounts).toBe(golden('action_counts.yaml'));
});

test('the architecture reads back to the same energies and areas', () => {
  const file = readText(written.architecture, 'architecture.yaml');
  const again = ertOf([file], bundledEstimators());
  const energies = (table: typeof ert) => table.components.map((c) => c.actions.map((a) => a.energyJ));
  expect(energies(again)).toEqual(energies(ert));
  expect(again.components.map((c) => c.areaM2)).toEqual(ert.components.map((c) => c.areaM2));
});

test('only classes in use are handed over', () => {
  const names = [...describeDesign([readText(written.architecture)]).classes.keys()];
  expect(names).toEqual(['systolic_pe', 'mac_int8', 'smart_buffer', 'adder_tree']);
});

test("Accelergy's total is counts over all instances x its energy of one", () => {
  const { energy_estimation: result } = parse(golden('energy_estimation.yaml')) as {
    energy_estimation: { components: { name: string; energy: number }[] };
  };
  const energyOf = (name: string) => result.components.find((c) => c.name === name)!.energy;
  // Aladdin at 1 ns: 8 bit multiplier 12.68 / 16 + 32 bit adder 0.21, register 0.009 a bit; 64 x macs 1000, psum_reg_writes 2400
  expect(significant(energyOf('npu.row[0..3].pe[0..7]'))).toBe(
    significant(64 * (1000 * (12.68 / 16 + 0.21) + 2400 * 0.009 * 32)),
  );
  // adders of 16 + 2 bit: 3 x 0.21 x 18 / 32 x 0.5 x 1.5 for three, x 0.5 x 0.5 for one; 64 x ofmap writes 1400, reads 1300
  const adder = (0.21 * 18) / 32;
  expect(energyOf('npu.tree')).toBeCloseTo(64 * (1400 * 3 * adder * 0.5 * 1.5 + 1300 * adder * 0.5 * 0.5), 0);
});

test('a row that is moved in part is one access, and the table of energies makes up for it', () => {
  const few = Float64Array.from(counts, (count) => count / 64);
  const actionJ = ert.components.map(() => 1e-9);
  const files = accelergyFiles(ert, { ...handover, counts: few, actionJ });
  const { action_counts: rows } = parse(files.actionCounts) as {
    action_counts: { subtree: { local: { name: string; action_counts: { name: string; counts: number }[] }[] }[] };
  };
  const [dram, sram] = rows.subtree[0].local;
  // 42.1875 and 43.75 words of 64 bit, 34.375 and 46.875 rows of 256 bit.
  expect([...dram.action_counts, ...sram.action_counts].map((row) => row.counts)).toEqual([43, 44, 35, 47]);
  const { ERT } = parse(files.ert) as {
    ERT: { tables: { name: string; actions: { name: string; energy: number }[] }[] };
  };
  const dramRows = ERT.tables.find(({ name }) => name === 'npu.dram')!.actions;
  const energyOf = (action: string) => dramRows.find(({ name }) => name === action)!.energy;
  // Each component has 1 nJ.
  expect(43 * energyOf('read') + 44 * energyOf('write')).toBeCloseTo(1000, 6);
});

import type { ConfuciuxQuestion, ConfuciuxSolution, Constraint, Design, Fitness } from '../../mapping/index.ts';
import { type BarChart, groupDigits, type MapReport, percent } from '../../report/index.ts';

const FITNESS_UNITS: Readonly<Record<Fitness, string>> = {
  latency: 'cycles',
  energy: 'nJ',
  LEP: 'cycles nJ',
  LAP: 'cycles µm²',
  EAP: 'nJ µm²',
  thrpt_btnk: 'MACs per cycle',
  thrpt_ave: 'mW per cycle',
};

/** The units in which the page shows a budget, and their size in ConfuciuX's µm² and mW. */
const BUDGET_UNITS: Readonly<Record<Constraint, readonly [unit: string, size: number]>> = {
  area: ['mm²', 1e6],
  power: ['W', 1e3],
};

/** A fitness with its unit, as the title of an axis. `thrpt_ave` is summed power over summed cycles, as ConfuciuX's code has it. */
export function fitnessTitle(fitness: Fitness): string {
  return `${fitness}, ${FITNESS_UNITS[fitness]}`;
}

/** Why a budget is so large: no chip has an area of square metres. */
export function budgetSentence(constraint: Constraint): string {
  const size = constraint === 'area' ? 'square metres' : 'kilowatts';
  return `ConfuciuX gives MAESTRO a NoC of some 80 million elements a cycle. It takes nearly all of the ${constraint}, which therefore comes to ${size} and depends on the PEs alone: it compares designs, and no chip has it.`;
}

/** The page of the proven optimum: the goal, the budget, and the cost of each layer. */
export function solutionReport(question: ConfuciuxQuestion, solution: ConfuciuxSolution): MapReport {
  const { fitness, constraint, layers } = question;
  const { optimum, lagrangianBound, budget, used, design, labels, isProven } = solution;
  const [unit, size] = BUDGET_UNITS[constraint];
  const gap = (100 * Math.abs(optimum - lagrangianBound)) / optimum;
  return {
    title: isProven ? "ConfuciuX's problem, solved" : "ConfuciuX's problem, a stopped search",
    sentences: [
      `The best ${fitness} of ${layers} layers within a budget of ${constraint}, ${isProven ? `proven by ${labels} labels` : 'as far as a stopped search found it'}.`,
      `The Lagrangian bound is ${gap.toFixed(2)} % away.`,
      budgetSentence(constraint),
    ],
    facts: [
      [`Best ${fitnessTitle(fitness)}`, numberText(optimum)],
      [`Budget of ${constraint}, ${unit}`, numberText(budget / size)],
      ['Budget used', percent(used / budget)],
      ['PEs of all layers', groupDigits(design.reduce((sum, [pes]) => sum + pes, 0))],
    ],
    nests: [],
    bars: barsOf(question, design),
    plots: [],
    tables: [designTable(question, design)],
  };
}

function numberText(value: number): string {
  return groupDigits(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

/** The latency and the energy of each layer. */
export function barsOf({ table }: ConfuciuxQuestion, design: Design): BarChart[] {
  const points = design.map(([pes, tile], layer) => table.point(layer, pes, tile));
  const common = { kind: 'bars', mark: null } as const;
  const rowsOf = (values: readonly number[]): BarChart['rows'] =>
    values.map((value, layer) => ({ name: `layer ${layer}`, values: [value] }));
  return [
    {
      ...common,
      id: 'cycles',
      title: 'Latency of each layer',
      note: 'cycles; the layers run one after the other',
      quantity: 'cycles',
      unit: '',
      parts: [{ name: 'cycles', ink: 'c0' }],
      rows: rowsOf(points.map(({ cycles }) => cycles)),
    },
    {
      ...common,
      id: 'energy',
      title: 'Energy of each layer',
      note: '',
      quantity: 'energy_j',
      unit: 'J',
      parts: [{ name: 'energy', ink: 'c1' }],
      rows: rowsOf(points.map(({ energyNj }) => 1e-9 * energyNj)),
    },
  ];
}

/** PEs, tile and costs of each layer. */
export function designTable({ table }: ConfuciuxQuestion, design: Design): MapReport['tables'][number] {
  return {
    id: 'design',
    title: 'Design',
    columns: ['layer', 'PEs', 'tile', 'cycles', 'energy, nJ', 'area, mm²'],
    rows: design.map(([pes, tile], layer) => {
      const { cycles, energyNj, areaUm2 } = table.point(layer, pes, tile);
      return [String(layer), pes, tile, cycles, energyNj, 1e-6 * areaUm2];
    }),
  };
}

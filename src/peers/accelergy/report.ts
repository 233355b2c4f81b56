import { fail } from '../../base/errors.ts';
import { LEAKS } from '../../energy/index.ts';
import { percent, writeCsv } from '../../report/index.ts';
import type { EnergyResult } from './run.ts';
import { argumentText, wholeAreaUm2 } from './tables.ts';

/** Facts that figures of merit need and the files do not give. */
export interface ReportContext {
  /** Multiply-accumulates of the counts; those of actions such as mac_random and compute by default. */
  readonly macs?: number | undefined;
  /** Time in which the counts happen, s; without it there is no power. */
  readonly timeS?: number | undefined;
}

/** Energy of the counts of one action, or of all actions of a component (action ''). */
export interface ReportRow {
  readonly component: string;
  readonly action: string;
  /** As `data_delta=0, address_delta=1`; empty without any. */
  readonly arguments: string;
  readonly counts: number | '';
  readonly energyPj: number;
  readonly share: number;
}

/** Where the energy of counts goes, and figures of merit; undefined where the input says too little. */
export interface EnergyReport {
  readonly rows: readonly ReportRow[];
  readonly totalPj: number;
  /** Undefined if the counts have no leakage. */
  readonly leakageShare: number | undefined;
  /** Area of all instances, mm2. */
  readonly areaMm2: number | undefined;
  readonly macs: number | undefined;
  readonly pjPerMac: number | undefined;
  readonly powerW: number | undefined;
  readonly wattsPerMm2: number | undefined;
}

const MACS = /^(?:compute|mac|mac_(?:random|reused|gated))$/;

/**
 * The report of a run with action counts. The area counts every instance, as leakage does in the counts. Error: `missing-key` without counts.
 */
export function energyReport({ tables, energies }: EnergyResult, { macs, timeS }: ReportContext = {}): EnergyReport {
  if (!energies)
    fail('missing-key', 'a report needs action counts', { expected: 'a file with the key "action_counts"' });
  const totalPj = sum(energies.map(({ energyPj }) => energyPj));
  const share = (energyPj: number): number => (totalPj === 0 ? 0 : energyPj / totalPj);
  const all = energies.flatMap(({ name, actions }) =>
    actions.map(({ count, row }) => ({
      component: name,
      action: count.action,
      arguments: argumentText(row.arguments),
      counts: count.count,
      energyPj: count.count * row.energyPj,
    })),
  );
  const rows = energies.flatMap(({ name, energyPj }): ReportRow[] => [
    { component: name, action: '', arguments: '', counts: '', energyPj, share: share(energyPj) },
    ...all.filter(({ component }) => component === name).map((row) => ({ ...row, share: share(row.energyPj) })),
  ]);
  const leaks = all.filter(({ action }) => LEAKS.includes(action));
  const areaMm2 = tables.length === 0 ? undefined : sum(tables.map(wholeAreaUm2)) * 1e-6;
  const counted = sum(all.filter(({ action }) => MACS.test(action)).map(({ counts }) => counts));
  const allMacs = macs ?? (counted > 0 ? counted : undefined);
  const powerW = timeS === undefined ? undefined : (totalPj * 1e-12) / timeS;
  return {
    rows,
    totalPj,
    leakageShare: leaks.length === 0 ? undefined : share(sum(leaks.map(({ energyPj }) => energyPj))),
    areaMm2,
    macs: allMacs,
    pjPerMac: allMacs === undefined ? undefined : totalPj / allMacs,
    powerW,
    wattsPerMm2: powerW === undefined || !areaMm2 ? undefined : powerW / areaMm2,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const FIGURES: readonly (readonly [key: keyof EnergyReport, name: string, unit: string])[] = [
  ['totalPj', 'total', 'pJ'],
  ['leakageShare', 'leakage share', ''],
  ['areaMm2', 'area', 'mm2'],
  ['macs', 'MACs', ''],
  ['pjPerMac', 'energy per MAC', 'pJ'],
  ['powerW', 'power', 'W'],
  ['wattsPerMm2', 'power density', 'W/mm2'],
];

/** The formats of a report, by the ending of its file. */
export const REPORT_FORMATS: Readonly<Record<string, (report: EnergyReport) => string>> = {
  csv: ({ rows }) =>
    writeCsv(
      ['component', 'action', 'counts', 'energy_pj', 'share', 'arguments'],
      rows.map(({ component, action, counts, energyPj, share, arguments: given }) => [
        component,
        action,
        counts,
        energyPj,
        share,
        given,
      ]),
    ),
  // The row of a whole component has neither an action nor counts.
  json: (report) =>
    `${JSON.stringify({ version: 1, ...report }, (_, value) => (value === '' ? undefined : value), 2)}\n`,
  md: markdown,
};

function markdown(report: EnergyReport): string {
  const figures = FIGURES.flatMap(([key, name, unit]) => {
    const value = report[key];
    return typeof value === 'number'
      ? [`| ${name} | ${`${key === 'macs' ? value : digits(value)} ${unit}`.trimEnd()} |`]
      : [];
  });
  const rows = report.rows.map(({ component, action, arguments: given, counts, energyPj, share }) => {
    const what = action === '' ? `**${component}**` : component;
    const called = given === '' ? action || 'all' : `${action}(${given})`;
    return `| ${what} | ${called} | ${counts} | ${digits(energyPj)} | ${percent(share)} |`;
  });
  return [
    '| figure | value |',
    '| --- | ---: |',
    ...figures,
    '',
    '| component | action | counts | energy pJ | share |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}

function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}

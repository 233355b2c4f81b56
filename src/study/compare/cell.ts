import type {
  ComparisonCell,
  ComparisonRow,
  Loss,
  OracleFigures,
  RowFigures,
  ThermalBoundFigures,
} from '../../report/compare/index.ts';
import { energyDelay, regret } from '../metrics/index.ts';
import type { Failed, OracleOutcome, OracleSchedule, RowOutcome } from './jobs.ts';
import type { CompareRequest, OpenCell } from './request.ts';

/** Decisions shown for each row. */
const MOST_LOSSES = 10;

/** The figures of a finished cell. */
export function cellOf(request: CompareRequest, cell: OpenCell): ComparisonCell {
  const { policies } = request;
  const reference = cell.rows[cell.reference];
  const oracle = cell.oracle?.kind === 'oracle' ? cell.oracle : null;
  const rows = cell.rows.map((row, p): ComparisonRow => {
    if (row.kind === 'failed') return { policy: policies[p], applicable: false, reason: reasonOf(row) };
    return {
      policy: policies[p],
      applicable: true,
      figures: figuresOf(row, p, reference as RowOutcome, oracle, cell),
      losses: lossesOf(row, oracle?.charged ?? oracle?.free ?? null),
    };
  });
  const failed = cell.oracle?.kind === 'failed' ? [`no oracle: ${reasonOf(cell.oracle)}`] : [];
  const facts = reference?.kind === 'row' ? reference.cell : null;
  const windows = cell.rows.flatMap((row) => (row.kind === 'row' ? [row.simulatedS] : []));
  return {
    values: cell.values,
    workload: facts?.workload ?? '',
    design: facts?.design ?? '',
    deadlineS: facts?.deadlineS ?? null,
    startMode: facts?.startMode ?? '',
    epochS: facts?.epochS ?? 0,
    limitK: facts?.limitK ?? null,
    inferences: facts?.inferences ?? 0,
    windowS: facts === null ? null : (facts.windowS ?? Math.max(...windows)),
    reference: policies[cell.reference] ?? '',
    seed: facts?.seed ?? 0,
    sensors: facts?.sensors ?? '',
    changes: facts?.changes ?? '',
    waking: facts?.waking ?? '',
    rows,
    oracle: oracleFigures(oracle?.free ?? null),
    oracleWithTransitions: oracleFigures(oracle?.charged ?? null),
    bound: oracle && oracle.boundJ !== null ? { energyJ: oracle.boundJ } : null,
    thermalBound: thermalFigures(oracle),
    ...(oracle && oracle.leastDeadlineS !== null ? { leastDeadlineS: oracle.leastDeadlineS } : {}),
    remarks: [...failed, ...(oracle?.remarks ?? []), ...coolerRows(rows)],
  };
}

function thermalFigures(oracle: OracleOutcome | null): ThermalBoundFigures | null {
  if (!oracle?.thermal) return null;
  const { energyJ, latencyS } = oracle.thermal;
  return { ...(energyJ === null ? {} : { energyJ }), ...(latencyS === null ? {} : { latencyS }) };
}

function coolerRows(rows: readonly ComparisonRow[]): string[] {
  const cooler = rows.filter(({ figures }) => (figures?.regret ?? 0) < 0 && !figures?.deadlineMisses);
  if (cooler.length === 0) return [];
  const names = cooler.map(({ policy }) => policy).join(', ');
  return [
    `${names}: below the oracle, because the die is cooler than under the reference, whose leakage the oracle has`,
  ];
}

function reasonOf({ code, message }: Failed): string {
  return `${code}: ${message}`;
}

function oracleFigures(schedule: OracleSchedule | null): OracleFigures | null {
  if (!schedule) return null;
  const { energyJ, lowerBoundJ, transitions, policyFile } = schedule;
  return { energyJ, lowerBoundJ, transitions, policyFile };
}

function figuresOf(
  row: RowOutcome,
  p: number,
  reference: RowOutcome,
  oracle: OracleOutcome | null,
  { bands, ownOracleJ }: OpenCell,
): RowFigures {
  const { energyJ, inferences, latencyS, misses, worstSlackS, peakK, timeOverLimitS, damage, wear, start } = row;
  const free = oracle?.free ?? null;
  const band = bands.get(p);
  const own = row === reference ? free?.energyJ : ownOracleJ.get(p);
  // No schedule takes less than the bound, which an oracle at a row's own temperatures did not see.
  const ownJ = own === undefined ? undefined : Math.max(own, oracle?.boundJ ?? 0);
  return {
    energyJ,
    inferences,
    windowS: row.simulatedS,
    latencyS,
    edp: energyDelay(energyJ / inferences, latencyS),
    ...(misses === null ? {} : { deadlineMisses: misses }),
    ...(worstSlackS === null ? {} : { worstSlackS }),
    ...(peakK === null ? {} : { peakTemperatureK: peakK }),
    ...(timeOverLimitS === null ? {} : { timeOverLimitS }),
    transitions: row.transitions,
    conservation: row.conservation,
    ...ratio('cyclingDamage', damage, reference.damage),
    ...ratio('mttfFactor', reference.wear, wear),
    ...(free ? { regret: regret(energyJ, free.energyJ) } : {}),
    ...(ownJ !== undefined && row.peakK !== null ? { ownRegret: regret(energyJ, ownJ) } : {}),
    ...(start ? { start } : {}),
    ...(band ? { uncertain: band } : {}),
    ...(row.epochChange === null ? {} : { epochChange: row.epochChange }),
    ...(row.epochRefusal === null ? {} : { epochRefusal: row.epochRefusal }),
  };
}

/** Absent if the ratio has no meaning. */
function ratio<Name extends string>(name: Name, a: number | null, b: number | null): { [key in Name]?: number } {
  return (a === null || b === null || b === 0 ? {} : { [name]: a / b }) as { [key in Name]?: number };
}

function lossesOf(row: RowOutcome, oracle: OracleSchedule | null): Loss[] {
  if (!oracle) return [];
  const { layerJ, layerS, inferences, energyJ, simulatedS } = row;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const losses = layerJ.map(
    (spentJ, l): Loss => ({
      what: row.cell.layers[l],
      lostJ: spentJ - inferences * oracle.layerJ[l],
      timeS: layerS[l] / inferences,
      oracleTimeS: oracle.layerS[l],
      oracleClocks: oracle.clocks[l],
    }),
  );
  losses.push({
    what: 'rest',
    lostJ: energyJ - sum(layerJ) - inferences * oracle.restJ,
    timeS: (simulatedS - sum(layerS)) / inferences,
    // Where the oracle ignores that inferences wait for each other, its layers may take more than the window.
    oracleTimeS: Math.max(0, simulatedS / inferences - sum(oracle.layerS)),
    oracleClocks: 'off',
  });
  return losses
    .filter(({ lostJ }) => lostJ > 0)
    .sort((a, b) => b.lostJ - a.lostJ)
    .slice(0, MOST_LOSSES);
}

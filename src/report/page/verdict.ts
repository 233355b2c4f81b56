import type { DeadlineResult, RunEvent, RunResult, StartReport, ThermalResult } from '../../cosim/index.ts';
import { greatest } from '../charts/downsample.ts';
import { CATEGORIES } from '../charts/energy.ts';
import { isLate } from '../charts/inferences.ts';
import { layerTotals } from '../files/summary.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { celsius, counted, engineering, groupDigits, percent } from '../numbers.ts';
import { START_ADVICE } from '../terminal.ts';
import type { ReportInput } from './report-input.ts';

/** A figure at the top of the page. */
interface Headline {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** Null if there is no limit to meet. */
  readonly good: boolean | null;
}

/** The first figures to look at: deadline, temperature, energy, power, speed, and conflicts of policies. */
export function verdict(result: RunResult): Markup {
  const { deadline, thermal } = result;
  const all = [
    ...(deadline ? [deadlineHeadline(deadline, result)] : []),
    ...(thermal ? [thermalHeadline(thermal)] : []),
    energyHeadline(result),
    powerHeadline(result),
    speedHeadline(result),
    ...conflictHeadlines(result),
  ];
  return html`<dl class="verdict">
${all.map(
  ({ label, value, note, good }) =>
    html`<div class="${good === null ? 'neutral' : good ? 'good' : 'bad'}"><dt>${label}</dt><dd><b>${good === null ? '' : good ? '✓ ' : '✗ '}${value}</b> <span>${note}</span></dd></div>
`,
)}</dl>
`;
}

/** An unfinished inference counts once its deadline has passed. */
function deadlineHeadline({ misses, limitS, worstSlackS }: DeadlineResult, result: RunResult): Headline {
  const { releaseS, endS, completed } = result.inferences;
  const overdue = Array.from(
    releaseS,
    (release, i) => Number.isNaN(endS[i]) && isLate(result.simulatedS - release, result.deadline),
  );
  const judged = completed + overdue.filter(Boolean).length;
  const slack = worstSlackS === null ? '' : `, worst slack ${engineering(worstSlackS, 's')}`;
  return {
    label: `Deadline of ${engineering(limitS, 's')}`,
    value: misses === 0 ? 'met' : 'missed',
    note: `${counted(misses, 'miss', 'misses')} of ${counted(judged, 'inference', 'inferences')}${slack}`,
    good: misses === 0,
  };
}

function thermalHeadline({ peakK, peakBlock, limitK, timeOverLimitS }: ThermalResult): Headline {
  const headline = { label: 'Peak temperature', value: celsius(peakK) };
  if (limitK === null) return { ...headline, note: `in ${peakBlock}; no limit is set`, good: null };
  const over = timeOverLimitS ?? 0;
  const good = over === 0 && peakK <= limitK;
  const kept = good ? 'kept' : `exceeded for ${engineering(over, 's')}`;
  return { ...headline, note: `in ${peakBlock}; limit of ${celsius(limitK)} ${kept}`, good };
}

function energyHeadline({ energyJ, inferences: { completed }, macs, experiment }: RunResult): Headline {
  const { batch } = experiment.spec;
  const most = CATEGORIES.reduce((a, b) => (energyJ[b.key] > energyJ[a.key] ? b : a));
  const notes = [
    ...(completed > 0 && batch > 1 ? [`${engineering(energyJ.total / completed / batch, 'J')} per image`] : []),
    ...(macs > 0 ? [`${engineering(energyJ.total / macs, 'J')} per MAC`] : []),
    ...(energyJ.total > 0 ? [`largest part ${most.name}, ${percent(energyJ[most.key] / energyJ.total)}`] : []),
  ];
  return {
    label:
      completed > 0 ? `Energy per ${batch > 1 ? `batch of ${batch}` : 'inference'}` : 'Energy, no inference completed',
    value: engineering(energyJ.total / Math.max(1, completed), 'J'),
    note: notes.join('; '),
    good: null,
  };
}

function powerHeadline({ energyJ, simulatedS, trace, epochS }: RunResult): Headline {
  const most =
    trace.epochs > 0 ? `at most ${engineering(greatest(trace.totalW), 'W')} over ${engineering(epochS, 's')}` : '';
  const meanW = simulatedS > 0 ? energyJ.total / simulatedS : 0;
  return { label: 'Mean power', value: engineering(meanW, 'W'), note: most, good: null };
}

function speedHeadline(result: RunResult): Headline {
  const { inferences, simulatedS, experiment, macs } = result;
  const { pes } = experiment.design;
  const { cycles, timeS, stallS } = layerTotals(result);
  const perSecond = simulatedS > 0 ? inferences.completed / simulatedS : 0;
  const { releaseS, endS, completed } = inferences;
  const notes = [
    ...(completed > 0
      ? [`at most ${engineering(greatest(releaseS.slice(0, completed).map((s, i) => endS[i] - s)), 's')} each`]
      : []),
    ...(cycles > 0 ? [`PEs ${percent(macs / (cycles * pes))} used`] : []),
    ...(timeS > 0 ? [`stalled ${percent(stallS / timeS)}`] : []),
  ];
  return { label: 'Inferences a second', value: engineering(perSecond, ''), note: notes.join('; '), good: null };
}

function conflictHeadlines({ events }: RunResult): Headline[] {
  const count = (kind: RunEvent['kind']): number => events.filter((event) => event.kind === kind).length;
  const headline = (kind: RunEvent['kind'], label: string, note: string, good: false | null): Headline[] => {
    const found = count(kind);
    return found === 0 ? [] : [{ label, value: groupDigits(found), note, good }];
  };
  return [
    ...headline('conflict', 'Conflicts', 'between policies', false),
    ...headline('cap saturated', 'Saturated caps', 'at the lowest points and still too hot', false),
    ...headline('limited', 'Limited choices', 'overruled by a cap or a deadline', null),
  ];
}

/** Key facts, and how the start temperature was found. */
export function factList({ result, facts }: ReportInput): Markup {
  const all = [
    ...facts,
    ['Epochs', `${groupDigits(result.trace.epochs)} of ${engineering(result.epochS, 's')}`],
    ['Changes of operating point', groupDigits(result.transitions)],
    ['MACs', engineering(result.macs, '')],
    ...(result.start ? [['Start', startText(result.start)]] : []),
  ];
  return html`<dl class="facts">
${all.map(
  ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>
`,
)}</dl>
${result.start && !result.start.converged ? notConverged(result.start) : NOTHING}`;
}

function startText({ mode, iterations, residualK, converged }: StartReport): string {
  const found = iterations > 0 ? `, ${counted(iterations, 'iteration', 'iterations')}` : '';
  const residual = residualK === null ? '' : `, residual ${engineering(residualK, 'K')}`;
  return `${mode}${found}${residual}, ${converged ? 'converged' : 'not converged'}`;
}

function notConverged({ residualK }: StartReport): Markup {
  const off = residualK === null ? '' : `: it is up to ${engineering(residualK, 'K')} off`;
  return html`<p class="warning"><b>✗ The start temperatures did not converge</b>${off}; ${START_ADVICE}.</p>`;
}

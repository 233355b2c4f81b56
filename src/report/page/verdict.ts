import type { StartReport } from '../../cosim/index.ts';
import { isLate } from '../charts/inferences.ts';
import type { RunLog } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { againstTexts } from '../files/against.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { celsius, counted, engineering, groupDigits, percent, unbroken } from '../numbers.ts';
import { greatest } from '../reductions.ts';
import { CATEGORIES } from '../still/energy-bars.ts';
import { EPOCH_ADVICE, START_ADVICE } from '../terminal.ts';

/** A figure at the top of the page. */
interface Headline {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** Null if there is no limit to meet. */
  readonly good: boolean | null;
}

/** The run in one sentence: the deadline, the peak temperature, the energy of an inference, and that of other policies. */
export function sentence({ summary, batch }: ReportData, model: RunLog): Markup {
  const { deadline, temperatureK, energyJ, inferences, against } = summary;
  const parts = [
    ...(deadline ? [] : latencyPart(model)),
    ...(deadline && (inferences > 0 || deadline.misses > 0)
      ? [deadlinePart(deadline, dueInferences(summary, model))]
      : []),
    ...(temperatureK ? [temperaturePart(temperatureK)] : []),
    inferences > 0
      ? `${engineering(energyJ.total / inferences, 'J')} per ${batch > 1 ? `batch of ${batch}` : 'inference'}`
      : `${engineering(energyJ.total, 'J')}, and no inference completed`,
    ...(against ? againstTexts(against) : []),
    ...(temperatureK ? [] : ['no thermal model']),
  ];
  const text = unbroken(parts.join('; '));
  return html`<p class="sentence">${text.charAt(0).toUpperCase()}${text.slice(1)}.</p>`;
}

/** The longest latency, where no deadline says what is fast enough. */
function latencyPart({ inferences: { releaseS, endS, ended } }: RunLog): string[] {
  const latencies = Array.from(endS, (end, i) => end - releaseS[i]).filter((_, i) => ended[i] === 1);
  if (latencies.length === 0) return [];
  const most = engineering(greatest(latencies), 's');
  return [latencies.length === 1 ? `took ${most}` : `took at most ${most} an inference`];
}

type Deadline = NonNullable<ReportData['summary']['deadline']>;

function deadlinePart({ limitS, misses, worstSlackS }: Deadline, due: number): string {
  const limit = engineering(limitS, 's');
  if (misses > 0) {
    const by = worstSlackS !== null && worstSlackS < 0 ? `, by up to ${engineering(-worstSlackS, 's')}` : '';
    return `missed the ${limit} deadline in ${groupDigits(misses)} of ${counted(due, 'inference', 'inferences')}${by}`;
  }
  return `met the ${limit} deadline${worstSlackS === null ? '' : ` with ${engineering(worstSlackS, 's')} to spare`}`;
}

function temperaturePart(temperature: NonNullable<ReportData['summary']['temperatureK']>): string {
  const peak = `${celsius(temperature.peak)} peak`;
  const { limit, timeOverLimitS } = temperature;
  if (limit === undefined || limit === null) return peak;
  if ((timeOverLimitS ?? 0) > 0) return `${peak}, above the limit for ${engineering(timeOverLimitS ?? 0, 's')}`;
  return `${peak}, ${(limit - temperature.peak).toFixed(1)} K below the limit`;
}

/** The first figures to look at: deadline, temperature, energy, power, speed, and how policies got on. */
export function verdict(data: ReportData, model: RunLog): Markup {
  const all = [
    ...deadlineHeadline(data, model),
    ...thermalHeadline(data),
    energyHeadline(data),
    powerHeadline(data),
    speedHeadline(data, model),
    ...eventHeadlines(data),
  ];
  return html`<dl class="verdict">
${all.map(
  ({ label, value, note, good }) =>
    html`<div class="${good === null ? 'neutral' : good ? 'good' : 'bad'}"><dt>${unbroken(label)}</dt><dd><b>${good === null ? '' : good ? '✓ ' : '✗ '}${unbroken(value)}</b> <span>${unbroken(note)}</span></dd></div>
`,
)}</dl>
`;
}

/** The inferences that came to their deadline. An unfinished one counts once its deadline has passed. */
function dueInferences({ deadline, inferences: completed }: ReportData['summary'], { inferences }: RunLog): number {
  if (!deadline) return 0;
  const { releaseS, endS, ended } = inferences;
  const overdue = ended.filter((done, i) => done === 0 && isLate(endS[i] - releaseS[i], deadline.limitS)).length;
  return completed + overdue + (deadline.neverBegan ?? 0);
}

function deadlineHeadline({ summary }: ReportData, model: RunLog): Headline[] {
  const { deadline } = summary;
  if (!deadline) return [];
  const { limitS, misses, worstSlackS } = deadline;
  const due = dueInferences(summary, model);
  const slack = worstSlackS === null ? '' : `, worst slack ${engineering(worstSlackS, 's')}`;
  return [
    {
      label: `Deadline of ${engineering(limitS, 's')}`,
      value: due === 0 ? 'not due' : misses === 0 ? 'met' : 'missed',
      note:
        due === 0
          ? 'no inference came to its deadline'
          : `${counted(misses, 'miss', 'misses')} of ${counted(due, 'inference', 'inferences')}${slack}`,
      good: due === 0 ? null : misses === 0,
    },
  ];
}

function thermalHeadline({ summary }: ReportData): Headline[] {
  const { temperatureK } = summary;
  if (!temperatureK) return [];
  const { peak, peakBlock, limit, timeOverLimitS } = temperatureK;
  const headline = { label: 'Peak temperature', value: celsius(peak) };
  if (limit === undefined || limit === null) {
    return [{ ...headline, note: `in ${peakBlock}; no limit is set`, good: null }];
  }
  const over = timeOverLimitS ?? 0;
  const good = over === 0 && peak <= limit;
  const kept = good ? 'kept' : `exceeded for ${engineering(over, 's')}`;
  return [{ ...headline, note: `in ${peakBlock}; limit of ${celsius(limit)} ${kept}`, good }];
}

function energyHeadline({ summary, batch }: ReportData): Headline {
  const { energyJ, inferences, macs } = summary;
  const most = CATEGORIES.reduce((a, b) => (energyJ[b.key] > energyJ[a.key] ? b : a));
  const notes = [
    ...(inferences > 0 && batch > 1 ? [`${engineering(energyJ.total / inferences / batch, 'J')} per image`] : []),
    ...(macs > 0 ? [`${engineering(energyJ.total / macs, 'J')} per MAC`] : []),
    ...(energyJ.total > 0 ? [`largest part ${most.name}, ${percent(energyJ[most.key] / energyJ.total)}`] : []),
  ];
  return {
    label:
      inferences > 0 ? `Energy per ${batch > 1 ? `batch of ${batch}` : 'inference'}` : 'Energy, no inference completed',
    value: engineering(energyJ.total / Math.max(1, inferences), 'J'),
    note: notes.join('; '),
    good: null,
  };
}

function powerHeadline({ summary, time }: ReportData): Headline {
  const { energyJ, simulatedS, epochs, epochS } = summary;
  // The only epoch of a short run ends with it.
  const overS = Math.min(epochS, simulatedS);
  const most = epochs > 0 ? `at most ${engineering(time.peakW, 'W')} over ${engineering(overS, 's')}` : '';
  const meanW = simulatedS > 0 ? energyJ.total / simulatedS : 0;
  return { label: 'Mean power', value: engineering(meanW, 'W'), note: most, good: null };
}

function speedHeadline({ summary, pes, layerTotals }: ReportData, { inferences }: RunLog): Headline {
  const { simulatedS, macs } = summary;
  const { cycles, timeS, stallS } = layerTotals;
  const perSecond = simulatedS > 0 ? summary.inferences / simulatedS : 0;
  const { releaseS, endS, ended } = inferences;
  const most = greatest(endS.map((end, i) => (ended[i] === 1 ? end - releaseS[i] : 0)));
  const notes = [
    ...(summary.inferences > 0 ? [`at most ${engineering(most, 's')} each`] : []),
    ...(cycles > 0 ? [`PEs ${percent(macs / (cycles * pes))} used`] : []),
    ...(timeS > 0 ? [`stalled ${percent(stallS / timeS)}`] : []),
  ];
  return {
    label: 'Inferences a second',
    value: perSecond >= 1000 && perSecond < 1e6 ? groupDigits(Math.round(perSecond)) : engineering(perSecond, ''),
    note: notes.join('; '),
    good: null,
  };
}

/** A cap or a deadline that overrules a choice does its duty. Quarrels of policies are bad, and a cap that can do no more. */
function eventHeadlines({ eventCounts }: ReportData): Headline[] {
  const headline = (kind: string, label: string, note: string, good: false | null): Headline[] => {
    const found = eventCounts.reduce((sum, count) => (count.kind === kind ? sum + count.count : sum), 0);
    return found === 0 ? [] : [{ label, value: groupDigits(found), note, good }];
  };
  return [
    ...headline('conflict', 'Conflicts', 'between policies', false),
    ...headline('cap saturated', 'Saturated caps', 'at the lowest points and still too hot', false),
    ...headline('limited', 'Limited choices', 'overruled by a cap or a deadline, as is their duty', null),
  ];
}

/** Key facts, and how the start temperature was found. */
export function factList({ summary, facts }: ReportData): Markup {
  const { epochs, epochS, transitions, macs, start, epochChange, epochRefusal } = summary;
  const all = [
    ...facts,
    ['Epochs', `${groupDigits(epochs)} of ${engineering(epochS, 's')}`],
    ...(epochRefusal === undefined ? [] : [['At half the epoch', `not run: ${epochRefusal}`]]),
    ['Changes of operating point', groupDigits(transitions)],
    ['MACs', engineering(macs, '')],
    ...(start ? [['Start', startText(start)]] : []),
  ];
  return html`<dl class="facts">
${all.map(
  ([label, value]) => html`<div><dt>${label}</dt><dd>${unbroken(value)}</dd></div>
`,
)}</dl>
${start && !start.converged ? notConverged(start) : NOTHING}
${epochChange != null ? ofItsEpoch(epochChange) : NOTHING}`;
}

function startText({ mode, iterations, residualK, converged, cycleS }: StartReport): string {
  const found = iterations > 0 ? `, ${counted(iterations, 'iteration', 'iterations')}` : '';
  const residual = residualK === null ? '' : `, residual ${engineering(residualK, 'K')}`;
  const swings = cycleS === undefined ? '' : `, mean over swings of ${engineering(cycleS, 's')}`;
  return `${mode}${found}${residual}, ${converged ? 'converged' : 'not converged'}${swings}`;
}

function ofItsEpoch(change: number): Markup {
  const text = `${change > 0 ? '+' : ''}${percent(change)} energy at half the epoch`;
  return html`<p class="warning"><b>✗ The result depends on the length of the epoch</b>: ${text}; ${EPOCH_ADVICE}.</p>`;
}

function notConverged({ residualK }: StartReport): Markup {
  const off = residualK === null ? '' : `: it is up to ${engineering(residualK, 'K')} off`;
  return html`<p class="warning"><b>✗ The start temperatures did not converge</b>${off}; ${START_ADVICE}.</p>`;
}

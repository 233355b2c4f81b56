import type { DeadlineResult, RunResult, StartReport, ThermalResult } from '../../cosim/result.ts';
import { celsius, counted } from '../format.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { engineering } from '../numbers.ts';
import type { ReportInput } from './input.ts';

/** The run in a line: deadline, temperature, energy, and whether policies disagreed. */
export function verdict(result: RunResult): Markup {
  const { deadline, thermal } = result;
  const parts = [
    ...(deadline ? [deadlineVerdict(deadline, result.inferences.releaseS.length)] : []),
    ...(thermal ? [thermalVerdict(thermal)] : []),
    energyVerdict(result),
    conflictVerdict(result),
  ];
  return html`<p class="verdict">${parts.map((part) => html`${part} `)}</p>
`;
}

function judged(good: boolean, word: string, rest: string): Markup {
  return html`<span class="${good ? 'good' : 'bad'}"><b>${good ? '✓' : '✗'} ${word}</b>${rest}</span>`;
}

function deadlineVerdict({ misses, limitS, worstSlackS }: DeadlineResult, inferences: number): Markup {
  const slack = worstSlackS === null ? '' : `, worst slack ${engineering(worstSlackS, 's')}`;
  const missed = `${counted(misses, 'miss', 'misses')} of ${counted(inferences, 'inference', 'inferences')}`;
  const word = misses === 0 ? 'Deadline met' : 'Deadline missed';
  return judged(misses === 0, word, ` (${engineering(limitS, 's')}): ${missed}${slack}.`);
}

function thermalVerdict({ peakK, peakBlock, limitK, timeOverLimitS }: ThermalResult): Markup {
  const peak = `peak ${celsius(peakK)} in ${peakBlock}`;
  if (limitK === null) return html`<span>No temperature limit: ${peak}.</span>`;
  const over = timeOverLimitS ?? 0;
  const below = over === 0 && peakK <= limitK;
  const word = below ? 'Below the temperature limit' : 'Above the temperature limit';
  return judged(below, word, ` (${celsius(limitK)}): ${peak}, ${engineering(over, 's')} over it.`);
}

function energyVerdict({ energyJ, inferences, simulatedS }: RunResult): Markup {
  const each =
    inferences.completed > 0
      ? `${engineering(energyJ.total / inferences.completed, 'J')} per inference`
      : `${engineering(energyJ.total, 'J')}, no inference completed`;
  const meanW = simulatedS > 0 ? energyJ.total / simulatedS : 0;
  return html`<span><b>${each}</b>, ${engineering(meanW, 'W')} on average.</span>`;
}

function conflictVerdict({ events }: RunResult): Markup {
  const conflicts = events.filter(({ kind }) => kind === 'conflict').length;
  if (conflicts === 0) return html`<span>No conflicts between policies.</span>`;
  return judged(false, counted(conflicts, 'conflict', 'conflicts'), ' between policies.');
}

/** Key facts, and how the start was found. */
export function factList({ result, facts }: ReportInput): Markup {
  const all = [
    ...facts,
    ['Epochs', `${counted(result.trace.epochs, 'epoch', 'epochs')} of ${engineering(result.epochS, 's')}`],
    ['Changes of operating point', String(result.transitions)],
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
  return html`<p class="warning"><b>✗ The start temperatures did not converge</b>${off}.</p>`;
}

import type { ReportView } from '../view.ts';
import type { BlockGroup } from './block-groups.ts';
import { codeColumn } from './numbers-coded.ts';
import { type Ink, OTHER_COLOUR } from './palette.ts';
import type { PowerColumn } from './report-data.ts';
import { meansOf, type Segment } from './segments.ts';

interface Series {
  readonly name: string;
  readonly colour: Ink;
  /** Power of each epoch, W. */
  readonly powerW: Float64Array;
}

/** Power by component and off the die, without those that have none. They sum to the total. */
export function powerColumns(
  view: ReportView,
  groups: readonly BlockGroup[],
  colours: readonly Ink[],
  segments: readonly Segment[],
): PowerColumn[] {
  const { durationS } = view.run.trace;
  return seriesOf(view, groups, colours).map(({ name, colour, powerW }) => ({
    name,
    colour,
    mean: codeColumn(meansOf(segments, powerW, durationS)),
    low: null,
    high: null,
  }));
}

/** The series with power. Those that share a colour form one. */
function seriesOf(view: ReportView, groups: readonly BlockGroup[], colours: readonly Ink[]): Series[] {
  const { trace, energyJ } = view.run;
  const shared = groups.filter(({ colour }) => colour === OTHER_COLOUR);
  const own = groups.filter(({ colour }) => colour !== OTHER_COLOUR);
  const other = {
    name: shared.map(({ name }) => name).join(', '),
    colour: OTHER_COLOUR,
    blocks: shared.flatMap((group) => group.blocks),
  };
  const outside = [...view.components.keys()].filter((c) => view.blocks[c].length === 0);
  const names = outside.map((c) => view.components[c]);
  const offDie: Series = {
    name: [...names, ...(energyJ.transition > 0 ? ['transitions'] : [])].join(' + '),
    colour: colours[outside[0]] ?? OTHER_COLOUR,
    powerW: trace.offDieW,
  };
  const onDie = [...own, other].map(({ name, colour, blocks }): Series => {
    const powerW = new Float64Array(trace.epochs);
    for (const b of blocks) {
      const own = trace.powerW[b];
      for (let i = 0; i < powerW.length; i++) powerW[i] += own[i];
    }
    return { name, colour, powerW };
  });
  return [...onDie, offDie].filter(({ powerW }) => powerW.some((watts) => watts > 0));
}

import { mapCollecting, nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { answerOf, refuse, wholeAttribute } from './attributes.ts';
import type { CactiManner } from './cacti.ts';
import { numberCell, readColumns, textCell } from './csv.ts';
import { type Estimator, PICOJOULE, type Query } from './estimator.ts';

/** Energy of a DRAM a bit, as one source has it. */
export interface DramType {
  readonly type: string;
  readonly pjPerBit: number;
  readonly source: string;
  /** Others' figures for the same type, and what the figure leaves out. */
  readonly assumption: string | undefined;
  /** Whether the Accelergy plug-in has it too. */
  readonly isPlugIn: boolean;
}

/** Reads `dram-energy.csv`. Errors: `csv-syntax`, `table-invalid`. */
export function readDramTypes(source: SourceText): DramType[] {
  return mapCollecting(readColumns(source, ['type', 'pj_per_bit', 'plug_in', 'source']).rows, (row) => ({
    type: textCell(row, 'type'),
    pjPerBit: numberCell(row, 'pj_per_bit'),
    source: textCell(row, 'source'),
    assumption: row.cell('assumption') || undefined,
    isPlugIn: row.cell('plug_in') === 'yes',
  }));
}

/**
 * DRAM by energy a bit times the width of an access, which is a whole word. Its supply is its own, so the energy does not
 * follow the array's voltage. Area and leakage are zero: it is off the chip.
 */
export function dramEstimator(types: readonly DramType[], manner: CactiManner): Estimator {
  const onlyPlugIn = manner !== 'corrected';
  const known = types.filter(({ isPlugIn }) => isPlugIn || !onlyPlugIn);
  const find = (query: Query): DramType => {
    if (query.class !== 'DRAM' && query.class !== 'dram') refuse(`it has no class "${query.class}"`);
    const type = String(query.attributes.get('type') ?? 'LPDDR4');
    const names = known.map((one) => one.type);
    const near = nearestName(type, names);
    return (
      known.find((one) => one.type === type) ??
      refuse(
        `the DRAM type "${type}" is unknown${near === undefined ? '' : ` (did you mean "${near}"?)`}`,
        `type: one of ${names.join(', ')}`,
      )
    );
  };
  const actions = ['read', 'write', 'update', 'leak', ...(manner === 'accelergy-0.4' ? [] : ['idle'])];
  return {
    name: manner === 'accelergy-0.3' ? 'Cacti' : 'CactiDRAM',
    priority: manner === 'accelergy-0.3' ? 95 : 80,
    classes: ['DRAM', 'dram'],
    estimateAction: (query) =>
      answerOf(() => {
        const { type, pjPerBit, source, assumption } = find(query);
        if (!actions.includes(query.action))
          refuse(`DRAM has the actions ${actions.join(', ')}; not "${query.action}"`);
        const rests = query.action === 'leak' || query.action === 'idle';
        const unsaid = query.attributes.has('type') ? undefined : `type is not given, taken as ${type}`;
        return {
          energyJ: rests ? 0 : pjPerBit * PICOJOULE * wholeAttribute(query, 'width'),
          voltageV: null,
          temperatureK: 300,
          source,
          assumption:
            [unsaid, rests ? 'background power is not in the figure' : assumption].filter(Boolean).join('; ') ||
            undefined,
        };
      }),
    estimateArea: (query) => answerOf(() => ({ areaM2: 0, source: find(query).source, assumption: 'off the chip' })),
    estimateLeakage: (query) =>
      answerOf(() => ({
        powerW: 0,
        voltageV: null,
        temperatureK: 300,
        source: find(query).source,
        assumption: 'background power is not in the figure',
      })),
  };
}

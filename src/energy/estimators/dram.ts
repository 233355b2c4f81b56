import { mapCollecting, nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns, type TableCells, textCell } from '../../formats/columns.ts';
import { answerOf, cycleAttribute, refuse, wholeAttribute } from './attributes.ts';
import type { CactiManner } from './cacti.ts';
import { type Estimator, MILLIWATT, PICOJOULE, type Provenance, type Query, type Spread } from './estimator.ts';

/** Figures of one type of DRAM. */
export interface DramType extends Provenance {
  readonly type: string;
  readonly pjPerBit: number;
  /** Energy of opening and closing a row of one device; undefined without currents (IDD) of a device. */
  readonly activateJ: number | undefined;
  /** Power of one device that stands by with open rows, and powered down. */
  readonly backgroundW: number | undefined;
  readonly powerDownW: number | undefined;
  /** Whether the Accelergy plug-in has it too. */
  readonly isPlugIn: boolean;
}

const COLUMNS = [
  'type',
  'pj_per_bit',
  'low_pj_per_bit',
  'high_pj_per_bit',
  'activate_pj',
  'background_mw',
  'power_down_mw',
  'plug_in',
  'kind',
  'source',
];

/** Reads `dram-energy.csv`. Errors: `csv-syntax`, `table-invalid`. */
export function readDramTypes(source: SourceText): DramType[] {
  return mapCollecting(readColumns(source, COLUMNS).rows, (row) => {
    const filled = (column: string, unit: number): number | undefined =>
      row.cell(column) === '' ? undefined : numberCell(row, column) * unit;
    return {
      type: textCell(row, 'type'),
      pjPerBit: numberCell(row, 'pj_per_bit'),
      activateJ: filled('activate_pj', PICOJOULE),
      backgroundW: filled('background_mw', MILLIWATT),
      powerDownW: filled('power_down_mw', MILLIWATT),
      source: textCell(row, 'source'),
      assumption: row.cell('assumption') || undefined,
      spread: spreadOf(row),
      isPlugIn: row.cell('plug_in') === 'yes',
    };
  });
}

function spreadOf(row: TableCells): Spread | undefined {
  if (row.cell('low_pj_per_bit') === '') return undefined;
  const [figure, low, high] = ['pj_per_bit', 'low_pj_per_bit', 'high_pj_per_bit'].map((name) => numberCell(row, name));
  const sources = `${low} to ${high} pJ/bit: ${textCell(row, 'source')}; ${row.cell('assumption')}`;
  return { low: low / figure, high: high / figure, sources };
}

/** Actions of a device besides accesses, for the types whose currents are known. */
const DEVICE_ACTIONS = ['activate', 'background', 'power_down'];

/**
 * DRAM by energy a bit times the width of an access, which is a whole word. Its supply is its own, so the energy does not follow the
 * array's voltage. Area and leakage are zero: it is off the chip.
 *
 * Without a peer it also has the actions `activate` (one row of one device) and `background` and `power_down` (one cycle of all
 * `n_devices`), from the currents (IDD) of a device.
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
  const accesses = ['read', 'write', 'update', 'leak', ...(manner === 'accelergy-0.4' ? [] : ['idle'])];
  const actions = onlyPlugIn ? accesses : [...accesses, ...DEVICE_ACTIONS];
  return {
    name: manner === 'accelergy-0.3' ? 'Cacti' : 'CactiDRAM',
    priority: manner === 'accelergy-0.3' ? 95 : 80,
    classes: ['DRAM', 'dram'],
    estimateAction: (query) =>
      answerOf(() => {
        const dram = find(query);
        if (!actions.includes(query.action))
          refuse(`DRAM has the actions ${actions.join(', ')}; not "${query.action}"`);
        const conditions = { voltageV: null, temperatureK: 300, source: dram.source };
        if (DEVICE_ACTIONS.includes(query.action))
          return { energyJ: deviceEnergyJ(dram, query, query.action), ...conditions, assumption: dram.assumption };
        const rests = query.action === 'leak' || query.action === 'idle';
        const unsaid = query.attributes.has('type') ? undefined : `type is not given, taken as ${dram.type}`;
        const said = rests ? 'background power is not in the figure' : dram.assumption;
        return {
          energyJ: rests ? 0 : dram.pjPerBit * PICOJOULE * wholeAttribute(query, 'width'),
          ...conditions,
          assumption: [unsaid, said].filter(Boolean).join('; ') || undefined,
          ...(!rests && !onlyPlugIn && dram.spread && { spread: dram.spread }),
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

function deviceEnergyJ({ type, activateJ, backgroundW, powerDownW }: DramType, query: Query, action: string): number {
  const devices = wholeAttribute(query, 'n_devices', 1);
  const figure = action === 'activate' ? activateJ : action === 'background' ? backgroundW : powerDownW;
  if (figure === undefined) refuse(`no currents of a ${type} device are known, so it has no action "${action}"`);
  return action === 'activate' ? figure : figure * devices * cycleAttribute(query, 'background power');
}

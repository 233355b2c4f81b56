import { BUNDLED, type Files, readText } from '../../base/files.ts';
import { once } from '../../base/once.ts';
import type { SourceText } from '../../base/source.ts';
import {
  type AladdinUnits,
  aladdinEstimator,
  type CactiRun,
  cactiEstimator,
  type DramType,
  dramEstimator,
  dummyEstimators,
  type Estimator,
  libraryEstimator,
  readAladdinUnits,
  readCactiRuns,
  readDramTypes,
  readLibrary,
  readStillmaker,
  type StillmakerTables,
  stillmakerScaling,
  type TableSet,
  tableSetEstimator,
} from '../../energy/index.ts';
import type { Rules } from '../accelergy-input/rules.ts';

/** Figures of the user's own, beside the bundled ones. */
export interface OwnFigures {
  readonly sets: readonly TableSet[];
  readonly libraries: readonly SourceText[];
}

export const NO_FIGURES: OwnFigures = { sets: [], libraries: [] };

/** The folder of the figures that belong to no single technology. */
const FOLDER = `${BUNDLED}tech-tables`;

/** The bundled figures, each file read at its first use. */
interface Bundled {
  readonly stillmaker: () => StillmakerTables;
  readonly units: () => AladdinUnits;
  readonly sram: () => readonly CactiRun[];
  readonly dram: () => readonly DramType[];
  readonly library: () => SourceText;
}

/** The figures of one source of files never change, and reading the sweep of CACTI takes longer than most runs. */
const read = new WeakMap<Files, Bundled>();

function bundledFigures(files: Files): Bundled {
  const before = read.get(files);
  if (before) return before;
  const text = (name: string): SourceText => readText(files, `${FOLDER}/${name}`);
  const bundled: Bundled = {
    stillmaker: once(() => readStillmaker(text('stillmaker-energy.csv'), text('stillmaker-area.csv'))),
    units: once(() => readAladdinUnits(text('aladdin-units.csv'))),
    sram: once(() => readCactiRuns(text('cacti-sram.csv'))),
    dram: once(() => readDramTypes(text('dram-energy.csv'))),
    library: once(() => text('component-library.csv')),
  };
  read.set(files, bundled);
  return bundled;
}

/**
 * The estimators of a run, in the order in which Accelergy loads its plug-ins: placeholder, table sets, Aladdin, component
 * library, CACTI. Under a peer they repeat the plug-ins; otherwise their known slips are corrected.
 */
export function estimatorsFor(files: Files, own: OwnFigures, { peer, isLegacy }: Rules): Estimator[] {
  const { stillmaker, units, sram, dram, library } = bundledFigures(files);
  const manner = peer ?? 'corrected';
  const scaling = stillmakerScaling(stillmaker(), peer ? { kind: 'library' } : CORRECTED);
  return [
    ...dummyEstimators(peer === 'accelergy-0.4' && isLegacy),
    ...own.sets.map((set) => tableSetEstimator(set, tablesName(peer), peer ? 'exact' : 'corrected')),
    aladdinEstimator(units(), manner, peer ? undefined : scaling),
    ...(peer === 'accelergy-0.3' ? [] : [libraryEstimator(readLibrary([...own.libraries, library()]), scaling)]),
    dramEstimator(dram(), manner),
    lazily(peer === 'accelergy-0.3', () => cactiEstimator(sram(), manner)),
  ];
}

const CORRECTED = { kind: 'corrected', row: 'HP', voltageV: 0.8 } as const;

function tablesName(peer: Rules['peer']): string {
  if (peer === 'accelergy-0.4') return 'DEPRECATED table-based-plug-ins. Use the Library plug-in instead.';
  return 'table-based-plug-ins';
}

/** The SRAM sweep is large; a design without SRAM need not read it. */
function lazily(isOld: boolean, make: () => Estimator): Estimator {
  const get = once(make);
  return {
    name: isOld ? 'Cacti' : 'CactiSRAM',
    priority: isOld ? 70 : 80,
    classes: ['SRAM', 'sram'],
    estimateAction: (query) => (isSram(query.class) ? get().estimateAction(query) : OTHER),
    estimateArea: (query) => (isSram(query.class) ? get().estimateArea(query) : OTHER),
    estimateLeakage: (query) => (isSram(query.class) ? get().estimateLeakage(query) : OTHER),
  };
}

const OTHER = { reason: 'it has no class but SRAM' };

function isSram(cls: string): boolean {
  return cls === 'SRAM' || cls === 'sram';
}

import { BUNDLED, type Files, readText } from '../../base/files.ts';
import { once } from '../../base/once.ts';
import type { SourceText } from '../../base/source.ts';
import { type AladdinUnits, readAladdinUnits } from './aladdin-units.ts';
import { type CactiRun, readCactiRuns } from './cacti.ts';
import { type DramType, readDramTypes } from './dram.ts';
import { type LibraryEntries, readLibrary } from './library.ts';
import { readStillmaker, type StillmakerTables } from './node-scaling.ts';

/** The folder of the figures that belong to no single technology. */
const FOLDER = `${BUNDLED}tech-tables`;

/** The bundled figures, each file read at its first use. */
export interface BundledFigures {
  readonly stillmaker: () => StillmakerTables;
  readonly units: () => AladdinUnits;
  readonly sram: () => readonly CactiRun[];
  readonly dram: () => readonly DramType[];
  readonly library: () => LibraryEntries;
  /** Leakage over temperature by cell, of several nodes. */
  readonly leakage: () => SourceText;
}

/** The figures of one source of files never change, and reading the sweep of CACTI takes longer than most runs. */
const read = new WeakMap<Files, BundledFigures>();

/** The figures that come with Isotherm for every technology. Errors, at first use: `file-not-found`, `csv-syntax`, `table-invalid`. */
export function bundledFigures(files: Files): BundledFigures {
  const before = read.get(files);
  if (before) return before;
  const text = (name: string): SourceText => readText(files, `${FOLDER}/${name}`);
  const bundled: BundledFigures = {
    stillmaker: once(() => readStillmaker(text('stillmaker-energy.csv'), text('stillmaker-area.csv'))),
    units: once(() => readAladdinUnits(text('aladdin-units.csv'))),
    sram: once(() => readCactiRuns(text('cacti-sram.csv'))),
    dram: once(() => readDramTypes(text('dram-energy.csv'))),
    library: once(() => readLibrary([text('component-library.csv')])),
    leakage: once(() => text('cacti-leakage-temperature.csv')),
  };
  read.set(files, bundled);
  return bundled;
}

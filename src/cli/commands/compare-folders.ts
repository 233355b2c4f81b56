import { join } from 'node:path';
import { fail, type Span } from '../../base/errors.ts';
import { type Files, readText } from '../../base/files.ts';
import { type Column, textTable } from '../../report/index.ts';
import { type Difference, type LayerEnergies, layerEnergies, runDifferences } from '../../study/compare/index.ts';
import { print, printJson } from '../terminal.ts';

/** Prints what differs between two folders that `isotherm run -o` wrote. Errors: `file-not-found`, `wrong-type`. */
export function compareFolders(files: Files, a: string, b: string, json: boolean): void {
  const [first, second] = [a, b].map((folder) => ({ set: overridesOf(files, folder), ...summaryOf(files, folder) }));
  const found = runDifferences(first, second, [layersOf(files, a), layersOf(files, b)]);
  if (json) {
    printJson(`${JSON.stringify(found, null, 2)}\n`);
    return;
  }
  const { settings, results, layers, equal } = found;
  const tables = [
    ['settings', settings],
    ['results', results],
    ['energy of layers, J', layers],
  ] as const;
  const texts = tables.flatMap(([title, differences]) =>
    differences.length === 0 ? [] : [...table(title, a, b, differences), ''],
  );
  print(`${[...texts, `${equal} values are equal.`].join('\n')}\n`);
}

function summaryOf(files: Files, folder: string): object {
  const path = join(folder, 'summary.json');
  const { text } = readText(files, path, 'a folder that isotherm run -o wrote', undefined);
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    const span: Span = { file: path, line: 1, column: 1, length: 1, lineText: text.split('\n')[0] };
    return fail('wrong-type', `${path} is not JSON`, { span, expected: 'the summary of a run' });
  }
}

/** The values that the command of a run replaced: `path=value`, quoted as it was. None if the folder does not say. */
function overridesOf(files: Files, folder: string): string[] {
  const command = /"command": *("(?:[^"\\]|\\.)*")/.exec(files.read(join(folder, 'report.json')) ?? '');
  const text = command ? String(JSON.parse(command[1])) : '';
  return Array.from(text.matchAll(/ --set ('[^']*'|\S+)/g), ([, override]) => override);
}

function layersOf(files: Files, folder: string): LayerEnergies {
  const file = join(folder, 'layers.csv');
  const text = files.read(file);
  return text === undefined ? new Map() : layerEnergies({ file, text });
}

const right = (title: string): Column => ({ title, align: 'right' });

function table(title: string, a: string, b: string, differences: readonly Difference[]): string[] {
  const shown = (value: Difference['a']): string => {
    return typeof value === 'number'
      ? String(Number(value.toPrecision(6)))
      : value === true
        ? 'yes'
        : value === undefined
          ? '-'
          : String(value).slice(0, 40);
  };
  const rows = differences.map((one) => [one.key, shown(one.a), shown(one.b), changeText(one)]);
  return textTable([{ title, align: 'left' }, right(a), right(b), right('change')], rows);
}

/** The change as a share; that of a temperature in K, since a share of it has no meaning. */
function changeText({ key, a, b, change }: Difference): string {
  if (change === undefined) return '';
  const sign = change < 0 ? '' : '+';
  if (/(^|\.)temperatureK(\.peak|\.peakCell|\.limit)?$/.test(key))
    return `${sign}${(Number(b) - Number(a)).toFixed(2)} K`;
  return `${sign}${(100 * change).toFixed(2)} %`;
}

import { InputError } from '../../../src/base/errors.ts';
import type { Files } from '../../../src/base/files.ts';
import { fullName } from '../../../src/energy/input/index.ts';
import { nodeFiles } from '../../../src/node/index.ts';
import { type EnergyJob, type EnergyResult, estimateEnergy, OUTPUTS } from '../../../src/peers/accelergy/index.ts';

/** Files of a test by path. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  return {
    read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
    list: (folder) => {
      const inside = Object.keys(texts).filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0]))].sort();
    },
  };
}

/** The estimate of one text, or of several by path, with Isotherm's own rules unless `more` names a peer. */
export function estimateText(
  text: string | Readonly<Record<string, string>>,
  more: Partial<EnergyJob> = {},
): EnergyResult {
  const texts = typeof text === 'string' ? { 'in.yaml': text } : text;
  return estimateEnergy({
    paths: Object.keys(texts).filter((path) => path.endsWith('.yaml') && !path.includes('/')),
    files: filesOf(texts),
    bundled: nodeFiles,
    own: { sets: [], libraries: [] },
    digits: 6,
    isVerbose: false,
    outputs: OUTPUTS,
    warn: () => {},
    ...more,
  });
}

/** The codes, places and suggestions of the problems of a text. */
export function problemsOf(text: string | Readonly<Record<string, string>>, more: Partial<EnergyJob> = {}): string[] {
  try {
    estimateText(text, more);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(
      ({ code, span, suggestion }) =>
        `${code}${span ? ` ${span.line}:${span.column}` : ''}${suggestion ? ` ${suggestion}?` : ''}`,
    );
  }
  return [];
}

/** The energy of an action, pJ. */
export function energyOf({ tables }: EnergyResult, component: string, action: string): number | undefined {
  return tables.find((table) => fullName(table.component) === component)?.rows.find((row) => row.action === action)
    ?.energyPj;
}

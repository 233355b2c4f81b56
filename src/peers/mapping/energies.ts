import type { Diagnostic } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import { isMapText, readTimeloop, type TimeloopEnergies, type TimeloopInput } from '../../formats/timeloop/index.ts';
import { estimateEnergy, renderedTexts } from '../accelergy/index.ts';
import { lowerNodes } from './nodes.ts';

/** Where files and the bundled figures of energies come from. */
export interface MapFiles {
  readonly files: Files;
  readonly bundled: Files;
}

/** Timeloop's files with energies. */
export interface Priced {
  readonly input: TimeloopInput & { readonly energies: TimeloopEnergies };
  /** The table if none was given. */
  readonly estimated?: EstimatedErt | undefined;
  /** Runs work whose errors may be at a text that was made of the files, and gives them the places of those. */
  placed<T>(work: () => T): T;
}

/** An energy reference table as a text, and what was assumed for it. */
export interface EstimatedErt {
  readonly ert: string;
  readonly remarks: readonly string[];
}

/** The name of an estimated table, as a file of results and in messages. */
export const ERT_FILE = 'ERT.yaml';

/** Seventeen digits keep every double. */
const EVERY_DIGIT = 17;

/**
 * Reads Timeloop's files; where they have no energy reference table, Isotherm's own estimators make one of the architecture, as
 * `isotherm energy` does. Templates are filled in. Errors: those of templates, `readTimeloop` and `estimateEnergy`.
 */
export function readPriced(texts: readonly SourceText[], from: MapFiles): Priced {
  const sources = [
    ...renderedTexts(
      texts.filter((text) => !isMapText(text)),
      from.files,
    ),
    ...texts.filter(isMapText),
  ];
  const lowered = sources.some(hasNodes) ? lowerNodes(sources.filter(isForEnergies), from.files) : undefined;
  const given = lowered ? [...sources.flatMap(withoutNodes), lowered.source] : sources;
  const read = (more: readonly SourceText[]): TimeloopInput => {
    if (!lowered) return readTimeloop([...given, ...more], from.files);
    const input = lowered.placed(() => readTimeloop([...given, ...more], from.files, lowered.fanOuts));
    lowered.checkBranches(input);
    return input;
  };
  const input = read([]);
  const placed = <T>(work: () => T): T => (lowered ? lowered.placed(work) : work());
  const { energies } = input;
  if (energies) return { input: { ...input, energies }, placed };
  const estimated = estimateErt(sources, from);
  const again = read([{ file: ERT_FILE, text: estimated.ert }]);
  return { input: { ...again, energies: again.energies! }, estimated, placed };
}

/** Whether an architecture seems to have Timeloop 0.4's nodes. */
function hasNodes({ text }: SourceText): boolean {
  return /^architecture\s*:/m.test(text) && /^\s+nodes\s*:/m.test(text);
}

/** A file without its architecture of nodes, whose other sections stay in their lines; none if nothing else is in it. */
function withoutNodes(source: SourceText): SourceText[] {
  if (!hasNodes(source)) return [source];
  let isNode = false;
  const lines = source.text.split('\n').map((line) => {
    if (/^[^\s#-]/.test(line)) isNode = /^architecture\s*:/.test(line);
    return isNode ? '' : line;
  });
  const text = lines.join('\n');
  return /^\s*[^\s#]/m.test(text) ? [{ ...source, text }] : [];
}

function estimateErt(sources: readonly SourceText[], { files, bundled }: MapFiles): EstimatedErt {
  const texts = new Map(sources.filter(isForEnergies).map(({ file, text }) => [file, text]));
  const warnings: Diagnostic[] = [];
  const result = estimateEnergy({
    paths: [...texts.keys()],
    files: { ...files, read: (path) => texts.get(path) ?? files.read(path) },
    bundled,
    own: { sets: [], libraries: [] },
    digits: EVERY_DIGIT,
    isVerbose: false,
    outputs: ['ERT'],
    warn: (warning) => void warnings.push(warning),
  });
  const remarks = new Set(warnings.map(({ message }) => message));
  return { ert: result.files.get(ERT_FILE)!, remarks: [...remarks] };
}

/** Problems, mappings and constraints have no energies. */
function isForEnergies({ text }: SourceText): boolean {
  return /^(architecture|compound_components|variables)\s*:/m.test(text);
}

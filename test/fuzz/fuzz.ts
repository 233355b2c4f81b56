import { type Diagnostic, ERROR_CODES, formatDiagnostic, InputError } from '../../src/base/errors.ts';
import { randomFrom } from '../support/random.ts';
import { damaged } from './mutate.ts';
import { READERS as ALL, type Reader, type Texts } from './readers.ts';

/** `FUZZ_READERS=Timeloop` damages only the texts of readers whose names have this word. */
const READERS = ALL.filter(({ name }) => name.includes(process.env.FUZZ_READERS ?? ''));

/** What came of many mutants. */
export interface Tally {
  readonly mutants: number;
  accepted: number;
  refused: number;
  /** Diagnostics seen, and those of them at a place. */
  diagnostics: number;
  placed: number;
  slowestS: number;
}

/** Any input under 1 MB gets a verdict within this CPU time. */
const MOST_CPU_S = 2;

/** Reads `mutants` damaged inputs, a share for each reader. Throws at the first that is neither read nor refused with places. */
export function fuzz(seed: number, mutants: number, readers: readonly Reader[] = READERS): Tally {
  const random = randomFrom(seed);
  const tally: Tally = { mutants, accepted: 0, refused: 0, diagnostics: 0, placed: 0, slowestS: 0 };
  const total = readers.reduce((sum, { share }) => sum + share, 0);
  for (let n = 0; n < mutants; n++) {
    const reader = readerAt(random() * total, readers);
    const names = Object.keys(reader.texts);
    const name = names[Math.floor(random() * names.length)];
    const texts = { ...reader.texts, [name]: damaged(reader.texts[name], random) };
    tryReader(reader, texts, name, tally);
  }
  return tally;
}

/** The reader whose share of the sum of all shares holds `at`. */
function readerAt(at: number, readers: readonly Reader[]): Reader {
  let before = 0;
  for (const reader of readers) {
    before += reader.share;
    if (at < before) return reader;
  }
  return readers[0];
}

function tryReader(reader: Reader, texts: Texts, damagedName: string, tally: Tally): void {
  const told: Diagnostic[] = [];
  const before = process.cpuUsage();
  const blamed = (why: string): Error =>
    new Error(`${reader.name}: ${why}; ${damagedName} is ${JSON.stringify(texts[damagedName]).slice(0, 4000)}`);
  try {
    reader.read(texts, (warning) => void told.push(warning));
    tally.accepted++;
  } catch (error) {
    if (!(error instanceof InputError)) throw blamed(error instanceof Error ? `${error.stack}` : `threw ${error}`);
    if (error.diagnostics.length === 0) throw blamed('refused without a word');
    told.push(...error.diagnostics);
    tally.refused++;
  }
  const { user, system } = process.cpuUsage(before);
  tally.slowestS = Math.max(tally.slowestS, (user + system) / 1e6);
  if ((user + system) / 1e6 > MOST_CPU_S) throw blamed(`took ${(user + system) / 1e6} s of CPU time`);
  for (const diagnostic of told) {
    tally.diagnostics++;
    const fault = faultOf(diagnostic, reader, texts);
    if (fault) throw blamed(`${fault}: ${formatDiagnostic(diagnostic)}`);
    tally.placed++;
  }
}

/** What is wrong with a diagnostic. */
function faultOf(diagnostic: Diagnostic, { binary }: Reader, texts: Texts): string | undefined {
  const { code, span } = diagnostic;
  if (!(ERROR_CODES as readonly string[]).includes(code)) return 'a code that is not listed';
  const text = formatDiagnostic(diagnostic);
  if (/undefined|\[object|\bNaN of\b|Infinity um|\[native code/.test(text)) return 'a message of ours shows through';
  if (/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u.test(text)) return 'something that a terminal acts on';
  if (binary) return undefined;
  // What the command line lacks stands in no text.
  if (!span) return diagnostic.message === 'no floorplan is given' ? undefined : 'no place';
  if (!Object.hasOwn(texts, span.file)) return undefined;
  // A byte order mark may count as a column of its line or not.
  const lines = texts[span.file].split('\n');
  const line = lines[span.line - 1]?.replace(/\r$/, '').replace(/^\ufeff+/, '');
  const lineText = span.lineText.replace(/^\ufeff+/, '');
  // HotSpot does not read a last line without its end: to --compat it is not there.
  if (lineText !== line && !(span.line === lines.length && lineText === '')) return `not line ${span.line}`;
  if (span.column < 1 || span.column > lines[span.line - 1].length + 2 || span.length < 1)
    return `not column ${span.column}`;
  return undefined;
}

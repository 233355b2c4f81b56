import { join } from 'node:path';
import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { type Files, readPieces, readText } from '../../base/files.ts';
import { npyRecords, parquetFile, perfettoTrace, RUN_TABLES, typedColumns } from '../../peers/run-tables/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { print } from '../terminal.ts';

interface ExportOptions {
  readonly perfetto?: string;
  readonly hotspot?: string;
  readonly accelergy?: string;
  readonly npy?: string;
  readonly parquet?: string;
}

/** The files of a run that another tool reads as they stand, and the command that starts it. */
const TOOLS = {
  hotspot: {
    files: ['hotspot.config', 'chip.flp', 'power.ptrace', 'temperature.ttrace'],
    optional: ['start.init'],
    command: 'hotspot -c hotspot.config -f chip.flp -p power.ptrace -init_file start.init -o hotspot.ttrace',
  },
  accelergy: {
    files: ['ERT.yaml', 'architecture.yaml', 'action_counts.yaml'],
    optional: [],
    command:
      'accelergy ERT.yaml action_counts.yaml -o out -f energy_estimation ERT_summary (the energies of the run); ' +
      'or, with plug-ins such as CACTI and Aladdin, accelergy architecture.yaml action_counts.yaml -o out',
  },
} as const;

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('hand the results of a run on to Perfetto, HotSpot, Accelergy or a notebook')
    .argument('<run>', 'a folder that isotherm run -o has written')
    .option('--perfetto <file>', 'write a trace that ui.perfetto.dev opens: layers, transitions, power, temperature')
    .option('--hotspot <dir>', 'write a folder that HotSpot runs as it stands')
    .option('--accelergy <dir>', 'write a folder that Accelergy runs as it stands')
    .option('--npy <dir>', 'write the tables as arrays of NumPy records: numpy.load(FILE)')
    .option('--parquet <dir>', 'write the tables in Parquet, for pandas, Polars, DuckDB or R')
    .addHelpText('after', '\nExample:\n  isotherm export out/quickstart --perfetto quickstart.json --hotspot hotspot')
    .action((folder: string, options: ExportOptions, command: Command) => {
      if (Object.keys(options).length === 0) {
        command.error('error: nothing to write: give --perfetto, --hotspot, --accelergy, --npy or --parquet', {
          exitCode: 2,
        });
      }
      return withFiles((given) => exportRun(folder, options, given));
    });
}

async function exportRun(folder: string, options: ExportOptions, { files, output }: CommandFiles): Promise<void> {
  checkRun(files, folder);
  const lines: string[] = [];
  for (const tool of ['hotspot', 'accelergy'] as const) {
    const to = options[tool];
    if (to === undefined) continue;
    const { files: needed, optional, command } = TOOLS[tool];
    const present = optional.filter((name) => files.list(folder).includes(name));
    for (const name of [...needed, ...present]) {
      const path = join(folder, name);
      let last = '';
      for (const piece of readPieces(files, path, 'a run with this file').pieces) {
        output.append(join(to, name), piece);
        if (piece !== '') last = piece;
      }
      // Every file of a run ends with a line.
      if (!last.endsWith('\n')) fail('wrong-kind', `${path} is cut short`, { expected: 'a complete run' });
    }
    lines.push(`Wrote ${to.replace(/\/*$/, '/')}; there: ${command}\n`);
  }
  if (options.perfetto !== undefined) {
    const [trace, events, inferences] = ['trace.csv', 'events.csv', 'inferences.csv'].map((name) =>
      readPieces(files, join(folder, name), 'a complete run'),
    );
    for (const text of perfettoTrace({ trace, events, inferences })) output.append(options.perfetto, text);
    lines.push(`Wrote ${options.perfetto}; open it in ui.perfetto.dev\n`);
  }
  for (const [kind, write] of [
    ['npy', npyRecords],
    ['parquet', parquetFile],
  ] as const) {
    const to = options[kind];
    if (to === undefined) continue;
    for (const name of RUN_TABLES) {
      const table = typedColumns(readPieces(files, join(folder, `${name}.csv`), 'a complete run'));
      for (const piece of write(table)) output.append(join(to, `${name}.${kind}`), piece);
    }
    lines.push(`Wrote ${to.replace(/\/*$/, '/')}: ${RUN_TABLES.join(', ')} as .${kind}\n`);
  }
  await output.commitOrEnd();
  print(lines.join(''));
}

/** Errors: `file-not-found` for a folder without a summary, `wrong-kind` for one of another version. */
function checkRun(files: Files, folder: string): void {
  const path = join(folder, 'summary.json');
  const { text } = readText(files, path, 'a folder that isotherm run -o has written');
  let version: unknown;
  try {
    version = (JSON.parse(text) as { version?: unknown } | null)?.version;
  } catch {
    version = undefined;
  }
  if (version === 1) return;
  fail('wrong-kind', `${path} is not the summary of a run of this version`, {
    expected: 'a folder that isotherm run -o of this version has written',
  });
}

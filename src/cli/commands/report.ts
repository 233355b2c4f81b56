import { join } from 'node:path';
import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { type Files, readText } from '../../base/files.ts';
import { figureFiles, REPORT_VERSION, type ReportData, reportHtml } from '../../report/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { print } from '../terminal.ts';

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description("draw a run's report again, from the files of its folder")
    .argument('<run>', 'a folder that isotherm run -o has written')
    .option('-o, --output <file>', 'the page to write (default: report.html in the folder)')
    .addHelpText('after', '\nExample:\n  isotherm report out/quickstart -o quickstart.html')
    .action((folder: string, { output }: { output?: string }) =>
      withFiles((given) => report(folder, output ?? join(folder, 'report.html'), given)),
    );
}

async function report(folder: string, to: string, { files, output }: CommandFiles): Promise<void> {
  const page = pageOf(files, join(folder, 'report.json'));
  output.check([to]);
  output.append(to, page);
  await output.commitOrEnd();
  print(`Wrote ${to}\n`);
}

/** Errors: `file-not-found`, `wrong-kind` for a file of another version, and for one that is damaged. */
function pageOf(files: Files, path: string): string {
  const { text } = readText(files, path, 'a folder that isotherm run -o has written');
  const expected = 'a folder that isotherm run -o of this version has written';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return fail('wrong-kind', `${path} is cut short or no JSON`, { expected });
  }
  if ((data as { version?: unknown } | null)?.version !== REPORT_VERSION) {
    return fail('wrong-kind', `${path} is not the report of a run of this version`, { expected });
  }
  try {
    // Decodes every column: a damaged one is an error here, not a hole in the page.
    figureFiles(data as ReportData);
    return reportHtml(data as ReportData);
  } catch {
    // The file is ours, so its fields are not checked one by one. If a page cannot be made of it, someone has changed it.
    return fail('wrong-kind', `${path} is damaged: a part of the report is missing or unreadable`, { expected });
  }
}

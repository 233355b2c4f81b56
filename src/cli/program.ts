import { Command, CommanderError } from 'commander';
import { InputError } from '../errors.ts';
import { nodeFiles } from '../node/files.ts';
import { addListCommand } from './list.ts';
import { addRunCommand } from './run.ts';
import { addThermalCommand } from './thermal.ts';
import { addValidateCommand } from './validate.ts';

/** Exit statuses; docs/guide/command-line.md. */
export const STATUS = { done: 0, wrongInput: 1, wrongUsage: 2, internal: 3 } as const;

function createProgram(): Command {
  const { version } = JSON.parse(nodeFiles.read('isotherm:package.json') ?? '{}') as { version: string };
  const program = new Command('isotherm')
    .description('Energy, power and DVFS/thermal co-simulation for systolic DNN accelerators')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(isotherm --help lists the commands)')
    .exitOverride();
  addRunCommand(program);
  addThermalCommand(program);
  addValidateCommand(program);
  addListCommand(program);
  return program;
}

/** Runs a command line, without the names of node and script, and returns the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return STATUS.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? STATUS.done : STATUS.wrongUsage;
    if (error instanceof InputError) {
      process.stderr.write(`${error.message}\n`);
      return STATUS.wrongInput;
    }
    process.stderr.write(
      `isotherm: internal error, please report it\n${error instanceof Error ? error.stack : error}\n`,
    );
    return STATUS.internal;
  }
}

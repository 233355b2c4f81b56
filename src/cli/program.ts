import { Command, CommanderError } from 'commander';
import { InputError } from '../base/errors.ts';
import { nodeFiles } from '../node/index.ts';
import { complain, print } from './terminal.ts';

/** Exit statuses; docs/guide/command-line.md. */
export const STATUS = { done: 0, wrongInput: 1, wrongUsage: 2, internal: 3 } as const;

/** In the order of the help. Each is loaded when it is needed, because loading them all takes longer than many a run. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  run: async () => (await import('./run.ts')).addRunCommand,
  simulate: async () => (await import('./simulate.ts')).addSimulateCommand,
  scaling: async () => (await import('./scaling.ts')).addScalingCommand,
  thermal: async () => (await import('./thermal.ts')).addThermalCommand,
  validate: async () => (await import('./validate.ts')).addValidateCommand,
  list: async () => (await import('./list.ts')).addListCommand,
};

/** With the command that the first word names; with all of them, to help and to suggest, if it names none. */
async function createProgram(name = ''): Promise<Command> {
  const { version } = JSON.parse(nodeFiles.read('isotherm:package.json') ?? '{}') as { version: string };
  const program = new Command('isotherm')
    .description('Energy, power and DVFS/thermal co-simulation for systolic DNN accelerators')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(isotherm --help lists the commands)')
    .configureOutput({ writeOut: print, writeErr: complain })
    .exitOverride();
  const needed = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
  for (const load of needed) (await load())(program);
  return program;
}

/** Runs a command line, without the names of node and script, and returns the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args[0]);
    await program.parseAsync(args, { from: 'user' });
    return STATUS.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? STATUS.done : STATUS.wrongUsage;
    if (error instanceof InputError) {
      complain(`${error.message}\n`);
      return STATUS.wrongInput;
    }
    complain(`isotherm: internal error, please report it\n${error instanceof Error ? error.stack : error}\n`);
    return STATUS.internal;
  }
}

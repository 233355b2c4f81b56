import { Command, CommanderError } from 'commander';
import { InputError, nearestName } from '../base/errors.ts';
import { nodeFiles } from '../node/index.ts';
import { DeadlineMissed, NeedsWorker } from './run-status.ts';
import { complain, print } from './terminal.ts';

/** Exit statuses; docs/guide/command-line.md explains them. */
export const STATUS = { done: 0, wrongInput: 1, wrongUsage: 2, internal: 3, missed: 4 } as const;

/** The commands in the order of the help. Each is loaded on demand, because loading all takes longer than many a run. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  compare: async () => (await import('./commands/compare.ts')).addCompareCommand,
  mark: async () => (await import('./commands/mark.ts')).addMarkCommand,
  simulate: async () => (await import('./commands/simulate.ts')).addSimulateCommand,
  map: async () => (await import('./commands/map.ts')).addMapCommand,
  scaling: async () => (await import('./commands/scaling.ts')).addScalingCommand,
  energy: async () => (await import('./commands/energy.ts')).addEnergyCommand,
  thermal: async () => (await import('./commands/thermal.ts')).addThermalCommand,
  validate: async () => (await import('./commands/validate.ts')).addValidateCommand,
  init: async () => (await import('./commands/init.ts')).addInitCommand,
  policy: async () => (await import('./commands/policy.ts')).addPolicyCommand,
  report: async () => (await import('./commands/report.ts')).addReportCommand,
  export: async () => (await import('./commands/export.ts')).addExportCommand,
  show: async () => (await import('./commands/show.ts')).addShowCommand,
  completion: async () => (await import('./commands/completion.ts')).addCompletionCommand,
  list: async () => (await import('./commands/list.ts')).addListCommand,
};

/** The program with the command that `name` names. With any other name it has all commands, for help and suggestions. */
async function createProgram(name = ''): Promise<Command> {
  const { version } = JSON.parse(nodeFiles.read('isotherm:package.json') ?? '{}') as { version: string };
  const program = new Command('isotherm')
    .description('Energy, power and DVFS/thermal co-simulation for systolic DNN accelerators')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(isotherm --help lists the commands)')
    .configureOutput({
      writeOut: print,
      writeErr: complain,
      outputError: (message, write) => write(plainly(message)),
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nStart with: isotherm run quickstart -o out/quickstart, then open out/quickstart/report.html',
    )
    .hook('preAction', (_, command) => refuseEmptyOptions(command));
  // Completion lists what all other commands take.
  const isOne = Object.hasOwn(COMMANDS, name) && name !== 'completion';
  const needed = isOne ? [COMMANDS[name]] : Object.values(COMMANDS);
  for (const load of needed) (await load())(program);
  program
    .command('version')
    .description('print the version')
    .addHelpText('after', '\nExample:\n  isotherm version')
    .action(() => print(`${version}\n`));
  return program;
}

/** The parser's words for a value that is none of its choices: value, argument or else option, choices. */
const NO_CHOICE =
  /^error: (?:command-argument value '(?<given>.*)' is invalid for argument '(?<argument>.*)'|option '(?<option>.*)' argument '(?<value>.*)' is invalid)\. Allowed choices are (?<choices>.*)\.$/s;

/** Such a message in plain words, with the nearest choice. Any other stays as it is. */
function plainly(message: string): string {
  const found = NO_CHOICE.exec(message.trimEnd())?.groups;
  if (!found) return message;
  const { given, argument, option, value, choices } = found;
  const nearest = nearestName(given ?? value, choices.split(', '));
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  const wrong = option ? `${option} does not take '${value}'` : `there is no ${argument} '${given}'`;
  return `error: ${wrong}${hint}\nValid are ${choices}.\n`;
}

/** Makes empty option values an error. A script writes `-o ""` when its variable is not set. */
function refuseEmptyOptions(command: Command): void {
  for (const option of command.options) {
    if ([command.getOptionValue(option.attributeName())].flat().includes('')) {
      command.error(`error: option '${option.flags}' argument missing`, { exitCode: STATUS.wrongUsage });
    }
  }
}

/** Runs a command line, given without the names of node and script. Returns the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    return await runHere(args);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? STATUS.done : STATUS.wrongUsage;
    if (error instanceof DeadlineMissed) {
      complain(`${error.message}\n`);
      return STATUS.missed;
    }
    if (error instanceof InputError) {
      complain(`${error.message}\n`);
      return STATUS.wrongInput;
    }
    complain(`isotherm: internal error, please report it\n${error instanceof Error ? error.stack : error}\n`);
    return STATUS.internal;
  }
}

/** Runs a command in this thread, or in a worker if the command asks for one. */
async function runHere(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args[0]);
    await program.parseAsync(args, { from: 'user' });
    return STATUS.done;
  } catch (error) {
    if (!(error instanceof NeedsWorker)) throw error;
    const { inWorker } = await import('./policy-worker.ts');
    return inWorker(args, error.modules);
  }
}

import type { Command } from 'commander';
import { fail, InputError } from '../../base/errors.ts';
import { readReference } from '../../base/files.ts';
import { parseOverride } from '../../base/overrides.ts';
import {
  contextOnPlant,
  isPolicyModule,
  loadExperiment,
  policyOverride,
  preparePlant,
  runScenario,
} from '../../cosim/index.ts';
import { type LawResult, type PolicyKind, tryPolicy } from '../../policy/index.ts';
import { runText } from '../../report/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { afterCalls, kindsWith } from '../policy-modules.ts';
import { print } from '../terminal.ts';

export function addPolicyCommand(program: Command): void {
  const command = program
    .command('policy')
    .description('test a policy of your own')
    .addHelpText('after', '\nExample:\n  isotherm policy test mine.ts');
  command
    .command('test')
    .description('ask a policy of your own 200 random questions, check the laws that every policy keeps, and run it')
    .argument('<file>', 'the policy: a file in JavaScript or TypeScript')
    .option('--experiment <experiment>', 'the experiment to run it in', 'quickstart-hp')
    .addHelpText('after', '\nExample:\n  isotherm policy test mine.ts --experiment thermal-stress')
    .action((file: string, { experiment }: { experiment: string }) =>
      withFiles((given) => test(file, experiment, given)),
    );
}

/** Errors: those of the policy; `policy-impure` if it breaks a law. */
async function test(file: string, reference: string, { files, cache }: CommandFiles): Promise<void> {
  if (!isPolicyModule(file)) {
    fail('wrong-kind', `${file} is no program`, { expected: 'a policy in JavaScript or TypeScript, such as mine.ts' });
  }
  const kinds = await kindsWith([file], files);
  const kind = kinds.at(-1) as PolicyKind;
  const source = readReference(files, 'experiment', reference, '');
  // A second is long enough for some hundred decisions.
  const short = parseOverride('inferences={period: 5ms, duration: 1s}');
  const experiment = loadExperiment(files, source, { overrides: [...policyOverride(file), short], kinds });
  const prepared = preparePlant(experiment, { cache });
  const context = contextOnPlant(prepared, experiment);
  const parameters = kind.check({}, context, () => undefined);

  const laws = tryPolicy(kind, parameters, context);
  await afterCalls([file]);
  print(`policy ${kind.name} on ${experiment.spec.name}\n${laws.map(lawLine).join('')}`);
  const [first, second] = [0, 1].map(() => runScenario(prepared, experiment));
  const [one, other] = [first, second].map((result) => runText(result, { detail: 'quiet' }));
  print(
    `${lawLine({ law: 'two runs give the same result', problem: one === other ? null : 'they differ' })}\n${one}\n`,
  );
  const broken = laws.filter(({ problem }) => problem !== null);
  if (broken.length === 0 && one === other) return;
  throw new InputError([
    {
      code: 'policy-impure',
      message: `policy "${kind.name}" breaks ${broken.length === 1 ? 'a law' : `${broken.length} laws`}`,
      span: { file, line: 1, column: 1, length: 1, lineText: files.read(file)?.split('\n', 1)[0] ?? '' },
    },
  ]);
}

function lawLine({ law, problem }: LawResult): string {
  return problem === null ? `  kept    ${law}\n` : `  BROKEN  ${law}: ${problem}\n`;
}

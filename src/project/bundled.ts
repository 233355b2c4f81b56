import { parseYaml } from '../base/document.ts';
import { fail, nearestName } from '../base/errors.ts';
import { BUNDLED, bundledNames, type Files, readReference, readText } from '../base/files.ts';
import { parseExperiment } from '../cosim/index.ts';
import { type Project, readme, withValues } from './project.ts';

/**
 * A copy of a bundled experiment with its accelerator and its network, or of a bundled accelerator with an experiment
 * written for it. All files may be edited, and the experiment runs as it stands. Error: `unknown-name`.
 */
export function bundledProject(files: Files, from: string, name: string): Project {
  const experiments = bundledNames(files, 'experiment');
  const accelerators = bundledNames(files, 'accelerator');
  if (experiments.includes(from)) return experimentProject(files, from, name);
  if (accelerators.includes(from)) return acceleratorProject(files, from, name);
  const names = [...accelerators, ...experiments];
  return fail('unknown-name', `there is no bundled accelerator or experiment "${from}"`, {
    expected: `one of ${names.join(', ')}; or the two files of a SCALE-Sim run, scale.cfg and topology.csv`,
    suggestion: nearestName(from, names),
  });
}

function experimentProject(files: Files, from: string, name: string): Project {
  const source = readReference(files, 'experiment', from, '');
  const { accelerator, workload } = parseExperiment(parseYaml(source));
  const network = readReference(files, 'workload', workload, source.file);
  const text = withValues(source, { name, accelerator: './accelerator', workload: `./${workload}.csv` });
  return {
    files: {
      'experiment.yaml': text,
      [`${workload}.csv`]: network.text,
      ...acceleratorFiles(files, accelerator),
      'README.md': readme(name, partsOf(from, accelerator, workload)),
    },
    chosen: [],
  };
}

function acceleratorProject(files: Files, from: string, name: string): Project {
  const network = 'resnet18';
  return {
    files: {
      'experiment.yaml': experimentText(name, `./${network}.csv`, `${network} on a copy of ${from}`),
      [`${network}.csv`]: readReference(files, 'workload', network, '').text,
      ...acceleratorFiles(files, from),
      'README.md': readme(name, partsOf('an experiment of its own', from, network)),
    },
    chosen: [
      `the network is ${network}; isotherm list workloads has others`,
      'one inference every 5 ms, each with a deadline of 5 ms, under the policy "pace"',
    ],
  };
}

function partsOf(experiment: string, accelerator: string, workload: string): string[] {
  return [
    `experiment.yaml says what runs, under which policy and until when (${experiment})`,
    `accelerator/ is a copy of the bundled ${accelerator}: accelerator.yaml has the array, the memories and the clocks, architecture.yaml the components`,
    `${workload}.csv has one layer a row`,
  ];
}

/** A file that an accelerator shares with another bundled one. */
const SHARED = /\.\.\/([\w-]+\/)([\w.-]+)/g;

/** All files of a bundled accelerator's folder, and those of other bundled accelerators that they name, in one folder. */
function acceleratorFiles(files: Files, name: string): Record<string, string> {
  const folder = `${BUNDLED}accelerators/`;
  const texts = files.list(`${folder}${name}`).map((file): [string, string] => {
    return [file, readText(files, `${folder}${name}/${file}`).text];
  });
  const shared = texts.flatMap(([, text]) =>
    Array.from(text.matchAll(SHARED), ([, from, file]): [string, string] => {
      return [file, readText(files, `${folder}${from}${file}`).text];
    }),
  );
  const own = texts.map(([file, text]) => [file, text.replace(SHARED, '$2')]);
  return Object.fromEntries([...shared, ...own].map(([file, text]) => [`accelerator/${file}`, text]));
}

/** An experiment with a comment on each key. */
export function experimentText(name: string, workload: string, description: string): string {
  return `# What runs on which accelerator, under which policy. "isotherm validate experiment.yaml" checks this file.
version: 1
name: ${name}
description: ${description}

# A folder with accelerator.yaml, or the name of a bundled one: isotherm list accelerators.
accelerator: ./accelerator

# A CSV file with a layer a row, an ONNX model, or the name of a bundled network: isotherm list workloads.
workload: ${workload}

# How many inferences begin, and how far apart.
inferences: { count: 100, period: 5ms }

# Each inference is to end this long after its release, and the die to stay below this temperature.
deadline: 5ms
limit: 85C

# How clock and voltage are chosen: isotherm list policies.
policy: pace
`;
}

import { BUNDLED } from '../../../src/base/files.ts';
import { type Experiment, type RunResult, runExperiment } from '../../../src/cosim/index.ts';
import {
  type Decision,
  moduleKind,
  POLICY_KINDS,
  type PolicyDefinition,
  type PolicyKind,
} from '../../../src/policy/index.ts';
import { BUNDLED_TEXTS, COARSE, EDGE, edit, load, MODELS, type Texts } from '../support.ts';

export const NPU = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;
export const QUAD = `${BUNDLED}accelerators/quad-npu/accelerator.yaml`;

/** edge-npu without a die, so that leakage is constant: what it lacks can be counted by hand. */
export const PLAIN: Texts = { ...COARSE, [NPU]: EDGE };

/** With lines under `domains.core`, and under `array`. */
export function withStates(texts: Texts, states: string, ofArray = '', file = NPU): Texts {
  const domain = file === NPU ? '  core:\n' : '  core_{array}:\n';
  const text = states === '' ? texts[file] : edit(texts[file], domain, `${domain}    states: { ${states} }\n`);
  return { ...texts, [file]: ofArray === '' ? text : edit(text, 'array:\n', `array:\n  ${ofArray}\n`) };
}

/** quad-npu on a coarse grid. */
export const COARSE_QUAD: Texts = {
  ...COARSE,
  [QUAD]: BUNDLED_TEXTS[QUAD].replace(/( {2}floorplan: .*\n)/, '$1  grid: { rows: 8, columns: 8 }\n'),
};

/** A policy at the highest points with this part of a decision. */
export function saying(part: Partial<Decision>, more: Partial<PolicyDefinition> = {}): PolicyKind {
  return kindOf({
    ...{ name: 'saying', triggers: ['start', 'end'] },
    decide: (view, state) => ({
      ...{
        ranges: Object.fromEntries(
          view.context.domains.map(({ name, points }) => [name, [points.length - 1, points.length - 1]]),
        ),
      },
      ...{ state: state ?? null, reason: 'says so' },
      ...part,
    }),
    ...more,
  });
}

const TEXT = 'export default definePolicy({ decide })';

function kindOf(definition: PolicyDefinition): PolicyKind {
  return { ...moduleKind(definition, { file: 'saying.ts', text: TEXT }), id: 'saying.ts' };
}

export interface Going {
  readonly kind?: PolicyKind;
  readonly overlay?: Texts;
  readonly accelerator?: string;
  /** Keeps the design and network of this experiment. */
  readonly like?: Experiment;
}

export function scenario(lines: string, { kind, overlay = PLAIN, accelerator = 'edge-npu', like }: Going = {}) {
  const policy = kind ? 'policy: ./saying.ts\n' : '';
  const text = `version: 1\nname: e\naccelerator: ${accelerator}\nworkload: ./net.csv\nstart: ambient\n${policy}${lines}\n`;
  return load(text, { overlay, like, kinds: [...POLICY_KINDS, ...(kind ? [kind] : [])] });
}

export const go = (lines: string, going: Going = {}): RunResult =>
  runExperiment(scenario(lines, going), { cache: MODELS });

export const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);

/** Seconds from release to end of the inferences. */
export const latencies = ({ inferences }: RunResult): number[] =>
  Array.from(inferences.endS, (endS, i) => endS - inferences.releaseS[i]);

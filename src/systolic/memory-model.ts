import { fail, InputError, nearestName } from '../base/errors.ts';

/** The choices of docs/methods/memory-next-use.md. */
export interface MemoryModel {
  /** Which words stay in a scratchpad: those that consecutive folds share, or those that come back soonest. */
  readonly retention: 'consecutive' | 'next-use';
  /** The order of a layer's folds: as it always was, or the one of several that fetches the least. */
  readonly order: 'fixed' | 'best';
  /** How far DRAM works ahead of the array: to the next fold, or as far as there is space. */
  readonly lookahead: 'fold' | 'room';
  /** Whether a layer may find its ifmap, the results of the layer before, in the ofmap scratchpad. */
  readonly keepResults: boolean;
}

/** The usual order and look-ahead of each retention. */
export const MEMORY_MODELS = {
  consecutive: { retention: 'consecutive', order: 'fixed', lookahead: 'fold', keepResults: false },
  'next-use': { retention: 'next-use', order: 'best', lookahead: 'room', keepResults: false },
} as const satisfies Record<MemoryModel['retention'], MemoryModel>;

/** The model of a memory that names none. */
export const DEFAULT_MEMORY_MODEL: MemoryModel = MEMORY_MODELS['next-use'];

/** Values of each choice, in the words of files and commands. */
export const MEMORY_CHOICES = {
  retention: ['consecutive', 'next-use'],
  order: ['fixed', 'best'],
  lookahead: ['fold', 'room'],
  keep_results: ['false', 'true'],
} as const;

/** A choice of the model, as a file or a command makes it. */
export interface MemoryChoice extends Partial<Omit<MemoryModel, 'keepResults'>> {
  readonly keep_results?: boolean;
}

/** A problem of a choice. */
export interface ChoiceProblem {
  readonly key: keyof typeof MEMORY_CHOICES;
  readonly code: 'not-supported' | 'option-unused';
  readonly message: string;
  readonly expected: string;
}

/** The model of a choice. Keys that it leaves open follow from its retention. */
export function memoryModel({ retention, order, lookahead, keep_results }: MemoryChoice): MemoryModel {
  const usual = MEMORY_MODELS[retention ?? DEFAULT_MEMORY_MODEL.retention];
  return { ...usual, ...(order && { order }), ...(lookahead && { lookahead }), keepResults: keep_results ?? false };
}

/** The problems of a choice that cannot be simulated. */
export function choiceProblems(choice: MemoryChoice): ChoiceProblem[] {
  const problems: ChoiceProblem[] = [];
  const { retention, order, lookahead, keepResults } = memoryModel(choice);
  if (retention === 'next-use') return problems;
  for (const [key, value, usual] of [
    ['order', order, 'fixed'],
    ['lookahead', lookahead, 'fold'],
    ['keep_results', keepResults, false],
  ] as const) {
    if (value === usual) continue;
    const message = `"${key}: ${value}" has no meaning with "retention: ${retention}"`;
    problems.push({ key, code: 'not-supported', message, expected: `retention: next-use, or ${key}: ${usual}` });
  }
  return problems;
}

/** The model of a memory that may name one. */
export function modelOf({ model }: { readonly model?: MemoryModel | undefined }): MemoryModel {
  return model ?? DEFAULT_MEMORY_MODEL;
}

/**
 * The model that keys and their values name, as `--memory KEY=VALUE` gives them; of a key that is repeated the last counts. Errors: `unknown-name`, and those of
 * `choiceProblems`.
 */
export function readMemoryModel(pairs: readonly (readonly [string, string])[]): MemoryModel {
  const choice: Record<string, string | boolean> = {};
  for (const [key, value] of pairs) {
    const keys = Object.keys(MEMORY_CHOICES);
    if (!keys.includes(key)) {
      fail('unknown-name', `the memory model has no "${key}"`, {
        expected: `one of ${keys.join(', ')}`,
        suggestion: nearestName(key, keys),
      });
    }
    const values: readonly string[] = MEMORY_CHOICES[key as keyof typeof MEMORY_CHOICES];
    if (!values.includes(value)) {
      fail('unknown-name', `"${key}" of the memory model is never "${value}"`, {
        expected: `one of ${values.join(', ')}`,
        suggestion: nearestName(value, values),
      });
    }
    choice[key] = key === 'keep_results' ? value === 'true' : value;
  }
  const problems = choiceProblems(choice as MemoryChoice);
  if (problems.length > 0) throw new InputError(problems.map(({ key: _, ...problem }) => problem));
  return memoryModel(choice as MemoryChoice);
}

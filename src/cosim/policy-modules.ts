import { parseYaml } from '../base/document.ts';
import { attempt, fail, type Span } from '../base/errors.ts';
import { relativeTo } from '../base/files.ts';
import { type Override, seenFrom, withOverrides } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';
import type { PolicyKind } from '../policy/index.ts';
import { policiesIn } from './experiment-file.ts';

/** Whether a reference to a policy names a program rather than a YAML file. */
export function isPolicyModule(reference: string): boolean {
  return /\.[cm]?[jt]s$/.test(reference);
}

/**
 * The paths of the modules among the policies of an experiment, each once. They have to be loaded, and handed to `loadExperiment` among
 * the kinds, before it can read the experiment. Returns none if the text is not readable; `loadExperiment` then says why.
 */
export function policyModules(source: SourceText, overrides: readonly Override[]): readonly string[] {
  const found = attempt([], () => {
    const document = withOverrides(parseYaml(source), overrides);
    const modules = (policiesIn(document) ?? []).filter(({ reference }) => isPolicyModule(reference));
    return modules.map(({ reference, path }) => relativeTo(seenFrom(document, path), reference));
  });
  return [...new Set(found ?? [])];
}

/** The kind that was made of the module at `file`. Error: `not-supported` if the module has not been loaded. */
export function moduleKindAt(file: string, kinds: readonly PolicyKind[], span: Span): PolicyKind {
  return (
    kinds.find(({ id }) => id === file) ??
    fail('not-supported', `policy ${file} is a program, and it has not been loaded`, {
      span,
      expected: 'a command that runs it; in a program, its moduleKind among "kinds"',
    })
  );
}

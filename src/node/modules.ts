import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { fail, type Span } from '../base/errors.ts';
import { type Files, readText, relativeTo } from '../base/files.ts';
import { type SourceText, spanOf } from '../base/source.ts';
import { callerOf, frameOf, type Guard, moduleKind, type PolicyKind, placeAt } from '../policy/index.ts';
import { failCompile, failLink, failSyntax, plainSyntax } from './module-syntax.ts';

/** The root of the package; the relative path is the same from src/node, dist/node and dist/bin. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The names that a CommonJS module asks for first. */
const COMMON_JS = /^(?:require|module|exports) is not defined/;

/** Names that a module may import although they lie in no file beside it: this package, as it runs. */
const PACKAGE = /^isotherm(?:\/[\w-]+)?$/;

/**
 * Loads the policy module at `path` as a kind of policy. TypeScript loses its types first, in place, so that lines and columns stay. A
 * module may import `isotherm` and files beside it. Needs Node's `--experimental-vm-modules`, which the worker of the command line has.
 * Errors: `file-not-found`, `module-syntax`, `module-invalid`, `policy-failed`, `policy-impure`.
 */
export async function loadPolicyModule(files: Files, path: string, guard: Guard): Promise<PolicyKind> {
  const source = readText(files, path, 'a policy module');
  const strip = await stripper();
  let imported: string | null = null;
  const watching: Guard = {
    enter: guard.enter,
    leave() {
      const found = guard.leave();
      if (found !== null || imported === null) return found;
      return { what: `import('${imported}')`, error: null };
    },
  };
  const onImport = (specifier: string): void => {
    imported = specifier;
  };
  const { definition } = await evaluated(files, source, strip, watching, onImport);
  // Two more copies show what the first one keeps outside of its state.
  const twins = [];
  for (let n = 0; n < 2; n++) {
    const copy = await evaluated(files, source, strip, watching, onImport);
    twins.push(copy.definition);
  }
  return moduleKind(definition, source, watching, twins);
}

/** The default export of a fresh copy of a module and of the files that it imports; in an object, as it may look like a promise. */
async function evaluated(
  files: Files,
  source: SourceText,
  strip: (source: SourceText) => string,
  guard: Guard,
  onImport: (specifier: string) => void,
): Promise<{ readonly definition: unknown }> {
  const linked = new Map<string, vm.Module>();
  const sources: SourceText[] = [];
  const compiled = (text: SourceText, code: string): vm.Module => {
    try {
      return new vm.SourceTextModule(code, {
        identifier: text.file,
        importModuleDynamically(specifier: string) {
          onImport(specifier);
          // A promise that fails would end the program with an error that names no file.
          return new Promise<vm.Module>(() => {});
        },
      });
    } catch (error) {
      if (error instanceof SyntaxError) failCompile(error, text, code);
      throw error;
    }
  };
  const moduleOf = (text: SourceText): vm.Module => {
    const known = linked.get(resolve(text.file));
    if (known) return known;
    const made = compiled(text, strip(text));
    linked.set(resolve(text.file), made);
    sources.push(text);
    return made;
  };
  const namesOf = (specifier: string): readonly string[] => {
    const module = linked.get(specifier);
    // A module has no names before it is linked.
    return !module || module.status === 'unlinked' || module.status === 'linking' ? [] : Object.keys(module.namespace);
  };
  const link = async (specifier: string, from: vm.Module): Promise<vm.Module> => {
    const importer: SourceText = { file: from.identifier, text: files.read(from.identifier) ?? '' };
    const span = importSpan(importer, specifier);
    if (PACKAGE.test(specifier)) return packageModule(specifier, linked, span);
    if (/^\.{1,2}\//.test(specifier)) {
      return moduleOf(readText(files, relativeTo(from.identifier, specifier), 'a file of the module', span));
    }
    return fail('module-invalid', `${from.identifier} imports "${specifier}"`, {
      span,
      expected: `'isotherm', or a file beside the module such as './other.ts'`,
    });
  };

  const main = moduleOf(source);
  const caller = callerOf(source.file, source, guard);
  try {
    await main.link(link);
    guard.enter(true);
    await main.evaluate();
    // The loading includes what its promises still do: one that fails ends it, and one that never rests is noticed.
    await setImmediate();
  } catch (error) {
    // Names that an imported module does not export are found while linking.
    if (error instanceof SyntaxError) failLink(error, sources, namesOf);
    if (error instanceof ReferenceError && COMMON_JS.test(error.message)) {
      fail('module-invalid', `${source.file} is written as a CommonJS module: ${error.message}`, {
        span: frameOf(error, source),
        expected: "an ES module: import { definePolicy } from 'isotherm' and export default",
      });
    }
    throw caller.explained(error, 'the module');
  } finally {
    caller.leave();
  }
  return { definition: (main.namespace as { default?: unknown }).default };
}

function importSpan(source: SourceText, specifier: string): Span {
  const from = Math.max(0, source.text.indexOf(`'${specifier}'`), source.text.indexOf(`"${specifier}"`));
  return spanOf(source, from, from + specifier.length + 2);
}

async function packageModule(specifier: string, linked: Map<string, vm.Module>, span: Span): Promise<vm.Module> {
  const known = linked.get(specifier);
  if (known) return known;
  const { exports } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly default: string }>>;
  };
  const entry = exports[`.${specifier.slice('isotherm'.length)}`];
  if (!entry) {
    fail('module-invalid', `there is no "${specifier}"`, {
      span,
      expected: `one of ${Object.keys(exports)
        .map((name) => `isotherm${name.slice(1)}`)
        .join(', ')}`,
    });
  }
  const found = (await import(pathToFileURL(join(PACKAGE_ROOT, entry.default)).href)) as Record<string, unknown>;
  const names = Object.keys(found);
  const module = new vm.SyntheticModule(
    names,
    () => {
      for (const name of names) module.setExport(name, found[name]);
    },
    { identifier: specifier },
  );
  linked.set(specifier, module);
  return module;
}

/** An error of the transpiler. Lines count from 1, columns from 0. */
interface StripProblem {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

/** Replaces types by spaces (@swc/wasm-typescript, which Node itself uses). Error: `module-syntax`. */
async function stripper(): Promise<(source: SourceText) => string> {
  const { default: swc } = await import('@swc/wasm-typescript');
  return (source) => {
    try {
      return swc.transformSync(source.text, { mode: 'strip-only', module: true, filename: source.file }).code;
    } catch (error) {
      const { message = String(error), startLine = 1, startColumn = 0 } = Object(error) as Partial<StripProblem>;
      const place = placeAt(source, startLine, startColumn + 1);
      const word = place.lineText.slice(place.column - 1, place.column - 1 + place.length);
      return failSyntax(plainSyntax(message, word), place);
    }
  };
}

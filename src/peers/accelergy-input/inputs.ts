import { fail } from '../../base/errors.ts';
import { type Files, leadsOutside, readText, relativeTo } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';

/** The folders of the inputs: files outside them stay closed to a template. */
export function inputFolders(files: Files, paths: readonly string[]): string[] {
  const folders = paths.map((path) => (files.list(path).length > 0 ? path.replace(/\/+$/, '') : relativeTo(path, '.')));
  return [...new Set(folders)];
}

/**
 * The files that the paths name, each once: each path itself, and all `.yaml` files below a folder. Errors: `file-not-found`,
 * `file-unreadable`; `out-of-range` for a link in a folder that leads out of it.
 */
export function inputTexts(files: Files, paths: readonly string[]): SourceText[] {
  const texts = new Map<string, SourceText>();
  for (const text of paths.flatMap((path) => textsOf(files, path))) {
    const place = files.linked?.(text.file) ?? relativeTo('', text.file);
    if (!texts.has(place)) texts.set(place, text);
  }
  return [...texts.values()];
}

function textsOf(files: Files, path: string): SourceText[] {
  const folder = path.replace(/\/+$/, '');
  const inside = filesBelow(files, folder, folder, 0);
  if (inside !== undefined) return inside.map((file) => readText(files, file));
  const text = readText(files, path, 'an Accelergy or Timeloop file, or a folder of them');
  return ENDING.test(path) ? [text] : failEnding(path);
}

/** A template of Timeloop's exercises says so in its name: `top.yaml.jinja2`. */
const ENDING = /\.ya?ml(?:\.jinja2?)?$/;

function failEnding(path: string): never {
  fail('wrong-kind', `${path} does not end with .yaml`, { expected: 'a YAML file, or a folder of them' });
}

/** Deepest folder that is searched: a link may lead upwards. */
const DEEPEST_FOLDER = 20;

/** The YAML files below a folder, those in it before those deeper down; undefined if it is no folder. */
function filesBelow(files: Files, folder: string, root: string, depth: number): string[] | undefined {
  const names = files.list(folder);
  if (names.length === 0 || depth > DEEPEST_FOLDER) return undefined;
  const here: string[] = [];
  const deeper: string[] = [];
  for (const name of names) {
    if (name.startsWith('.')) continue;
    const path = `${folder}/${name}`;
    checkLink(files, path, root);
    const inside = filesBelow(files, path, root, depth + 1);
    if (inside) deeper.push(...inside);
    else if (name.endsWith('.yaml')) here.push(path);
  }
  return [...here, ...deeper];
}

/** Error `out-of-range` for a link to YAML files outside the root. */
function checkLink(files: Files, path: string, root: string): void {
  if (!leadsOutside(files, path, [root])) return;
  if (!path.endsWith('.yaml') && files.list(path).length === 0) return;
  fail('out-of-range', `${path} is a link that leads outside the folder of the input`, {
    expected: `files below ${root}, or what the link means as an input of its own`,
  });
}

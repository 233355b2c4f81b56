import { type Path, parseYaml } from '../base/document.ts';
import type { SourceText } from '../base/source.ts';

/** A new project: its files by path inside its folder, and what its author should know. */
export interface Project {
  readonly files: Readonly<Record<string, string>>;
  /** One sentence for each value that was chosen for the author, rather than taken from a file. */
  readonly chosen: readonly string[];
}

/** The text with the values at some top-level keys replaced. Comments and all other lines stay. */
export function withValues({ file, text }: SourceText, values: Readonly<Record<string, string>>): string {
  const document = parseYaml({ file, text });
  const lines = text.split('\n');
  for (const [key, value] of Object.entries(values)) {
    const path: Path = [key];
    const { line, column, length } = document.span(path);
    const old = lines[line - 1];
    lines[line - 1] = `${old.slice(0, column - 1)}${value}${old.slice(column - 1 + length)}`;
  }
  return lines.join('\n');
}

/** A file that says which commands to try first. */
export function readme(title: string, parts: readonly string[]): string {
  return `# ${title}

${parts.map((part) => `- ${part}`).join('\n')}

Run these commands in this folder:

    isotherm validate experiment.yaml
    isotherm run experiment.yaml -o out
    isotherm run experiment.yaml --policy performance

Then open out/report.html.
`;
}

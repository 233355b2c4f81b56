import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a page: what is after the backticks, and where it starts. */
export interface Block {
  readonly language: string;
  /** `title="my/first.yaml"`: the name the reader saves it under, or the file of the repository it is taken from. */
  readonly title: string | undefined;
  readonly text: string;
  readonly line: number;
}

/** Every Markdown page a reader is sent to, as a path from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'tech-tables/README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort(),
];

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const match of markdown.matchAll(/^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$/gms)) {
    const line = markdown.slice(0, match.index).split('\n').length;
    blocks.push({ language: match[1], title: match[2], text: match[3], line });
  }
  return blocks;
}

/** A page without its fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, '');
}

/** The command lines of a shell block, continued lines joined, and the exit status each is said to have. */
export function commandsOf({ text }: Block): { command: string; status: number }[] {
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({
      command: line.replace(/\s+# exit status \d$/, ''),
      status: Number(/# exit status (\d)$/.exec(line)?.[1] ?? 0),
    }));
}

// The scripts of the pages as texts in TypeScript, each with the hash that lets a page run it and no other. The files are kept in git,
// so that the sources work without a build; a test fails when they differ from what this makes.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The entry of each script, and the file that holds its text. */
export const PAGE_SCRIPTS = [
  ['src/report/live/main.ts', 'src/report/page/script.ts'],
  ['src/report/live/stills.ts', 'src/report/still/script.ts'],
];

export async function pageScript(entry) {
  const bundle = await rolldown({ input: path(`../${entry}`), platform: 'browser', logLevel: 'warn' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  // In a page, `</script` would end the script, and `<!--` change how it is read.
  const code = output[0].code
    .trim()
    .replace(/<\/(script)/gi, '<\\/$1')
    .replaceAll('<!--', '<\\!--');
  const hash = createHash('sha256').update(code).digest('base64');
  return `// Made by scripts/build-page.js from ${entry}; do not edit.
export const SCRIPT = ${JSON.stringify(code)};
export const SCRIPT_HASH = 'sha256-${hash}';
`;
}

async function write(entry, target) {
  const text = await pageScript(entry);
  let before = '';
  try {
    before = readFileSync(path(`../${target}`), 'utf8');
  } catch {
    // The first build makes the file.
  }
  if (text !== before) writeFileSync(path(`../${target}`), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [entry, target] of PAGE_SCRIPTS) await write(entry, target);
}

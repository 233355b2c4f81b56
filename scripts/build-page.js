// The script of report.html as a text in src/report/page/script.ts, with the hash that lets a page run it and no other. The file is
// kept in git, so that the sources work without a build; a test fails when it differs from what this makes.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const target = path('../src/report/page/script.ts');

export async function pageScript() {
  const bundle = await rolldown({ input: path('../src/report/live/main.ts'), platform: 'browser', logLevel: 'warn' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  // In a page, `</script` would end the script, and `<!--` change how it is read.
  const code = output[0].code
    .trim()
    .replace(/<\/(script)/gi, '<\\/$1')
    .replaceAll('<!--', '<\\!--');
  const hash = createHash('sha256').update(code).digest('base64');
  return `// Made by scripts/build-page.js from src/report/live; do not edit.
export const SCRIPT = ${JSON.stringify(code)};
export const SCRIPT_HASH = 'sha256-${hash}';
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await pageScript();
  let before = '';
  try {
    before = readFileSync(target, 'utf8');
  } catch {
    // The first build makes the file.
  }
  if (text !== before) writeFileSync(target, text);
}

// The command line as a file, and one for each command: Node starts it in a fraction of the time it needs to find and read some
// 300 modules.
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const dir = path('../dist/bin');
rmSync(dir, { recursive: true, force: true });

/** Commander loads it for commands that are programs of their own, of which there are none; it takes 10 ms at every start. */
const UNUSED = 'node:child_process';
const withoutUnused = {
  name: 'without-unused',
  resolveId: (id) => (id === UNUSED ? `\0${UNUSED}` : null),
  load: (id) => (id === `\0${UNUSED}` ? 'export default {};' : null),
};

const input = path('../dist/cli/main.js');
/** What threads of a command run. */
const worker = path('../dist/cli/commands/compare-worker.js');
/** Modules of ours only define things: a command that takes one name from an index does not load what the others need. */
/** It brings its own WebAssembly, and only policy modules need it. */
const external = ['@swc/wasm-typescript'];
const treeshake = { moduleSideEffects: (id) => id === input || id === worker || id.includes('node_modules') };
const bundle = await rolldown({
  input: { isotherm: input, 'compare-worker': worker },
  external,
  platform: 'node',
  logLevel: 'warn',
  plugins: [withoutUnused],
  treeshake,
});
await bundle.write({ dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' });
await bundle.close();
chmodSync(`${dir}/isotherm.js`, 0o755);

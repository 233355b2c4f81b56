// The command line as a file, and one for each command: Node starts it in a fraction of the time it needs to find and read some
// 300 modules.
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const dir = path('../dist/bin');
rmSync(dir, { recursive: true, force: true });

const bundle = await rolldown({ input: path('../dist/cli/main.js'), platform: 'node', logLevel: 'warn' });
await bundle.write({ dir, format: 'esm', entryFileNames: 'isotherm.js', chunkFileNames: '[name].js' });
await bundle.close();
chmodSync(`${dir}/isotherm.js`, 0o755);

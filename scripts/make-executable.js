// tsc writes plain files; the command line's entry has to be executable for `npm link` and `npx`.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755);

// node bench/scalesim.js --scalesim CHECKOUT [--python PROGRAM] [--runs N] [--case PART_OF_NAME]
//
// SCALE-Sim's job by SCALE-Sim v2 (a checkout of it; PYTHON needs its requirements) and by `isotherm simulate`: whole processes,
// CPU seconds, user and system; ours the least of --runs (default 3), SCALE-Sim's one run. The reports and traces must be the
// same to the last byte, or the bench fails.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readTopology } from '../dist/workload/index.js';
import { cpuSecondsOf } from './peers.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const OURS = [process.execPath, join(root, 'dist/bin/isotherm.js'), 'simulate'];

/** A network of workloads/ as SCALE-Sim's topology: it knows no padding, so pictures are as large as with it. */
function network(name) {
  const { layers } = readTopology({ file: name, text: readFileSync(`${root}workloads/${name}.csv`, 'utf8') });
  return layers.map((layer) => [
    layer.name.replaceAll('DP', 'dp'),
    layer.ifmapHeight + 2 * layer.padHeight,
    layer.ifmapWidth + 2 * layer.padWidth,
    layer.filterHeight,
    layer.filterWidth,
    layer.channels,
    layer.filters,
    layer.strideHeight,
  ]);
}

const CASES = [
  { name: 'small conv, os 16 x 16', rows: [['conv', 58, 58, 3, 3, 16, 32, 1]], side: 16, kb: 64, target: 10 },
  { name: 'AlexNet, os 128 x 128', rows: network('alexnet'), side: 128, kb: 512, target: 80 },
  { name: 'ResNet-18, os 32 x 32', rows: network('resnet18'), side: 32, kb: 256, target: 300 },
  {
    name: 'small conv with traces',
    rows: [['conv', 58, 58, 3, 3, 16, 32, 1]],
    side: 16,
    kb: 64,
    target: 20,
    traces: true,
  },
];

/** v2's command cannot write traces; its Python class does. */
const WITH_TRACES = `import sys
from scalesim.scale_sim import scalesim
run = scalesim(save_disk_space=False, verbose=False, config=sys.argv[1], topology=sys.argv[2], input_type_gemm=False)
run.run_scale(top_path=sys.argv[3])
`;

const { values: given } = parseArgs({
  options: {
    scalesim: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    runs: { type: 'string', default: '3' },
    case: { type: 'string' },
  },
});
if (!given.scalesim || !existsSync(join(given.scalesim, 'scalesim/scale.py'))) {
  console.error(given.scalesim ? `no SCALE-Sim in ${given.scalesim}` : 'give --scalesim CHECKOUT');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'isotherm-scalesim-'));
try {
  console.log(`${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; CPU s\n`);
  for (const entry of CASES) if (given.case === undefined || entry.name.includes(given.case)) compare(entry);
  console.log(`\nload ${loadavg()[0].toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true });
}

function compare({ name, rows, side, kb, target, traces }) {
  const files = ['-c', join(folder, 'run.cfg'), '-t', join(folder, 'net.csv')];
  writeFileSync(files[1], configuration(side, kb));
  writeFileSync(files[3], `layer, ...,\n${rows.map((row) => `${row.join(',')},\n`).join('')}`);
  const [ours, theirs] = ['ours', 'theirs'].map((who) => join(folder, who));
  for (const out of [ours, theirs]) {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
  }
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < Number(given.runs); run++) {
    const options = ['-p', ours, '--compat', 'scalesim-v2', ...(traces ? ['--save-traces'] : [])];
    least = Math.min(least, cpuSecondsOf([...OURS, ...files, ...options], { cwd: folder }));
  }
  const python = traces
    ? [given.python, '-c', WITH_TRACES, files[1], files[3], theirs]
    : [given.python, '-m', 'scalesim.scale', ...files, '-p', theirs];
  const seconds = cpuSecondsOf(python, { cwd: folder, env: { PYTHONPATH: given.scalesim } });
  for (const entry of readdirSync(join(theirs, 'run'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = relative(theirs, join(entry.parentPath, entry.name));
    const [a, b] = [ours, theirs].map((out) => readFileSync(join(out, file)));
    if (!a.equals(b)) throw new Error(`${name}: ${file} differs`);
  }
  const figures = `${least.toFixed(3)} against ${seconds.toFixed(1)}`;
  console.log(`${name.padEnd(24)} ${figures.padEnd(20)} ${(seconds / least).toFixed(0)} x (target ${target} x)`);
}

function configuration(side, kb) {
  return `[general]
run_name = run

[architecture_presets]
ArrayHeight: ${side}
ArrayWidth: ${side}
IfmapSramSzkB: ${kb}
FilterSramSzkB: ${kb}
OfmapSramSzkB: ${kb}
IfmapOffset: 0
FilterOffset: 10000000
OfmapOffset: 20000000
Dataflow: os
Bandwidth: 10
MemoryBanks: 1

[run_presets]
InterfaceBandwidth: CALC
`;
}

// node bench/energy-peer.js PYTHON [RUNS]: the tables of 400 components by Accelergy, which PYTHON has installed, and by this checkout.
// Both run in turn: as processes that write all files, and within a program, from the text of the input to the texts of the outputs.
// PYTHON is an interpreter with Accelergy 0.4 and its Aladdin plug-in. The ratios are of the least CPU seconds. The chain of multiply-adds
// tells how fast the machine was; bench/energy.js scales the figures kept there by it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIG, bigRuns, CHAIN } from './energy.js';
import { inTurnCpu, multiplyAdds } from './measure.js';
import { cpuSecondsOf } from './peers.js';

const [python, runs = '3'] = process.argv.slice(2);
if (!python) throw new Error('usage: node bench/energy-peer.js PYTHON [RUNS]');

/** Accelergy's command, which also writes the CPU seconds of its `main` and of its reading of the files into a file. */
const TIMED = `import sys, time
from accelergy import accelergy_console as console
read = console.RawInputs2Dicts
seconds = [0, 0]
def timed(*given):
    start = time.process_time()
    try:
        return read(*given)
    finally:
        seconds[1] += time.process_time() - start
console.RawInputs2Dicts = timed
start = time.process_time()
try:
    console.main()
finally:
    seconds[0] = time.process_time() - start
    open('seconds', 'w').write(str(seconds))`;
const COMMAND = fileURLToPath(new URL('../dist/bin/isotherm.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'isotherm-energy-'));
try {
  writeFileSync(join(folder, 'big.yaml'), BIG);
  const env = { HOME: folder };
  const least = {};
  const keep = (name, seconds) => {
    least[name] = Math.min(seconds, least[name] ?? Number.POSITIVE_INFINITY);
  };
  const { whole } = bigRuns('accelergy-0.4');
  for (let run = 0; run < Number(runs); run++) {
    keep('peer process', cpuSecondsOf([python, '-c', TIMED, 'big.yaml', '-o', 'peer'], { cwd: folder, env }));
    const [within, reading] = JSON.parse(readFileSync(join(folder, 'seconds'), 'utf8'));
    keep('peer within', within);
    keep('peer reading', reading);
    const command = [process.execPath, COMMAND, 'energy', 'big.yaml', '--compat', 'accelergy-0.4', '-o', 'own'];
    for (let i = 0; i < 5; i++) keep('own process', cpuSecondsOf(command, { cwd: folder, env }));
    const [own, chain] = inTurnCpu(whole, () => multiplyAdds(CHAIN), 31, 30);
    keep('own within', own);
    keep('chain', chain);
  }
  console.log(`equal files: ${readdirSync(join(folder, 'peer')).filter(isEqual).join(', ') || 'none'}`);
  for (const kind of ['process', 'within']) {
    const [peer, own] = [least[`peer ${kind}`], least[`own ${kind}`]];
    console.log(`${kind}: ${peer.toFixed(2)} s and ${own.toFixed(4)} s, ${(peer / own).toFixed(0)} times`);
  }
  const { chain, 'peer reading': reading } = least;
  console.log(`reading: ${reading.toFixed(3)} s; a chain of ${CHAIN} multiply-adds: ${chain.toFixed(5)} s`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Whether both wrote the same values; Accelergy indents and quotes in its own way. */
function isEqual(name) {
  const [peer, own] = ['peer', 'own'].map((side) =>
    readFileSync(join(folder, side, name), 'utf8').replace(/[\s'"]/g, ''),
  );
  return peer === own;
}

// node bench/mapping-peer.js TIMELOOP_MAPPER [CPU_SECONDS...]: Timeloop's own mapper and the exact search on one core for equal CPU
// seconds (1, 10 and 60), on problems of test/golden/timeloop. Both winners are scored by Timeloop's model.
// Needs Linux, whose /proc tells the CPU time of another process.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTimeloop } from '../dist/formats/timeloop/index.js';
import { evaluateTimeloop, machineOf, mapspaceOf, objectiveOf, searchExactly } from '../dist/mapping/index.js';

const [program, ...given] = process.argv.slice(2);
if (program === undefined || !existsSync(program)) {
  console.error('usage: node bench/mapping-peer.js TIMELOOP_MAPPER [CPU_SECONDS...]');
  process.exit(2);
}
const BUDGETS = given.length > 0 ? given.map(Number) : [1, 10, 60];
const CASES = ['map_gemm_16x16_small_gbuf', 'map_conv_16x8', 'os_gemm', 'conv_rowstat'];
const FILES = ['arch', 'problem', 'ert', 'constraints'];
/** Linux counts CPU time in ticks of 10 ms. */
const TICKS_PER_S = 100;

/** One thread that searches until it is stopped, for least energy x delay. */
const MAPPER = `mapper:
  optimization-metrics: [edp]
  algorithm: random-pruned
  num-threads: 1
  timeout: 0
  victory-condition: 0
  search-size: 0
  live-status: false
`;

function cpuSecondsOf(pid) {
  // The name in brackets may hold blanks; utime and stime are the 14th and 15th fields.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** Runs the mapper until it has used `seconds` of CPU time; SIGINT makes it end with its best mapping. */
async function peerMapping(folder, files, seconds) {
  const child = spawn(program, files, { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const watch = setInterval(() => {
    try {
      if (cpuSecondsOf(child.pid) < seconds) return;
      // One signal only: at the third one the mapper exits within its handler, without a result.
      child.kill('SIGINT');
    } catch {
      // The process has ended.
    }
    clearInterval(watch);
  }, 50);
  await ended;
  clearInterval(watch);
  const file = join(folder, 'timeloop-mapper.map.yaml');
  return existsSync(file) ? { file, text: readFileSync(file, 'utf8') } : undefined;
}

for (const name of CASES) {
  const sources = FILES.flatMap((file) => {
    const url = new URL(`../test/golden/timeloop/${name}/${file}.yaml`, import.meta.url);
    return existsSync(url) ? [{ file: `${file}.yaml`, text: readFileSync(url, 'utf8') }] : [];
  });
  const { problem, architecture, energies, constraints } = readTimeloop(sources);
  const machine = machineOf(problem, architecture, energies);
  const edpOf = ({ energyPj, cycles }) => energyPj * cycles;
  for (const seconds of BUDGETS) {
    const folder = mkdtempSync(join(tmpdir(), 'isotherm-mapper-'));
    for (const { file, text } of [...sources, { file: 'mapper.yaml', text: MAPPER }])
      writeFileSync(join(folder, file), text);
    const found = await peerMapping(folder, [...sources.map(({ file }) => file), 'mapper.yaml'], seconds);
    const theirs = found && evaluateTimeloop(machine, readTimeloop([...sources, found]).mapping);
    rmSync(folder, { recursive: true });
    const start = process.cpuUsage();
    const used = () => {
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    const isOver = () => used() >= seconds;
    const { best, reason } = searchExactly(mapspaceOf(machine, constraints), objectiveOf(['edp']), false, { isOver });
    const value = { timeloopMapper: theirs && edpOf(theirs), exact: best && edpOf(best.cost) };
    console.log(
      JSON.stringify({ name: `mapping-peer-${name}`, cpuS: seconds, ...value, outcome: reason, usedS: used() }),
    );
  }
}

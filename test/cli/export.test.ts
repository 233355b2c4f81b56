import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../src/formats/csv.ts';
import { folderWith, isothermHere } from './support.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isotherm-export-'));
  writeFileSync(join(folder, 'net.csv'), 'layer,type,m,n,k\na,gemm,4000,500,600\nb,gemm,4000,50,60\n');
  const uses = 'accelerator: edge-npu\nworkload: ./net.csv\npolicy: pace\n';
  const rest = 'inferences: {count: 3, period: 5ms}\ndeadline: 5ms\nstart: ambient\n';
  writeFileSync(join(folder, 'e.yaml'), `version: 1\nname: e\n${uses}${rest}`);
  expect(await isothermHere(['run', 'e.yaml', '-o', 'out'], folder)).toMatchObject({ status: 0, err: '' });
  return () => rmSync(folder, { recursive: true, force: true });
});

const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly tid?: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args: Record<string, number | string>;
}

describe('a trace for Perfetto', () => {
  test('has the inferences, the changes of the clock and the values of trace.csv', async () => {
    expect(await isothermHere(['export', 'out', '--perfetto', 'trace.json'], folder)).toMatchObject({
      status: 0,
      err: '',
    });
    const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(text('trace.json'));
    const [header, ...rows] = text('out/trace.csv')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const inferences = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === 1);
    expect(inferences.map(({ name }) => name)).toEqual(['inference 0', 'inference 1', 'inference 2']);
    const power = traceEvents.filter(({ name }) => name === 'power, W');
    const column = header.findIndex((name) => name.startsWith('power_w:'));
    const block = header[column].slice('power_w:'.length);
    expect(power[0].args[block]).toBeCloseTo(Number(rows[0][column]), 6);
    const changes = text('out/events.csv')
      .split('\n')
      .filter((line) => line.split(',')[1] === 'transition');
    const slices = traceEvents.filter(({ ph, tid, name }) => ph === 'X' && tid === 3 && name !== 'clock stands');
    expect(slices).toHaveLength(changes.length);
    expect(changes.length).toBeGreaterThan(0);
  });

  test('of a table cut short is refused where it ends', async () => {
    const whole = text('out/trace.csv');
    writeFileSync(join(folder, 'out/trace.csv'), whole.slice(0, whole.length - 40));
    const { status, err } = await isothermHere(['export', 'out', '--perfetto', 'cut.json'], folder);
    writeFileSync(join(folder, 'out/trace.csv'), whole);
    expect(status).toBe(1);
    expect(err).toMatch(/^error\[column-count\]/);
    expect(err).toMatch(/--> out\/trace.csv:\d+:1/);
  });
});

// hyparquet reads what its companion wrote; NumPy 2.4.6 read the same files by hand.
test('the tables as Parquet and as records of NumPy hold the cells of the tables', async () => {
  expect(await isothermHere(['export', 'out', '--parquet', 'pq', '--npy', 'np'], folder)).toMatchObject({ status: 0 });
  for (const name of ['trace', 'events', 'inferences', 'layers', 'activity', 'ert']) {
    const rows = readCsv({ file: name, text: text(`out/${name}.csv`) }).map((row) => row.map((cell) => cell.text));
    const [header, ...cells] = rows;
    const bytes = readFileSync(join(folder, `pq/${name}.parquet`));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const objects = await parquetReadObjects({ file });
    expect(objects).toHaveLength(cells.length);
    const expected = cells.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
    const asText = (value: unknown): string => (value === null ? '' : String(value));
    objects.forEach((object, i) => {
      for (const [column, cell] of Object.entries(expected[i])) {
        const value = asText(object[column]);
        if (value !== cell) expect(Number(value), `${name} ${i} ${column}`).toBe(Number(cell));
      }
    });
    const npy = readFileSync(join(folder, `np/${name}.npy`));
    const dataAt = 10 + npy.readUInt16LE(8);
    const descr = npy.subarray(10, dataAt).toString('latin1');
    expect(npy.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
    expect(dataAt % 64).toBe(0);
    expect(descr).toContain(`'shape': (${cells.length},)`);
    const fields = [...descr.matchAll(/\('([^']+)', '<([fU])(\d+)'\)/g)].map(([, column, kind, size]) => ({
      column,
      kind,
      bytes: kind === 'f' ? Number(size) : 4 * Number(size),
    }));
    expect(fields.map(({ column }) => column)).toEqual(header);
    const record = fields.reduce((sum, field) => sum + field.bytes, 0);
    expect(npy.length).toBe(dataAt + record * cells.length);
    let at = dataAt + record * (cells.length - 1);
    fields.forEach(({ kind, bytes: size }, f) => {
      const cell = cells[cells.length - 1][f];
      if (kind === 'f') expect(npy.readDoubleLE(at)).toBe(cell === '' ? Number.NaN : Number(cell));
      else
        expect(
          npy
            .subarray(at, at + size)
            .toString('utf16le')
            .replace(/\0/g, ''),
        ).toBe(cell);
      at += size;
    });
  }
});

test('folders for HotSpot and Accelergy hold the files of the run', async () => {
  const { status, out } = await isothermHere(['export', 'out', '--hotspot', 'h', '--accelergy', 'a'], folder);
  expect(status).toBe(0);
  expect(out).toMatch(/there: hotspot -c hotspot.config/);
  for (const name of ['hotspot.config', 'chip.flp', 'power.ptrace'])
    expect(text(`h/${name}`)).toBe(text(`out/${name}`));
  for (const name of ['architecture.yaml', 'action_counts.yaml']) expect(text(`a/${name}`)).toBe(text(`out/${name}`));
});

test('a folder for HotSpot is not made of a trace cut short', async () => {
  const whole = text('out/power.ptrace');
  writeFileSync(join(folder, 'out/power.ptrace'), whole.slice(0, whole.length - 9));
  const { status, err } = await isothermHere(['export', 'out', '--hotspot', 'cut'], folder);
  writeFileSync(join(folder, 'out/power.ptrace'), whole);
  expect(err).toContain('power.ptrace is cut short');
  expect([status, existsSync(join(folder, 'cut'))]).toEqual([1, false]);
});

test.each([
  ['a folder without a summary', ['export', '.', '--hotspot', 'x'], 1, /^error\[file-not-found\]/],
  ['no place to write to', ['export', 'out'], 2, /nothing to write/],
  ['its own input as output', ['export', 'out', '--perfetto', 'out/trace.csv'], 1, /^error\[output-over-input\]/],
])('%s is refused', async (_, args, status, message) => {
  const outcome = await isothermHere(args as string[], folder);
  expect(outcome.status).toBe(status);
  expect(outcome.err).toMatch(message as RegExp);
});

test('a summary of another version is refused', async () => {
  const other = folderWith({ 'summary.json': '{"version": 2}' });
  const { status, err } = await isothermHere(['export', other, '--hotspot', join(other, 'x')]);
  expect(status).toBe(1);
  expect(err).toMatch(/^error\[wrong-kind\]/);
});

describe('report', () => {
  test('draws the page of the run again, byte for byte', async () => {
    expect(await isothermHere(['report', 'out', '-o', 'again.html'], folder)).toMatchObject({ status: 0, err: '' });
    expect(text('again.html')).toBe(text('out/report.html'));
  });

  test.each([
    ['no run', {}, /^error\[file-not-found\]/],
    ['cut short', { 'report.json': '{"version":2,"summ' }, /cut short/],
    ['of another version', { 'report.json': '{"version":99}' }, /this version/],
    ['without its parts', { 'report.json': '{"version":2}' }, /damaged/],
    ['null', { 'report.json': 'null' }, /this version/],
  ])('of a folder that is %s is refused, and nothing is written', async (_, files, message) => {
    const run = folderWith({ 'x.txt': '', ...(files as Record<string, string>) });
    const { status, err } = await isothermHere(['report', run]);
    expect(status).toBe(1);
    expect(err).toMatch(message);
    expect(existsSync(join(run, 'report.html'))).toBe(false);
  });

  test('of a folder with a damaged column is refused, and so is a file in place of a folder', async () => {
    const data = JSON.parse(text('out/report.json'));
    data.time.totalW.mean.codes = '!';
    const run = folderWith({ 'report.json': JSON.stringify(data) });
    const damaged = await isothermHere(['report', run]);
    expect(damaged).toMatchObject({ status: 1, err: expect.stringMatching(/^error\[wrong-kind\]: .*damaged/) });
    expect(existsSync(join(run, 'report.html'))).toBe(false);
    const file = await isothermHere(['report', join(run, 'report.json')]);
    expect(file).toMatchObject({ status: 1, err: expect.stringMatching(/^error\[file-not-found\]/) });
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { nodeFiles, notingFiles, recordingFiles } from '../../src/node/files.ts';
import { hashTexts } from '../../src/node/hash.ts';
import { outputFiles, writeFiles } from '../../src/node/output.ts';
import { folderWith } from '../cli/support.ts';
import { problemsOf } from '../cosim/support.ts';
import { longTest } from '../tier.ts';

test('files are read, from the disk or from the package', () => {
  const folder = folderWith({ 'a.txt': '\ufeffä\u{1f321}\r\n' });
  expect(nodeFiles.read(join(folder, 'a.txt'))).toBe('\ufeffä\u{1f321}\r\n');
  expect(nodeFiles.read(join(folder, 'b.txt'))).toBeUndefined();
  expect(nodeFiles.read('isotherm:policies/fixed.yaml')).toBe(readFileSync('policies/fixed.yaml', 'utf8'));
  expect(nodeFiles.read('isotherm:policies/nothing.yaml')).toBeUndefined();
});

test('folders are listed in order; what is none is empty', () => {
  const folder = folderWith({ 'b.txt': '', 'a.txt': '', 'c/d.txt': '' });
  expect(nodeFiles.list(folder)).toEqual(['a.txt', 'b.txt', 'c']);
  expect(nodeFiles.list(join(folder, 'a.txt'))).toEqual([]);
  expect(nodeFiles.list(join(folder, 'nothing'))).toEqual([]);
  expect(nodeFiles.list('isotherm:accelerators').slice(0, 2)).toEqual(['cloud-tpu', 'edge-npu']);
});

test.each<[string, Uint8Array, string]>([
  ['a byte that is not UTF-8', Uint8Array.from([0x61, 0x0a, 0x62, 0xff]), '2:2 \ufffd'],
  ['a sequence cut short', Uint8Array.from([0x61, 0xe2, 0x82]), '1:2 \ufffd'],
  ['a zero byte', Uint8Array.from([0x61, 0x00, 0x62]), '1:2 \0'],
  ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), '1:1 \ufffd'],
])('%s is refused at its place', (_, bytes, place) => {
  const file = join(folderWith({ x: bytes }), 'x');
  expect(problemsOf(() => nodeFiles.read(file))).toEqual([`file-unreadable ${file}:${place}`]);
});

test('a text in pieces is the text, wherever a piece ends', () => {
  // A piece has 2^20 bytes; this character of four bytes begins three bytes before the end of the first one.
  const text = `\ufeff${'x'.repeat(2 ** 20 - 6)}\u{1f321}${'ä'.repeat(2 ** 20)}\n`;
  const folder = folderWith({ 'a.txt': text, 'b.txt': Uint8Array.from([0x61, 0xe2, 0x82]) });
  const pieces = [...nodeFiles.readPieces!(join(folder, 'a.txt'))!];
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join('') === text).toBe(true);
  expect(nodeFiles.readPieces!(join(folder, 'c.txt'))).toBeUndefined();
  for (const name of ['b.txt', '.']) {
    expect(problemsOf(() => [...nodeFiles.readPieces!(join(folder, name))!])).toEqual(['file-unreadable']);
  }
});

test('a folder is no file', () => {
  expect(problemsOf(() => nodeFiles.read(folderWith()))).toEqual(['file-unreadable']);
  expect(problemsOf(() => nodeFiles.read('isotherm:policies'))).toEqual(['file-unreadable']);
});

test('what was read is remembered, by path', () => {
  const folder = folderWith({ 'a.txt': 'A', 'b.txt': 'B' });
  const read = new Map<string, string>();
  const files = recordingFiles(nodeFiles, read);
  files.read(join(folder, 'a.txt'));
  files.read(join(folder, 'nothing'));
  expect(files.list(folder)).toEqual(['a.txt', 'b.txt']);
  expect([...read]).toEqual([[join(folder, 'a.txt'), 'A']]);
});

test('files of bytes are read as they are and remembered by their hash', () => {
  const bytes = Uint8Array.from([0, 255, 97]);
  const folder = folderWith({ m: bytes });
  const read = new Map<string, string>();
  const files = recordingFiles(nodeFiles, read);
  expect(Uint8Array.from(files.readBytes!(join(folder, 'm'))!)).toEqual(bytes);
  expect(files.readBytes!(join(folder, 'nothing'))).toBeUndefined();
  expect(problemsOf(() => files.readBytes!(folder))).toEqual(['file-unreadable']);
  // printf '\x00\xffa' | sha256sum
  expect([...read]).toEqual([[join(folder, 'm'), 'da8509555ad27dac0593c6952d947eff96058cb6e81376f852f54ef9caf7e652']]);
});

test('a hash depends on the texts, not on their order', () => {
  expect(hashTexts(['a', 'b'])).toBe(hashTexts(['b', 'a']));
  expect(hashTexts(['a', 'b'])).not.toBe(hashTexts(['ab']));
  expect(hashTexts(['a', 'b'])).not.toBe(hashTexts(['a', 'b', 'b']));
  // printf '' | sha256sum
  expect(hashTexts([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('outputs are written whole, under their own names only', () => {
  const folder = join(folderWith(), 'new/deep');
  writeFiles(folder, { 'a.csv': 'A', 'b.json': 'B' });
  expect(readdirSync(folder).sort()).toEqual(['a.csv', 'b.json']);
  writeFiles(folder, { 'a.csv': 'AA' });
  expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe('AA');
  expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe('B');
});

test('a file that has ended waits for its name like the others', () => {
  const folder = folderWith();
  const path = join(folder, 'new/a.csv');
  const output = outputFiles();
  output.append(path, 'A');
  output.end(path);
  output.end(path);
  expect(existsSync(path)).toBe(false);
  output.commit();
  output.discard();
  expect(readFileSync(path, 'utf8')).toBe('A');
});

longTest('nothing is in the file system before the commit, even of more than memory is to hold', () => {
  const folder = folderWith();
  const output = outputFiles();
  const piece = new Uint8Array(2 ** 23);
  for (let k = 0; k < 6; k++) {
    // The memory is used again, as that of a trace's pages is.
    output.append(join(folder, 'new/a.bin'), piece.fill(k));
    output.append(join(folder, 'new/b.txt'), `${k},`);
  }
  expect(readdirSync(folder)).toEqual([]);
  output.commit();
  const a = readFileSync(join(folder, 'new/a.bin'));
  expect(a.length).toBe(6 * 2 ** 23);
  for (let k = 0; k < 6; k++) expect(a.subarray(k * 2 ** 23, (k + 1) * 2 ** 23).equals(piece.fill(k))).toBe(true);
  expect(readFileSync(join(folder, 'new/b.txt'), 'utf8')).toBe('0,1,2,3,4,5,');
  output.discard();
  expect(readdirSync(join(folder, 'new')).sort()).toEqual(['a.bin', 'b.txt']);
});

test('a commit that fails takes the folders along that were made for it', () => {
  const folder = folderWith({ 'old/b.csv': '' });
  const output = outputFiles();
  output.append(join(folder, 'old/new/deep/a.csv'), 'A');
  output.append(join(folder, 'used/c.csv'), 'C');
  // Another program takes the place of an output in between.
  mkdirSync(join(folder, 'used/c.csv'), { recursive: true });
  expect(problemsOf(() => output.commit())).toEqual(['output-unwritable']);
  output.discard();
  expect(readdirSync(folder).sort()).toEqual(['old', 'used']);
  expect(readdirSync(join(folder, 'old'))).toEqual(['b.csv']);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in a commit leaves nothing, and the program ends of it',
  async (signal) => {
    const folder = folderWith();
    const ended = vi.spyOn(process, 'kill').mockReturnValue(true);
    const output = outputFiles();
    for (const name of ['a', 'b', 'c']) output.append(join(folder, `new/deep/${name}`), name);
    const listeners = process.listenerCount(signal);
    const commit = output.commitOrEnd();
    expect(readdirSync(join(folder, 'new/deep'))).toHaveLength(1);
    process.emit(signal, signal);
    expect(readdirSync(folder)).toEqual([]);
    expect(ended.mock.calls).toEqual([[process.pid, signal]]);
    await commit;
    ended.mockRestore();
    expect(readdirSync(folder)).toEqual([]);
    expect(process.listenerCount(signal)).toBe(listeners);
  },
);

test('no output takes the place of an input, however its path is written', () => {
  const folder = folderWith({ 'in.yaml': 'in', 'deep/x': '' });
  const { files, placesRead } = notingFiles();
  files.read(join(folder, 'in.yaml'));
  symlinkSync(folder, join(folder, 'link'));
  symlinkSync(join(folder, 'in.yaml'), join(folder, 'alias'));
  for (const path of ['in.yaml', 'deep/../in.yaml', 'link/in.yaml', 'alias', './/in.yaml']) {
    const output = outputFiles(() => placesRead);
    expect(problemsOf(() => output.check([`${folder}/${path}`]))).toEqual(['output-over-input']);
    expect(problemsOf(() => output.append(`${folder}/${path}`, 'out'))).toEqual(['output-over-input']);
    output.mayReplace(`${folder}/${path}`);
    output.check([`${folder}/${path}`]);
  }
  expect(readFileSync(join(folder, 'in.yaml'), 'utf8')).toBe('in');
});

test('an input read after an output was begun is not written over either', () => {
  const folder = folderWith({ 'in.yaml': 'in' });
  const { files, placesRead } = notingFiles();
  const output = outputFiles(() => placesRead);
  output.append(join(folder, 'in.yaml'), 'out');
  files.read(join(folder, 'in.yaml'));
  expect(problemsOf(() => output.commit())).toEqual(['output-over-input']);
  output.discard();
  expect(readFileSync(join(folder, 'in.yaml'), 'utf8')).toBe('in');
});

test('places that cannot be written are found without writing', () => {
  const folder = folderWith({ taken: '', 'folder/x': '' });
  const check = (path: string) => problemsOf(() => outputFiles().check([join(folder, path)]));
  const long = 'x'.repeat(256);
  for (const path of ['taken/a', 'taken/b/c', 'folder', long, `${long}/a`, `new/${long}/a`, 'x/'.repeat(3000)]) {
    expect(check(path), path).toEqual(['output-unwritable']);
  }
  const fine = ['taken', 'new/a', 'x'.repeat(255), `${'y'.repeat(255)}/a`];
  outputFiles().check(fine.map((path) => join(folder, path)));
  expect(readdirSync(folder).sort()).toEqual(['folder', 'taken']);
  writeFiles(folder, { ['x'.repeat(255)]: 'whole' });
  expect(readdirSync(folder)).toContain('x'.repeat(255));
});

test('a failure leaves no temporary file and no new output', () => {
  const folder = folderWith({ 'a.csv/x': '', 'b.csv': 'old' });
  expect(problemsOf(() => writeFiles(folder, { 'a.csv': 'A', 'b.csv': 'new' }))).toEqual(['output-unwritable']);
  expect(readdirSync(folder).sort()).toEqual(['a.csv', 'b.csv']);
  expect(readFileSync(join(folder, 'b.csv'), 'utf8')).toBe('old');
  const file = join(folder, 'b.csv');
  expect(problemsOf(() => writeFiles(file, { 'a.csv': 'A' }))).toEqual(['output-unwritable']);
  expect(existsSync(join(file, 'a.csv'))).toBe(false);
});

test('a device without an end is refused after its first part', () => {
  expect(problemsOf(() => nodeFiles.read('/dev/zero'))).toEqual(['file-unreadable /dev/zero:1:1 \0']);
});

test('a pointer of Git LFS is named as one', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n';
  const folder = folderWith({ 'net.onnx': pointer, 'net.csv': pointer });
  for (const read of [nodeFiles.read, nodeFiles.readBytes!]) {
    for (const name of ['net.onnx', 'net.csv'])
      expect(() => read(join(folder, name))).toThrow(/Git LFS pointer(?:.|\n)*git lfs pull/);
  }
});

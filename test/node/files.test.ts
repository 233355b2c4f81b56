import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles, recordingFiles } from '../../src/node/files.ts';
import { hashTexts } from '../../src/node/hash.ts';
import { outputFiles, writeFiles } from '../../src/node/output.ts';
import { folderWith } from '../cli/support.ts';
import { problemsOf } from '../cosim/support.ts';

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
  expect(nodeFiles.list('isotherm:accelerators')).toEqual(['cloud-tpu', 'edge-npu', 'quad-npu']);
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

test('what is discarded takes the folders along that were made for it', () => {
  const folder = folderWith({ 'old/b.csv': '' });
  const output = outputFiles();
  output.append(join(folder, 'old/new/deep/a.csv'), 'A');
  output.append(join(folder, 'used/c.csv'), 'C');
  writeFileSync(join(folder, 'used/theirs'), '');
  output.discard();
  expect(readdirSync(folder).sort()).toEqual(['old', 'used']);
  expect(readdirSync(join(folder, 'old'))).toEqual(['b.csv']);
  expect(readdirSync(join(folder, 'used'))).toEqual(['theirs']);
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

import { expect, test } from 'vitest';
import { GrowingList } from '../../src/cosim/record/growing-list.ts';

const listOf = (length: number): GrowingList<number> => {
  const list = new GrowingList<number>();
  for (let i = 0; i < length; i++) list.push(i);
  return list;
};
const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);

test.each([0, 1, 1023, 1024, 1025, 2048, 3000])('%s entries are those that were pushed', (length) => {
  const list = listOf(length);
  expect(list.length).toBe(length);
  expect(list.toArray()).toEqual(numbers(length));
  expect(list.at(length - 1)).toBe(length === 0 ? undefined : length - 1);
  expect(list.at(length)).toBeUndefined();
});

test('what was written down stays as it was, whatever the list and its forks do afterwards', () => {
  const list = listOf(1500);
  const written = list.save();
  list.set(7, -7);
  list.set(1400, -1400);
  list.push(1500);
  const other = listOf(3);
  other.load(written);
  expect(other.toArray()).toEqual(numbers(1500));
  for (let i = 0; i < 1000; i++) other.push(-1);
  other.set(3, -3);
  const third = new GrowingList<number>();
  third.load(written);
  expect(third.toArray()).toEqual(numbers(1500));
  expect(list.at(7)).toBe(-7);
  expect(list.at(1400)).toBe(-1400);
  expect(other.at(7)).toBe(7);
});

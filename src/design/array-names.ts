/** Stands for the number of an array in names. */
const ARRAY = '{array}';

/** Whether a name stands for one of each array. */
export function isOfEachArray(name: string): boolean {
  return name.includes(ARRAY);
}

/** The name that is meant for one array. */
export function nameOfArray(name: string, array: number): string {
  return name.replaceAll(ARRAY, String(array));
}

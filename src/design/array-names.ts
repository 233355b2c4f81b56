/** The part of a name that stands for the number of an array. */
const ARRAY = '{array}';

/** Whether a name contains {array} and so names one thing per array. */
export function isOfEachArray(name: string): boolean {
  return name.includes(ARRAY);
}

/** The name with {array} replaced by the number of an array. */
export function nameOfArray(name: string, array: number): string {
  return name.replaceAll(ARRAY, String(array));
}

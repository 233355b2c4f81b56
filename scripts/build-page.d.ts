/** The entry of each script, and the file that holds its text. */
export const PAGE_SCRIPTS: readonly (readonly [entry: string, target: string])[];

/** The text of the file that holds the script of this entry. */
export function pageScript(entry: string): Promise<string>;

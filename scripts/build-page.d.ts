/** The text of src/report/page/script.ts. */
export function pageScript(): Promise<string>;

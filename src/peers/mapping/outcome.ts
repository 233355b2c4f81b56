/** The outcome of a job of mapping: files by name, and a text for the terminal. */
export interface MapOutcome {
  readonly files: Readonly<Record<string, string>>;
  readonly summary: string;
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

import { createRequire } from 'node:module';

/** Loads `node:crypto` at first use: loading takes longer than some commands run. */
const crypto = (): typeof import('node:crypto') => createRequire(import.meta.url)('node:crypto');

export function hashBytes(bytes: string | Uint8Array): string {
  return crypto().createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 over several texts. It does not depend on their order or their paths. */
export function hashTexts(texts: Iterable<string>): string {
  const hashes = [...texts].map(hashBytes).sort();
  return hashBytes(hashes.join('\n'));
}

import { createRequire } from 'node:module';

/** Loaded when first needed: it takes longer than some commands do. */
const crypto = (): typeof import('node:crypto') => createRequire(import.meta.url)('node:crypto');

export function hashBytes(bytes: string | Uint8Array): string {
  return crypto().createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 over some texts, whatever their order and wherever they were read. */
export function hashTexts(texts: Iterable<string>): string {
  const hashes = [...texts].map(hashBytes).sort();
  return hashBytes(hashes.join('\n'));
}

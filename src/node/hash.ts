import { createHash } from 'node:crypto';

/** SHA-256 over some texts, whatever their order and wherever they were read. */
export function hashTexts(texts: Iterable<string>): string {
  const hashes = [...texts].map((text) => createHash('sha256').update(text).digest('hex')).sort();
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}

import { createHash } from 'node:crypto';

/** SHA-256 over texts by name, in order of names, so that it does not depend on the order of reading. Paths are not hashed. */
export function hashTexts(texts: Iterable<string>): string {
  const hashes = [...texts].map((text) => createHash('sha256').update(text).digest('hex')).sort();
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}

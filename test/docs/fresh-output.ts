/** What a page shows of an output, taken anew from a fresh one: the same lines, the same cuts, today's figures. */

/** A line without its figures and spacing, by which it is found again. */
function skeletonOf(line: string): string {
  return line
    .replace(/[<>]?[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/g, '0')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Words two lines begin with together: how alike they are. */
function sharedWords(a: string, b: string): number {
  const [x, y] = [a.split(' '), b.split(' ')];
  let shared = 0;
  while (shared < Math.min(x.length, y.length) && x[shared] === y[shared]) shared++;
  return shared;
}

/** `shown` may be cut by `...`; then only its beginning has to be alike. */
function likeness(shown: string, fresh: string): number {
  const [start] = shown.split('...');
  const skeleton = skeletonOf(start);
  const other = skeletonOf(fresh);
  if (shown.includes('...') ? other.startsWith(skeleton) : other === skeleton) return Number.POSITIVE_INFINITY;
  return sharedWords(skeleton, other);
}

/** Keeps the cuts of a line: as many words before each `...` as it had. */
function cutLike(shown: string, fresh: string): string {
  if (!shown.includes('...')) return fresh;
  const [start, ...rest] = shown.split('...');
  const words = start.trim().split(/\s+/).length;
  const kept = new RegExp(`^\\s*(?:\\S+\\s+){${Math.max(0, words - 1)}}\\S+`).exec(fresh)?.[0] ?? fresh;
  return `${kept} ...${rest.length > 0 && rest[rest.length - 1].trim() !== '' ? rest[rest.length - 1] : ''}`;
}

/** A block taken anew, and the lines for which that was not possible. */
export interface Fresh {
  readonly text: string;
  /** Each with the reason: it is gone, or stands before a line that it stood after. */
  readonly strays: readonly string[];
}

/**
 * The block `shown` with the lines of `fresh`. Lines of `...` stay where they are. A line with no like among the lines that follow
 * stays as it is and is a stray.
 */
export function freshOutput(shown: string, fresh: string): Fresh {
  const strays: string[] = [];
  const lines = fresh.split('\n').map((line) => line.trimEnd());
  let from = 0;
  const taken = shown.split('\n').map((line) => {
    if (line.trim() === '' || line.trim() === '...') return line;
    let best = -1;
    let most = 0;
    for (let i = from; i < lines.length && most !== Number.POSITIVE_INFINITY; i++) {
      const alike = likeness(line, lines[i]);
      if (alike > most) [best, most] = [i, alike];
    }
    if (best < 0) {
      const isMoved = lines.slice(0, from).some((other) => likeness(line, other) === Number.POSITIVE_INFINITY);
      strays.push(`${isMoved ? 'moved up' : 'gone'}: ${line.trim()}`);
      return line;
    }
    from = best + 1;
    return cutLike(line, lines[best]);
  });
  return { text: taken.join('\n'), strays };
}

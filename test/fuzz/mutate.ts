/** Names that every object has: a look-up that forgets about them finds functions. */
export const PROTOTYPE_NAMES = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'length', 'name'];

/** What a slip of the hand, a bad disk or malice puts into a file. */
const JUNK = [
  ...PROTOTYPE_NAMES,
  ...['', '-', '0', '-1', '1', '9', '00', '1.5', '.5', '5.', '1e99', '1e-99', '1e400', '-1e308', '0x10', 'nan', 'inf'],
  ...['.nan', '.inf', '1000000', '65536', '65537', '1000000000', '2147483647', '2147483648', '9007199254740993'],
  ...['1e-29s', '1000000s', '0s', '1e30Hz', '450MHz', '0V', '-5C', '1:1', '0:0', '65537:65536', '2:4'],
  ...[
    '*a*a*a*a*a*a*b',
    '**',
    '{array}',
    'pe_{row}_{column}',
    'pe[0..1e300]',
    'a**b**c**9**9**9',
    '((((((((',
    '9**9**9',
  ],
  ...['\t', '\n', '\r', '\r\n', ' ', '\0', '\ufeff', '\ufffd', '\ud800', '\u202e', '\u2028', '\u001b[2J', '\u0085'],
  ...[
    ':',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '#',
    ';',
    ',',
    ',,',
    '=',
    '%',
    '~',
    '?',
    '- ',
    '@',
    '`',
  ],
  ...['$(x)', '../', '/dev/zero', '(null)', 'Y', 'fluid', 'DP', 'conv', 'gemm', 'pool', 'true', 'null', 'CALC', 'USER'],
];

/** A copy of the text with something dropped, doubled, exchanged, flipped or put in: a character, a word or a line of it. */
export function mutate(text: string, random: () => number): string {
  const pick = (n: number): number => Math.floor(random() * n);
  const junk = (): string =>
    random() < 0.05 ? JUNK[pick(JUNK.length)].repeat(1 + pick(200)) : JUNK[pick(JUNK.length)];
  if (random() < 0.1) {
    const at = pick(text.length + 1);
    return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << pick(8))) + text.slice(at + 1);
  }
  const parts = text.split([/(\n)/, /([\s,:[\]{}()=]+)/, /(?:)/][pick(3)]);
  const [i, j] = [pick(parts.length), pick(parts.length)];
  const kind = pick(6);
  if (kind === 0) parts.splice(i, 1 + pick(4));
  else if (kind === 1) parts.splice(i, 0, parts[i]);
  else if (kind === 2) [parts[i], parts[j]] = [parts[j], parts[i]];
  else if (kind === 3) parts.splice(i, 0, junk());
  else if (kind === 4) parts[i] = junk();
  else return text.slice(0, pick(text.length + 1));
  return parts.join('');
}

/** One to four mutations. */
export function damaged(text: string, random: () => number): string {
  let result = text;
  for (let n = 1 + Math.floor(random() * 4); n > 0; n--) result = mutate(result, random);
  return result;
}

import { type Diagnostic, type ErrorCode, InputError, inSourceOrder, type Span } from '../../base/errors.ts';
import { type SourceText, spanFinder } from '../../base/source.ts';

export interface Token {
  readonly text: string;
  readonly span: Span;
}

/** Words and the marks `{ } ;` of a MAESTRO file. Space , - > ( ) : only separate; // opens a comment. */
export class Tokens {
  readonly problems: Diagnostic[] = [];
  private readonly tokens: readonly Token[];
  private readonly end: Span;
  private at = 0;

  constructor(source: SourceText) {
    const span = spanFinder(source);
    const { text } = source;
    const tokens: Token[] = [];
    for (const match of text.matchAll(/\/\/[^\n]*|[{};]|[^\s,\->():{};/]+|-(?=\d)[\d.]+|\//g)) {
      if (match[0].startsWith('//')) continue;
      tokens.push({ text: match[0], span: span(match.index, match.index + match[0].length) });
    }
    this.tokens = tokens;
    this.end = span(Math.max(0, text.trimEnd().length - 1), text.trimEnd().length);
  }

  peek(): string | undefined {
    return this.tokens[this.at]?.text;
  }

  get isDone(): boolean {
    return this.at >= this.tokens.length;
  }

  get span(): Span {
    return this.tokens[this.at]?.span ?? this.end;
  }

  /** The next token. Error at once: `dfsl-syntax` at the end of the file. */
  next(expected: string): Token {
    const token = this.tokens[this.at++];
    if (token) return token;
    return this.stop('dfsl-syntax', 'the file ends too early', expected);
  }

  /** Skips the token `text`. Error at once: `dfsl-syntax`. */
  expect(text: string): void {
    const token = this.next(`"${text}"`);
    if (token.text !== text)
      this.stop('dfsl-syntax', `"${token.text}" where "${text}" should be`, `"${text}"`, token.span);
  }

  /**
   * A name and the brace after it. Dashes separate words; of several words MAESTRO takes the last: `Conv2d-1` is called 1.
   * Without a word it is `usual`. Error at once: `dfsl-syntax`.
   */
  name(usual: string): Token {
    let found: Token = { text: usual, span: this.span };
    while (!this.skip('{')) {
      const token = this.next('"{"');
      if (token.text === '}' || token.text === ';')
        this.stop('dfsl-syntax', `"${token.text}" where "{" should be`, '"{"', token.span);
      found = { ...token, text: token.text.replace(/^-/, '') };
    }
    return found;
  }

  skip(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  report(code: ErrorCode, message: string, span: Span, expected?: string, suggestion?: string): void {
    this.problems.push({ code, message, span, expected, suggestion });
  }

  /** Throws this problem and all before it: what follows could not be understood. */
  stop(code: ErrorCode, message: string, expected?: string, span: Span = this.end): never {
    this.report(code, message, span, expected);
    throw new InputError(inSourceOrder(this.problems));
  }

  throwProblems(): void {
    if (this.problems.length > 0) throw new InputError(inSourceOrder(this.problems));
  }
}

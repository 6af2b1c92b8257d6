/** Python's json.loads as far as its complaints go: the message that JSONDecodeError carries. */
import { parseJson } from '../json.ts';

/** Undefined when the text is JSON, else `Expecting value: line 1 column 1 (char 0)` and the like. */
export function findPythonJsonError(text: string): string | undefined {
  if (parseJson(text) !== undefined) return undefined;
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.space();
    scanner.fail('Extra data');
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
}

class Complaint extends Error {}

class Scanner {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  fail(what: string, at = this.at): never {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    throw new Complaint(`${what}: line ${line} column ${at - before.lastIndexOf('\n')} (char ${at})`);
  }

  space(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? '.')) this.at += 1;
  }

  value(): void {
    this.space();
    const char = this.text[this.at];
    if (char === '{') return this.list('}', () => this.member());
    if (char === '[') return this.list(']', () => this.value());
    if (char === '"') return this.string();
    const word = /^(?:true|false|null|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(this.text.slice(this.at, this.at + 40))?.[0];
    if (word === undefined) this.fail('Expecting value');
    this.at += word.length;
  }

  private list(close: string, member: () => void): void {
    this.at += 1;
    this.space();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      member();
      this.space();
      const char = this.text[this.at];
      if (char === close) {
        this.at += 1;
        return;
      }
      if (char !== ',') this.fail("Expecting ',' delimiter");
      this.at += 1;
      this.space();
    }
  }

  private member(): void {
    if (this.text[this.at] !== '"') this.fail('Expecting property name enclosed in double quotes');
    this.string();
    this.space();
    if (this.text[this.at] !== ':') this.fail("Expecting ':' delimiter");
    this.at += 1;
    this.value();
  }

  private string(): void {
    const start = this.at;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const char = this.text[this.at] as string;
      if (char === '"') {
        this.at += 1;
        return;
      }
      if (char === '\\') this.at += 1;
      else if (char < ' ') this.fail('Invalid control character at');
    }
    this.fail('Unterminated string starting at', start);
  }
}

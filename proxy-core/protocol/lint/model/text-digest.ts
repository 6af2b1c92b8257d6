/**
 * A text that is only compared and shown in part: length, hash and the beginning. Keeps the linter's
 * memory per open item constant however long the streamed text gets. The hash is polynomial, so that
 * two digests can be joined as if their texts had been. Pure.
 */
const HEAD_LIMIT = 400;
const BASE_HIGH = 0x01000193;
const BASE_LOW = 0x2c1b3c6d;
const HIGH_2 = Math.imul(BASE_HIGH, BASE_HIGH);
const HIGH_3 = Math.imul(HIGH_2, BASE_HIGH);
const HIGH_4 = Math.imul(HIGH_2, HIGH_2);
const LOW_2 = Math.imul(BASE_LOW, BASE_LOW);
const LOW_3 = Math.imul(LOW_2, BASE_LOW);
const LOW_4 = Math.imul(LOW_2, LOW_2);

export interface TextDigest {
  length: number;
  /** Two lanes modulo 2^32. */
  high: number;
  low: number;
  head: string;
}

export function createTextDigest(text = ''): TextDigest {
  return appendText({ length: 0, high: 0, low: 0, head: '' }, text);
}

/** Changes and returns `digest`. */
export function appendText(digest: TextDigest, text: string): TextDigest {
  let { high, low } = digest;
  let at = 0;
  // Four at a time: a step need not wait for the one before it. The sums are the same.
  for (const last = text.length - 4; at <= last; at += 4) {
    const first = text.charCodeAt(at) + 1;
    const second = text.charCodeAt(at + 1) + 1;
    const third = text.charCodeAt(at + 2) + 1;
    const fourth = text.charCodeAt(at + 3) + 1;
    high = (Math.imul(high, HIGH_4) + Math.imul(first, HIGH_3) + Math.imul(second, HIGH_2) + Math.imul(third, BASE_HIGH) + fourth) | 0;
    low = (Math.imul(low, LOW_4) + Math.imul(first, LOW_3) + Math.imul(second, LOW_2) + Math.imul(third, BASE_LOW) + fourth) | 0;
  }
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at) + 1;
    high = (Math.imul(high, BASE_HIGH) + code) | 0;
    low = (Math.imul(low, BASE_LOW) + code) | 0;
  }
  digest.high = high;
  digest.low = low;
  digest.length += text.length;
  if (digest.head.length < HEAD_LIMIT) digest.head += text.slice(0, HEAD_LIMIT - digest.head.length);
  return digest;
}

/** The digest of both texts, one after the other. */
export function joinTexts(first: TextDigest, second: TextDigest): TextDigest {
  return {
    length: first.length + second.length,
    high: (Math.imul(first.high, power(BASE_HIGH, second.length)) + second.high) | 0,
    low: (Math.imul(first.low, power(BASE_LOW, second.length)) + second.low) | 0,
    head: first.head.length < HEAD_LIMIT ? (first.head + second.head).slice(0, HEAD_LIMIT) : first.head,
  };
}

export function isSameText(a: TextDigest, b: TextDigest): boolean {
  return a.length === b.length && a.high === b.high && a.low === b.low;
}

/** For `expected` and `actual` of a finding: the text when it is short, else its beginning and length. */
export function showText(digest: TextDigest): string {
  return digest.length <= digest.head.length ? digest.head : `${digest.head}… (${digest.length} characters)`;
}

function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

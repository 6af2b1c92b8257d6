import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

const SECRET = 'sk-proj-0123456789abcdefghij';

function inPieces(source: Buffer, sizes: readonly number[], secrets: readonly string[] = [SECRET]): Buffer {
  const redactor = createRedactor();
  secrets.forEach(redactor.addSecret);
  const mask = redactor.stream();
  const pieces: Uint8Array[] = [];
  for (let at = 0, i = 0; at < source.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(mask(source.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat(pieces);
}

describe('mask of a stream in pieces', () => {
  it('never lets a whole secret through, nor its telling part, however it is cut; sizes and the rest stay', () => {
    const before = 'data: {"text":"the key is ';
    const after = ', is it not?"}\n\n';
    const source = Buffer.from(before + SECRET + after + before + SECRET + SECRET + after);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const masked = inPieces(source, sizes).toString('latin1');
        expect(masked).toHaveLength(source.length);
        expect(masked).not.toContain(SECRET);
        // What is left of it is less than what makes it a secret.
        expect(masked).not.toContain(SECRET.slice(0, 12));
        expect(masked.slice(0, before.length)).toBe(before);
        expect(masked.split(after)).toHaveLength(3);
      }),
    );
  });

  it('leaves streams without secrets as the very objects they were', () => {
    const redactor = createRedactor();
    redactor.addSecret(SECRET);
    const mask = redactor.stream();
    for (const text of ['data: sk', '-proj', 'ects are many\n\n', 'sk-proj-', 'and no more']) {
      const piece = Buffer.from(text);
      expect(mask(piece)).toBe(piece);
    }
  });

  it('takes in secrets that become known while the stream runs', () => {
    const redactor = createRedactor();
    const mask = redactor.stream();
    mask(Buffer.from('begin '));
    redactor.addSecret(SECRET);
    const half = [mask(Buffer.from(SECRET.slice(0, 15))), mask(Buffer.from(`${SECRET.slice(15)} end`))];
    expect(Buffer.concat(half).toString()).toMatch(/^\[redacted\]\*+\[redacted\]\** end$/);
  });

  it('tells secrets with one beginning apart', () => {
    const secrets = ['sk-proj-aaaaaaaa1111', 'sk-proj-aaaaaaaa2222'];
    for (const secret of secrets) {
      const masked = inPieces(Buffer.from(`x ${secret} y`), [3], secrets).toString();
      expect(masked).not.toContain(secret.slice(0, 12));
      expect(masked).toMatch(/^x .* y$/);
    }
  });
});

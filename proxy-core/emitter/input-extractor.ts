/**
 * Takes the string under `input` out of a JSON object that arrives in pieces: custom (freeform) tools go
 * to upstreams as a function `{input: string}`, and their text should reach the client as it is written.
 */
export interface InputExtractor {
  /** The text that these characters added to the input. */
  push(json: string): string;
}

const ESCAPES: { [char: string]: string } = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export function createInputExtractor(): InputExtractor {
  let head = '';
  let phase: 'before' | 'inside' | 'after' = 'before';
  let pendingEscape = '';

  function decode(json: string, start: number): string {
    let text = '';
    for (let i = start; i < json.length; i++) {
      const char = json[i] as string;
      if (pendingEscape !== '') {
        pendingEscape += char;
        if (pendingEscape[1] === 'u') {
          if (pendingEscape.length < 6) continue;
          text += String.fromCharCode(Number.parseInt(pendingEscape.slice(2), 16) || 0xfffd);
        } else text += ESCAPES[char] ?? char;
        pendingEscape = '';
      } else if (char === '\\') pendingEscape = char;
      else if (char === '"') {
        phase = 'after';
        return text;
      } else text += char;
    }
    return text;
  }

  function push(json: string): string {
    if (phase === 'after') return '';
    if (phase === 'inside') return decode(json, 0);
    head += json;
    const start = /^\s*\{\s*"input"\s*:\s*"/.exec(head);
    if (!start) return '';
    phase = 'inside';
    return decode(head, start[0].length);
  }

  return { push };
}

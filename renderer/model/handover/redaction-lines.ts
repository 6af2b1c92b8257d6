/**
 * Two texts of one file, before and after redaction, as lines to show: what was replaced is marked, ids stand
 * out. Placeholders are as long as what they replace, so lines and places agree. Pure.
 */
export interface Span {
  text: string;
  kind: 'plain' | 'redacted' | 'id';
}

export interface RedactionLine {
  before: Span[];
  after: Span[];
  /** Places that were replaced in this line. */
  count: number;
}

const MAX_LINE = 6_000;
/** Untouched characters between two replaced ones of the same text: white space, punctuation, what is x anyway. */
const INNER_GAP = /^[\sxX0\p{P}\p{S}]{0,6}$/u;
const ID = /"(?:id|item_id|call_id|response_id|previous_response_id|itemId|sessionId|responseId)":\s?"(?<id>[^"]+)"/g;

/** `before` is null where the file has no earlier form: it was written for the bundle. */
export function toRedactionLines(before: string | null, after: string): RedactionLine[] {
  const lines = after.split('\n');
  const old = before?.split('\n');
  return lines.map((line, index) => {
    const was = old?.[index] ?? line;
    const ranges = was === line ? [] : changedRanges(was, line);
    return { before: toSpans(cut(was), ranges), after: toSpans(cut(line), ranges), count: ranges.length };
  });
}

type Range = [from: number, to: number];

function changedRanges(left: string, right: string): Range[] {
  if (left.length !== right.length) return [frame(left, right)];
  const ranges: Range[] = [];
  for (let at = 0; at < right.length; at++) {
    if (left[at] === right[at]) continue;
    const last = ranges.at(-1);
    const gap = last === undefined ? '"' : right.slice(last[1], at);
    if (last !== undefined && !gap.includes('"') && INNER_GAP.test(gap)) last[1] = at + 1;
    else ranges.push([at, at + 1]);
  }
  return ranges;
}

/** What lies between the common beginning and the common end. */
function frame(left: string, right: string): Range {
  let from = 0;
  while (from < right.length && left[from] === right[from]) from += 1;
  let tail = 0;
  while (tail < Math.min(left.length, right.length) - from && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return [from, right.length - tail];
}

function cut(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}… ${(line.length - MAX_LINE).toLocaleString('en')} more characters` : line;
}

function toSpans(line: string, redacted: readonly Range[]): Span[] {
  const marks: { from: number; to: number; kind: Span['kind'] }[] = redacted.map(([from, to]) => ({ from, to, kind: 'redacted' }));
  for (const match of line.matchAll(ID)) {
    const from = match.index + match[0].length - 1 - (match.groups?.['id']?.length ?? 0);
    const to = match.index + match[0].length - 1;
    if (!redacted.some((range) => range[0] < to && range[1] > from)) marks.push({ from, to, kind: 'id' });
  }
  marks.sort((a, b) => a.from - b.from);
  const spans: Span[] = [];
  let at = 0;
  for (const { from, to, kind } of marks) {
    if (from >= line.length) break;
    if (from > at) spans.push({ text: line.slice(at, from), kind: 'plain' });
    spans.push({ text: line.slice(from, to), kind });
    at = to;
  }
  if (at < line.length || spans.length === 0) spans.push({ text: line.slice(at), kind: 'plain' });
  return spans;
}

/** A comparison in words: the sentence on top, a row's summary, and where two values begin to differ. Pure. */
import type { StepComparison } from '../../../proxy-core/protocol/api/handover-api.ts';
import type { ComparisonRow } from '../../../proxy-core/protocol/diff/diff-streams.ts';

export const KIND_WORDS: Record<ComparisonRow['kind'], { sign: string; word: string }> = {
  equal: { sign: '=', word: 'equal' },
  changed: { sign: '≠', word: 'changed' },
  missing: { sign: '−', word: 'missing' },
  extra: { sign: '+', word: 'extra' },
  reordered: { sign: '↕', word: 'moved' },
};

export function toHeadline({ equal, rows, ids }: StepComparison): string {
  if (rows.length === 0) return 'There is nothing to compare: neither step has events.';
  const renamed = ids.filter(({ left, right }) => left !== right).length;
  if (equal) return renamed === 0 ? 'Equal but for chunk borders and time.' : 'Equal but for ids, chunk borders and time.';
  const parts = (['missing', 'extra', 'changed', 'reordered'] as const).flatMap((kind) => {
    const count = rows.filter((row) => row.kind === kind || (kind === 'reordered' && row.isMoved && row.kind !== 'reordered')).length;
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${KIND_WORDS[kind].word}`];
  });
  const same = rows.filter(({ kind }) => kind === 'equal').length;
  return `Not equal: ${parts.join(', ')}; ${same.toLocaleString('en')} equal.`;
}

/** `item 0 / part 1 / output_text.delta` as its type and where it stands. */
export function toPlace(role: string): { type: string; place: string } {
  const parts = role.split(' / ');
  return { type: parts.at(-1) ?? role, place: parts.slice(0, -1).join(', ') };
}

/** What of a row is different, in a few words. */
export function toSummary({ kind, isMoved, differences, left, right }: ComparisonRow): string {
  if (kind === 'missing') return 'not on the right';
  if (kind === 'extra') return 'only on the right';
  const paths = [...new Set(differences.filter((one) => one.kind === 'changed').map(({ path }) => path))];
  const shown = paths.slice(0, 3).join(', ') + (paths.length > 3 ? ` and ${paths.length - 3} more` : '');
  const moved = isMoved ? 'stands elsewhere' : '';
  const borders = kind === 'equal' && left !== null && right !== null && left.count !== right.count ? 'cut in other pieces' : '';
  return [shown, moved, borders].filter((part) => part !== '').join('; ');
}

export interface ValueParts {
  head: string;
  differing: string;
  tail: string;
}

const MAX_VALUE = 4_000;

/** Two values as texts, the part in which they differ set apart. */
export function toValueParts(left: unknown, right: unknown): { left: ValueParts; right: ValueParts } {
  const [a, b] = [toText(left), toText(right)];
  const least = Math.min(a.length, b.length);
  let head = 0;
  while (head < least && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < least - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const cut = (text: string): ValueParts => ({
    head: text.slice(0, head),
    differing: text.slice(head, text.length - tail),
    tail: text.slice(text.length - tail),
  });
  return { left: cut(a), right: cut(b) };
}

export function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}… ${(text.length - MAX_VALUE).toLocaleString('en')} more characters` : text;
}

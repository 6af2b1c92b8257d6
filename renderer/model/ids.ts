/**
 * Ids as people read them: namespace, decoded form, and the shortest label that is unique in a session.
 * Colours and uses are the id registry's business.
 */

/** Splits an id into namespace with its separator and the rest: `chatcmpl-01be` → `chatcmpl-`, `01be`. */
export function splitId(id: string): { namespace: string; body: string } {
  const match = /^([a-zA-Z][a-zA-Z0-9]*(?:_[a-z]+)*?)[_-](?=.)/.exec(id);
  if (match === null || match[0].length > 20) return { namespace: '', body: id };
  return { namespace: match[0], body: id.slice(match[0].length) };
}

/**
 * The id wrapped inside an encoded one (LiteLLM's `resp_` + base64 of `…;response_id:resp_…`), or null.
 * Only text that decodes to printable characters and names an id counts.
 */
export function decodeId(id: string): string | null {
  const { body } = splitId(id);
  if (body.length < 40 || !/^[A-Za-z0-9+/=_-]+$/.test(body)) return null;
  let text: string;
  try {
    text = atob(body.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return null; // not base64: an ordinary long id
  }
  const match = /(?:response_id|item_id|id):([A-Za-z]+[_-][A-Za-z0-9_-]+)/.exec(text);
  return match?.[1] ?? null;
}

const MIN_HEAD = 4;
const MAX_HEAD = 18;
/** Ids that begin with their time share a long head: beyond this their end says more, when it is short. */
const LONG_HEAD = 8;
const TAIL = 4;

/**
 * Short labels for all ids of a session: namespace + shortest head that no other id shares, at least
 * four characters; where that would be long, namespace + `…` + the end, if that is unique. Encoded ids
 * show the id inside, with `·b64` behind it.
 */
export function toShortLabels(ids: readonly string[]): Map<string, string> {
  const shown = ids.map((id) => ({ id, decoded: decodeId(id) }));
  const texts = new Set(shown.map(({ id, decoded }) => decoded ?? id));
  const sorted = [...texts].sort();
  const labels = new Map<string, string>();
  const tails = countTails(sorted);
  for (let i = 0; i < sorted.length; i += 1) {
    const text = sorted[i] ?? '';
    const shared = Math.max(sharedHead(text, sorted[i - 1]), sharedHead(text, sorted[i + 1]));
    const { namespace, body } = splitId(text);
    const head = Math.min(Math.max(MIN_HEAD, shared - namespace.length + 1), MAX_HEAD);
    const tail = body.slice(-TAIL);
    const isTailBetter = head > LONG_HEAD && body.length > head && tails.get(namespace + tail) === 1;
    labels.set(text, namespace + (isTailBetter ? `…${tail}` : body.slice(0, head)));
  }
  const result = new Map<string, string>();
  for (const { id, decoded } of shown) {
    const label = labels.get(decoded ?? id) ?? id;
    result.set(id, decoded === null ? label : `${label}·b64`);
  }
  return result;
}

function countTails(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const { namespace, body } = splitId(text);
    const tail = namespace + body.slice(-TAIL);
    counts.set(tail, (counts.get(tail) ?? 0) + 1);
  }
  return counts;
}

function sharedHead(left: string, right: string | undefined): number {
  if (right === undefined) return 0;
  const end = Math.min(left.length, right.length);
  let i = 0;
  while (i < end && left.charCodeAt(i) === right.charCodeAt(i)) i += 1;
  return i;
}

/** Namespaces that belong to other APIs: an item that carries one has leaked. */
const FOREIGN = /^(chatcmpl-|gen-|toolu_)/;
export function isForeignId(id: string): boolean {
  return FOREIGN.test(id);
}

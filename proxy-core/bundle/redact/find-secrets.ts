/**
 * Finds credentials in texts and replaces each by a placeholder of the same length, the same one wherever
 * it turns up. First all texts are shown (`learn`, then `search`), then all are masked: what is recognised in
 * one place is hidden in every other, also where its surroundings do not give it away.
 */
import { secretRules } from './secret-rules.ts';
import { findBySecretlint } from './secretlint.ts';

export interface FoundSecret {
  placeholder: string;
  rule: string;
  /** How many times it was masked. */
  count: number;
}

export interface SecretFinder {
  /** Finds by our own rules at once; what the text holds by other rules is known after `search`. */
  learn(text: string): void;
  /** Searches all that was learned by secretlint's rules. */
  search(): Promise<void>;
  /** A credential known from its field's name. */
  add(secret: string, rule: string): void;
  /** The text with all known secrets masked; the same length. */
  mask(text: string): string;
  /** Knows the same secrets, has masked nothing yet. */
  fresh(): SecretFinder;
  readonly found: FoundSecret[];
  readonly isEmpty: boolean;
}

/** Shorter ones are words or examples more often than keys. */
const MIN_LENGTH = 6;
const DATA_URL = /data:[^\s,"'\\]{0,200};base64,(?<payload>[A-Za-z0-9+/_=-]{16,})/g;
/** Larger payloads are pictures; a file of credentials is not. */
const MAX_PAYLOAD = 262_144;
/** Texts are searched together, so that a thousand deltas are not a thousand searches. */
const BATCH_LENGTH = 1_000_000;

export function createSecretFinder(known: readonly (readonly [string, FoundSecret])[] = []): SecretFinder {
  const secrets = new Map<string, FoundSecret>(known.map(([secret, one]) => [secret, { ...one, count: 0 }]));
  const unsearched = new Set<string>();
  const payloads = new Map<string, string>();
  let isSorted: string[] | undefined;

  function add(secret: string, rule: string): void {
    if (secret.length < MIN_LENGTH || secrets.has(secret) || /^[*•x.]+$/i.test(secret) || secret.startsWith('[redacted')) return;
    secrets.set(secret, { placeholder: toPlaceholder(secrets.size + 1, secret.length), rule, count: 0 });
    isSorted = undefined;
  }

  function learn(text: string): void {
    for (const { id, pattern } of secretRules) {
      for (const match of text.matchAll(pattern)) add(match.groups?.['secret'] ?? match[0], id);
    }
    for (const match of text.matchAll(DATA_URL)) {
      const payload = match.groups?.['payload'] ?? '';
      if (payload.length > MAX_PAYLOAD) continue;
      const inside = Buffer.from(payload, 'base64').toString('latin1');
      if (secretRules.some(({ pattern }) => inside.search(pattern) !== -1)) add(payload, 'data-url');
      else payloads.set(payload, inside);
    }
    if (text.length >= MIN_LENGTH) unsearched.add(text);
  }

  async function search(): Promise<void> {
    for (const [payload, inside] of payloads) if ((await findBySecretlint(inside)).length > 0) add(payload, 'data-url');
    payloads.clear();
    const texts = [...unsearched];
    unsearched.clear();
    for (const batch of toBatches(texts)) {
      for (const { text, rule } of await findBySecretlint(batch)) if (!isKnown(text)) add(text, rule);
    }
  }

  /** Some rules name a whole address; where its password is known already, the rest of it may stay. */
  function isKnown(text: string): boolean {
    if (text.includes('[redacted')) return true;
    return text.includes('://') && [...secrets.keys()].some((secret) => text.includes(secret));
  }

  return {
    learn,
    search,
    add,
    mask(text) {
      // The longest first: one may contain another.
      isSorted ??= [...secrets.keys()].toSorted((a, b) => b.length - a.length);
      let masked = text;
      for (const secret of isSorted) {
        if (!masked.includes(secret)) continue;
        const entry = secrets.get(secret) as FoundSecret;
        const parts = masked.split(secret);
        entry.count += parts.length - 1;
        masked = parts.join(toSameWidth(secret, entry.placeholder));
      }
      return masked;
    },
    fresh: () => createSecretFinder([...secrets]),
    get isEmpty() {
      return secrets.size === 0;
    },
    get found() {
      return [...secrets.values()].filter(({ count }) => count > 0);
    },
  };
}

function toBatches(texts: readonly string[]): string[] {
  const batches: string[] = [];
  let open: string[] = [];
  let length = 0;
  for (const text of texts) {
    open.push(text);
    length += text.length + 1;
    if (length < BATCH_LENGTH) continue;
    batches.push(open.join('\n'));
    open = [];
    length = 0;
  }
  return open.length > 0 ? [...batches, open.join('\n')] : batches;
}

function toPlaceholder(number: number, length: number): string {
  const name = `[secret-${number}]`;
  return length >= name.length ? name.padEnd(length, '*') : '*'.repeat(length);
}

/** Places in recorded streams are counted in bytes: units that are no ASCII are replaced by such of their length. */
function toSameWidth(secret: string, placeholder: string): string {
  let isWide = false;
  for (let at = 0; at < secret.length; at++) if (secret.charCodeAt(at) > 0x7f) isWide = true;
  if (!isWide) return placeholder;
  return secret.replaceAll(/[\s\S]/g, (unit) => (unit.charCodeAt(0) < 0x80 ? '*' : unit.charCodeAt(0) < 0x800 ? '\u00D7' : unit));
}

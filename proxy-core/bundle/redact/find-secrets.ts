/**
 * Finds credentials in texts and replaces each by a placeholder of the same length, the same one wherever
 * it turns up. First all texts are shown (`learn`), then all are masked: what is recognised in one place is
 * hidden in every other, also where its surroundings do not give it away.
 */
import { secretRules } from './secret-rules.ts';

export interface FoundSecret {
  placeholder: string;
  rule: string;
  /** How many times it was masked. */
  count: number;
}

export interface SecretFinder {
  learn(text: string): void;
  /** A credential known from its field's name. */
  add(secret: string, rule: string): void;
  /** The text with all known secrets masked; the same length. */
  mask(text: string): string;
  readonly found: FoundSecret[];
  readonly isEmpty: boolean;
}

/** Shorter ones are words or examples more often than keys. */
const MIN_LENGTH = 6;
const DATA_URL = /data:[^\s,"'\\]{0,200};base64,(?<payload>[A-Za-z0-9+/_=-]{16,})/g;

export function createSecretFinder(): SecretFinder {
  const secrets = new Map<string, FoundSecret>();
  let isSorted: string[] | undefined;

  function add(secret: string, rule: string): void {
    if (secret.length < MIN_LENGTH || secrets.has(secret) || /^[*•x.]+$/i.test(secret) || secret.startsWith('[redacted')) return;
    secrets.set(secret, { placeholder: toPlaceholder(secrets.size + 1, secret.length), rule, count: 0 });
    isSorted = undefined;
  }

  function learn(text: string): void {
    learnPatterns(text);
    for (const match of text.matchAll(DATA_URL)) {
      const payload = match.groups?.['payload'] ?? '';
      if (holdsSecret(Buffer.from(payload, 'base64').toString('latin1'))) add(payload, 'data-url');
    }
  }

  function learnPatterns(text: string): void {
    for (const { id, pattern } of secretRules) {
      for (const match of text.matchAll(pattern)) add(match.groups?.['secret'] ?? match[0], id);
    }
  }

  return {
    learn,
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
    get isEmpty() {
      return secrets.size === 0;
    },
    get found() {
      return [...secrets.values()].filter(({ count }) => count > 0);
    },
  };
}

/** Whether any rule finds a credential in this text. */
export function holdsSecret(text: string): boolean {
  return secretRules.some(({ pattern }) => text.search(pattern) !== -1);
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

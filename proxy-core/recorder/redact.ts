/**
 * Masks secrets before anything is observed: in headers by name, in URLs by parameter, and known
 * literals (configured keys, the credentials of requests) wherever they turn up in bytes. A literal is
 * replaced by a mark of the same length, so that places and sizes in a stream stay true.
 */
import { findKeys } from './key-shapes.ts';
import { createPieceMask } from './piece-mask.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';

export interface Redactor {
  /** Remembers the credentials in them, for what an upstream may repeat. So does `url`. */
  headers(headers: HeaderList): HeaderList;
  url(text: string): string;
  /** The same object when nothing was found in it. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** As `bytes` for one stream in pieces: a secret that is cut between two of them is masked, too. */
  stream(): (piece: Uint8Array) => Uint8Array;
  /** As `bytes`, for a text: error messages, say. */
  text(text: string): string;
  /** Remembers a literal. Short or purely alphabetic ones ("test", "anything") are ignored: they are words. */
  addSecret(secret: string): void;
  /** Remembers the credentials that a request's body holds. */
  learn(body: Uint8Array): void;
}

export const REDACTED = '[redacted]';

const MIN_SECRET_LENGTH = 8;
/** More than anybody configures; beyond it the one that was used longest ago is forgotten. */
const MAX_SECRETS = 256;

const SECRET_HEADER =
  /(^|[-_.])(authorization|auth|cookie2?|[a-z0-9]*(token|secret|apikey|password|passwd|credentials?|signature)|key)($|[-_.])/i;
/** Their names smell, but they hold counts, or keys that open nothing. */
const HARMLESS_HEADER = /ratelimit|^idempotency-key$|^sec-websocket-(key|accept)$|^x-litellm-key-|^access-control-|^www-authenticate$/i;
const SECRET_PARAMETER =
  /([?&;#](?:key|api[-_]?key|x-goog-api-key|(?:access|id|refresh|auth|session)?[-_]?token|secret|client_secret|password|sig|signature|x-amz-(?:signature|security-token|credential))=)[^&#\s"]*/gi;
const USER_INFO = /(:\/\/)[^/?#@\s]+@/g;
/** Browsers can set no other header of a WebSocket, so a key may come as the name of a protocol. */
const PROTOCOL_KEY = /(openai-insecure-api-key\.)([^,\s]+)/gi;
const PROTOCOL_KEY_LENGTH = 'openai-insecure-api-key.'.length;
/** `/t/<token>/v1/…`: the bridge's own token in the path. */
const PATH_TOKEN = /^((?:https?:\/\/[^/]+)?\/t\/)[^/?#]+/;

const SCHEME = /^(Bearer|Basic|Digest|Token|Negotiate)\s+(?=\S)/i;

/** @param onSecret told of each literal, for a redactor elsewhere that has to know the same ones. */
export function createRedactor(onSecret?: (secret: string) => void): Redactor {
  const secrets = new Map<string, Buffer>();

  let newest = '';

  function addSecret(secret: string): void {
    // Most requests bring the credential of the one before.
    if (secret === newest) return;
    newest = secret;
    onSecret?.(secret);
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      if (form.length < MIN_SECRET_LENGTH || /^[a-zA-Z]+$/.test(form)) continue;
      // Moved to the end: the order of the map is the order of use.
      secrets.delete(form);
      secrets.set(form, Buffer.from(form, 'utf8'));
    }
    while (secrets.size > MAX_SECRETS) secrets.delete(secrets.keys().next().value as string);
  }

  function bytes(source: Uint8Array): Uint8Array {
    let masked: Buffer | undefined;
    const view = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    for (const secret of secrets.values()) {
      for (let at = view.indexOf(secret); at >= 0; at = view.indexOf(secret, at + secret.length)) {
        masked ??= Buffer.from(view);
        masked.fill(toMask(secret.length), at, at + secret.length);
      }
    }
    return masked ?? source;
  }

  function maskProtocolKeys(value: string): string {
    return value.replace(PROTOCOL_KEY, (_, scheme: string, key: string) => (addSecret(key), scheme + REDACTED));
  }

  function text(source: string): string {
    // Most header values are shorter than any secret.
    if (source.length < MIN_SECRET_LENGTH) return source;
    let masked = source;
    for (const secret of secrets.keys()) if (masked.includes(secret)) masked = masked.replaceAll(secret, toMask(secret.length));
    return masked;
  }

  return {
    addSecret,
    learn: (body) => findKeys(body).forEach(addSecret),
    bytes,
    text,
    stream: () => createPieceMask(secrets, bytes, toMask),
    headers(headers) {
      const clean = headers.map(([name, value]): [string, string] => {
        if (!isSecretHeader(name)) return [name, value.length < PROTOCOL_KEY_LENGTH ? value : maskProtocolKeys(value)];
        credentialsIn(value).forEach(addSecret);
        return [name, maskHeader(value)];
      });
      // Only now all secrets among them are known.
      for (const pair of clean) pair[1] = text(pair[1]);
      return clean;
    },
    url(source) {
      // No parameter, no user, no token in the path: so are nearly all.
      if (!/[=@]|\/t\//.test(source)) return text(source);
      for (const [whole = '', name = ''] of source.matchAll(SECRET_PARAMETER)) {
        const value = decode(whole.slice(name.length));
        if (isLikeAKey(value)) addSecret(value);
      }
      for (const [info] of source.matchAll(USER_INFO)) addSecret(decode(info.slice(3, -1).replace(/^[^:]*:/, '')));
      const clean = source
        .replace(SECRET_PARAMETER, `$1${REDACTED}`)
        .replace(USER_INFO, `$1${REDACTED}@`)
        .replace(PATH_TOKEN, `$1${REDACTED}`);
      return text(clean);
    },
  };
}

const headerVerdicts = new Map<string, boolean>();
const MAX_HEADER_VERDICTS = 1_000;

/** Asked for some forty headers of every step, which are mostly the same ones. */
export function isSecretHeader(name: string): boolean {
  const known = headerVerdicts.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_HEADER.test(name) && !HARMLESS_HEADER.test(name);
  if (headerVerdicts.size < MAX_HEADER_VERDICTS) headerVerdicts.set(name, isSecret);
  return isSecret;
}

/** Without their scheme; of cookies each value that is long enough to be one. */
function credentialsIn(value: string): string[] {
  const bare = value.replace(SCHEME, '');
  return /[;=]/.test(bare) ? [bare, ...bare.split(/[;,\s]+/).map((part) => part.slice(part.indexOf('=') + 1))].filter(isLikeAKey) : [bare];
}

/** Parts of a cookie and parameters may be words, counts and dates. */
function isLikeAKey(part: string): boolean {
  return part.length >= 16 && /\d/.test(part) && !/[\s;,]/.test(part);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a raw % is no encoding
  }
}

/** The scheme (`Bearer`, `Basic`) stays readable; it often is the fault one looks for. */
function maskHeader(value: string): string {
  const scheme = SCHEME.exec(value)?.[0] ?? '';
  return value === '' ? '' : `${scheme}${REDACTED}`;
}

function toMask(length: number): string {
  return length <= REDACTED.length ? '*'.repeat(length) : REDACTED.padEnd(length, '*');
}

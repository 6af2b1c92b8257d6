/**
 * Credentials that give themselves away by their shape, in request bodies: keys that a user pasted, headers
 * of remote tools, keys in data URLs. Only shapes that hardly anything else has: what is recorded must be
 * what was sent wherever possible. Bundles search further (../bundle/redact/secret-rules.ts).
 */
const KEY =
  /\b(?:sk-(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,}|AIza[A-Za-z0-9_-]{30,}|(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|[rsp]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{36}\b|hf_[A-Za-z0-9]{30,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})/g;
/** `"authorization": "Bearer …"`, as remote tools take it. */
const FIELD =
  /"(?:proxy-)?(?:authorization|x-api-key|api[-_]?key|client_secret|access_token|auth_token)"\s*:\s*"(?:Bearer |Basic )?([^"\\\s]{8,})"/gi;
const DATA_URL = /;base64,([A-Za-z0-9+/_=-]{24,})/g;
/** Images are long; a credentials file is not. */
const MAX_PAYLOAD = 16_384;

/** The credentials in a request's body, as they stand there. */
export function findKeys(body: Uint8Array): string[] {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const found = new Set(text.match(KEY) ?? []);
  for (const match of text.matchAll(FIELD)) if (match[1] !== undefined) found.add(match[1]);
  for (const [, payload = ''] of text.matchAll(DATA_URL)) {
    if (payload.length > MAX_PAYLOAD) continue;
    const inside = Buffer.from(payload, 'base64').toString('latin1');
    const keys = inside.match(KEY);
    for (const key of keys ?? []) found.add(key);
    if (keys) found.add(payload);
  }
  return [...found];
}

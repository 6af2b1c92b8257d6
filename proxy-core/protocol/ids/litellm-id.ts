/**
 * LiteLLM's encoded ids, decoded for display and for linking (mapping 3): `resp_` + base64 of
 * `litellm:custom_llm_provider:{p};model_id:{m};response_id:{id}`; older builds wrap a bare inner id.
 * A decoded id is never sent on in place of the original.
 */
export interface LitellmId {
  provider: string | null;
  /** LiteLLM's name of the deployment. */
  deployment: string | null;
  /** The id of the response behind it. */
  innerId: string;
}

/** With how the base64 of the three texts begins that are known below; nearly every id is let go here. */
const PREFIX = /^resp_(?=bGl0ZWxsbT|cmVzcF|Y2hhdGNtcGwt)/;
/** Base64, standard or url-safe, as it stands in an id or percent-encoded in a path. */
const ENCODED = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;
const FIELDS = /^litellm:custom_llm_provider:([^;]*);model_id:([^;]*);response_id:(.*)$/s;
const WRAPPED = /^(resp_[A-Za-z0-9-]+|chatcmpl-[A-Za-z0-9-]+)$/;
const MAX_LENGTH = 4_096;

/** Undefined for every id that LiteLLM did not encode. */
export function decodeLitellmId(id: string): LitellmId | undefined {
  if (id.length > MAX_LENGTH || !PREFIX.test(id)) return undefined;
  const text = decodeBase64(id.replace(PREFIX, '').replaceAll(/%2B/gi, '+').replaceAll(/%2F/gi, '/').replaceAll(/%3D/gi, '='));
  if (text === undefined) return undefined;
  const fields = FIELDS.exec(text);
  if (fields) {
    const innerId = orNull(fields[3]);
    return innerId === null ? undefined : { provider: orNull(fields[1]), deployment: orNull(fields[2]), innerId };
  }
  return WRAPPED.test(text) ? { provider: null, deployment: null, innerId: text } : undefined;
}

/** Ids under which the same response is known; empty for ids that hold no other one. */
export function litellmAliases(id: string): string[] {
  const aliases: string[] = [];
  // An encoded id can hold an encoded id (a gateway behind a gateway); never for long.
  for (let inner = decodeLitellmId(id); inner && aliases.length < 4; inner = decodeLitellmId(inner.innerId)) aliases.push(inner.innerId);
  return aliases;
}

/** LiteLLM writes Python's None as text. */
function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' || text === 'None' ? null : text;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of printable ASCII; anything else is no id. */
function decodeBase64(text: string): string | undefined {
  if (!ENCODED.test(text)) return undefined;
  let bits = 0;
  let value = 0;
  let decoded = '';
  for (const letter of text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')) {
    value = ((value & 0xfff) << 6) | ALPHABET.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const code = (value >> bits) & 0xff;
    if (code < 0x20 || code > 0x7e) return undefined;
    decoded += String.fromCharCode(code);
  }
  return decoded;
}

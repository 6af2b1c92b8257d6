/** Secrets in recorded bodies: found in whole texts, also those that were streamed in pieces, and masked in place. */
import { toText } from '../session-record.ts';
import type { SecretFinder } from './find-secrets.ts';
import { createSecretFinder } from './find-secrets.ts';
import { openBody } from './open-body.ts';
import { SECRET_FIELD } from './secret-rules.ts';

/** Shows the finder every text of a body. */
export function learnBody(body: Uint8Array, secrets: SecretFinder): void {
  if (body.length === 0) return;
  for (const { path, text, kind, isAsWritten } of openBody(body).texts) {
    if (kind === 'number') continue;
    const name = path.at(-1);
    if (typeof name === 'string' && SECRET_FIELD.test(name)) secrets.add(text.replace(/^(?:Bearer|Basic)\s+/i, ''), 'secret-field');
    if (!isAsWritten) secrets.learn(text);
  }
  secrets.learn(toText(body));
}

/** The body with all known secrets masked; as long as before. */
export function maskBody(body: Uint8Array, secrets: SecretFinder): Uint8Array {
  if (body.length === 0 || secrets.isEmpty) return body;
  const open = openBody(body);
  for (const one of open.texts) {
    if (one.isAsWritten) continue;
    const masked = secrets.mask(one.text);
    if (masked !== one.text) one.replace(masked);
  }
  return maskRest(open.finish(), secrets);
}

/** What is left outside of texts. */
export function maskRest(body: Uint8Array, secrets: SecretFinder): Uint8Array {
  const utf8 = toText(body);
  // Bytes that are no UTF-8 stay what they are.
  const encoding = utf8.includes('\uFFFD') ? 'latin1' : 'utf8';
  const text = encoding === 'utf8' ? utf8 : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const masked = secrets.mask(text);
  return masked === text ? body : Buffer.from(masked, encoding);
}

/** For files that go out on their own. */
export async function maskFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Map<string, Uint8Array>> {
  const secrets = createSecretFinder();
  for (const bytes of files.values()) learnBody(bytes, secrets);
  await secrets.search();
  return new Map([...files].map(([name, bytes]) => [name, maskBody(bytes, secrets)]));
}

/** Bundles in and out by the bridge's control API; the files are chosen in native dialogs. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ReadyObject } from '../proxy-core/protocol/api/control-api.ts';
import { asArray, asObject, asString, parseJsonObject } from '../proxy-core/protocol/json.ts';

export interface ImportResult {
  sessions: string[];
  /** A sentence for each file or member that could not be read. */
  skipped: string[];
}

/** @throws with one sentence when the file can't be read or the bridge refuses it. */
export async function importFile(ready: ReadyObject, path: string): Promise<ImportResult> {
  const name = basename(path);
  const reply = await fetch(`${ready.url}/api/imports`, {
    method: 'POST',
    headers: { ...authorization(ready), 'x-file-name': encodeURIComponent(name) },
    body: new Uint8Array(await readFile(path)),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${name} can't be opened: ${toMessage(text, reply.status)}`);
  const body = parseJsonObject(text);
  return {
    sessions: asArray(body?.['sessions']).flatMap((id) => asString(id) ?? []),
    skipped: asArray(body?.['skipped'])
      .map(asObject)
      .map((one) => `${asString(one['name']) ?? name}: ${asString(one['why']) ?? 'not readable'}`),
  };
}

/** Writes a session's bundle, secrets taken out. @throws with one sentence. */
export async function saveBundle(ready: ReadyObject, sessionId: string, path: string): Promise<void> {
  const reply = await fetch(`${ready.url}/api/sessions/${encodeURIComponent(sessionId)}/bundle?redact=secrets`, {
    headers: authorization(ready),
  });
  if (!reply.ok) throw new Error(`The bundle can't be made: ${toMessage(await reply.text(), reply.status)}`);
  await writeFile(path, new Uint8Array(await reply.arrayBuffer()));
}

/** The session that a page's address shows; undefined on the other pages. */
export function toSessionId(pageUrl: string): string | undefined {
  const id = /#\/session\/([^/?]+)/.exec(pageUrl)?.[1];
  return id === undefined ? undefined : decodeURIComponent(id);
}

const authorization = ({ token }: ReadyObject): Record<string, string> => ({ authorization: `Bearer ${token}` });

function toMessage(body: string, status: number): string {
  return asString(asObject(parseJsonObject(body)?.['error'])['message']) ?? `the bridge answered ${status}.`;
}

/** One request of a command to the control API of a running bridge. */
import type { BridgeFile } from '../bridge-file.ts';
import { UsageError } from '../errors.ts';
import { asObject, asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';

export type Bridge = Pick<BridgeFile, 'url' | 'token'>;

/** @param path below `/api/`. @throws UsageError with the bridge's own sentence when it refuses. */
export async function askBridge({ url, token }: Bridge, path: string, init: RequestInit = {}): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(init.headers as Record<string, string>) };
  const reply = await fetch(`${url}/api/${path}`, { ...init, headers });
  const answer = parseJsonObject(await reply.text()) ?? {};
  if (!reply.ok) throw new UsageError(asString(asObject(answer['error'])['message']) ?? `the bridge answered ${reply.status}`);
  return answer;
}

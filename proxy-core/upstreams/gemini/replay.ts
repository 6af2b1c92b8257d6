/**
 * What Gemini wants back with the next request: thought signatures, at the part they came with, and its own
 * call ids. They travel in the envelope of a reasoning item (through clients that keep no state) and in the
 * replay data of calls and messages (through the bridge's store). Both ends of that road are here.
 */
import { asString, isObject } from '../../protocol/json.ts';
import { encodeEnvelope, isSameModelFamily } from '../shared/reasoning-envelope.ts';
import type { ConversationItem } from '../upstream.ts';

/** A block in the reasoning envelope. `at` says which part the signature sat on. */
export interface SignatureBlock {
  sig: string;
  at: 'functionCall' | 'text' | 'thought';
  /** With `thought`: the signed text. */
  text?: string;
}

export interface CallReplay {
  id?: string;
  signature?: string;
}
export interface TextReplay {
  signature: string;
  /** True: the signature came on an empty part behind the text and goes back there. */
  isTrailing: boolean;
}

export function toEnvelope(model: string, blocks: SignatureBlock[]): string {
  return encodeEnvelope({ provider: 'gemini', model, blocks });
}

export function parseSignatureBlock(value: unknown): SignatureBlock | undefined {
  if (!isObject(value)) return undefined;
  const sig = asString(value.sig);
  const at = asString(value.at);
  if (!sig || (at !== 'functionCall' && at !== 'text' && at !== 'thought')) return undefined;
  const text = asString(value.text);
  return text === undefined ? { sig, at } : { sig, at, text };
}

export function callReplayOf(entry: ConversationItem, model: string): CallReplay {
  const data = replayDataOf(entry);
  const replay: CallReplay = {};
  const id = asString(data.id);
  if (id) replay.id = id;
  const signature = asString(data.signature);
  if (signature && entry.replay && isSameModelFamily(entry.replay.model, model)) replay.signature = signature;
  return replay;
}

export function textReplayOf(entry: ConversationItem, model: string): TextReplay | undefined {
  const data = replayDataOf(entry);
  const signature = asString(data.signature);
  if (!signature || !entry.replay || !isSameModelFamily(entry.replay.model, model)) return undefined;
  return { signature, isTrailing: data.isTrailing === true };
}

function replayDataOf(entry: ConversationItem) {
  return entry.replay?.kind === 'gemini' && isObject(entry.replay.data) ? entry.replay.data : {};
}

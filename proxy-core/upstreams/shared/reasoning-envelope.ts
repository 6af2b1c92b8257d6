/**
 * The `encrypted_content` of a reasoning item: an envelope that carries an upstream's own reasoning blocks
 * (signatures and all) through a client that keeps no state. Every upstream kind writes and opens it here.
 * Not encrypted: the client may hold it anyway, and a debugger should be able to look inside. What the blocks
 * mean is known only to the upstream kind that made them.
 */
import { asArray, asString, parseJsonObject } from '../../protocol/json.ts';

const PREFIX = 'ds1.';

export type EnvelopeProvider = 'anthropic' | 'gemini' | 'chat';

export interface ReasoningEnvelope {
  provider: EnvelopeProvider;
  model: string;
  /** The upstream's blocks, verbatim and in order. */
  blocks: unknown[];
}

/** Why an envelope cannot be used; `reason` ends a sentence that begins with "the reasoning item's encrypted_content". */
export type DecodedEnvelope = { ok: true; envelope: ReasoningEnvelope } | { ok: false; code: EnvelopeFault; reason: string };
export type EnvelopeFault = 'foreign' | 'damaged' | 'other_provider' | 'other_model';

export function encodeEnvelope(envelope: ReasoningEnvelope): string {
  const json = JSON.stringify({ v: 1, p: envelope.provider, m: envelope.model, blocks: envelope.blocks });
  return PREFIX + Buffer.from(json, 'utf8').toString('base64url');
}

/** Opens any envelope of ours, whoever made it. */
export function decodeEnvelope(encryptedContent: string): DecodedEnvelope {
  if (!encryptedContent.startsWith(PREFIX)) {
    return { ok: false, code: 'foreign', reason: 'was made by another provider or gateway' };
  }
  const json = parseJsonObject(Buffer.from(encryptedContent.slice(PREFIX.length), 'base64url').toString('utf8'));
  const provider = json && asString(json.p);
  const model = json && asString(json.m);
  if (!json || json.v !== 1 || model === undefined || !isProvider(provider) || !Array.isArray(json.blocks)) {
    return { ok: false, code: 'damaged', reason: 'is damaged' };
  }
  return { ok: true, envelope: { provider, model, blocks: asArray(json.blocks) } };
}

/** Opens an envelope for use with `model`: one of another provider or another model family is refused. */
export function openEnvelope(encryptedContent: string, provider: EnvelopeProvider, model: string): DecodedEnvelope {
  const decoded = decodeEnvelope(encryptedContent);
  if (!decoded.ok) return decoded;
  if (decoded.envelope.provider !== provider) {
    return { ok: false, code: 'other_provider', reason: `belongs to the upstream kind ${decoded.envelope.provider}` };
  }
  if (!isSameModelFamily(decoded.envelope.model, model)) {
    return { ok: false, code: 'other_model', reason: `was made by ${decoded.envelope.model}, which ${model} cannot continue` };
  }
  return decoded;
}

/** `claude-sonnet-4-5-20250929`, `anthropic/claude-sonnet-4-5` and `claude-sonnet-4-5-latest` are one family. */
export function isSameModelFamily(left: string, right: string): boolean {
  return toModelFamily(left) === toModelFamily(right);
}

function toModelFamily(model: string): string {
  const name = model.toLowerCase().slice(model.lastIndexOf('/') + 1);
  return name.replace(/[@:].*$/, '').replace(/-(?:latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{3}|(?:preview|exp)(?:-.*)?)$/, '');
}

function isProvider(value: unknown): value is EnvelopeProvider {
  return value === 'anthropic' || value === 'gemini' || value === 'chat';
}

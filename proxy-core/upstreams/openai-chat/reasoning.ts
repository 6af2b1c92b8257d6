/**
 * Reasoning items on their way back: the blocks that ./reasoning-buffer.ts put into the envelope, as fields
 * of the assistant message they led to (mapping 1.3, 1.5). Summary text alone is never sent as reasoning.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import { isSameModelFamily, openEnvelope } from '../shared/reasoning-envelope.ts';
import type { ConversationItem } from '../upstream.ts';
import type { AssistantMessage } from './wire.ts';

export type ReasoningFields = Pick<AssistantMessage, 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'thinking_blocks'>;

/** Blocks of a reasoning item, or why it has none that this upstream could use; `reason` ends a sentence. */
export function openReasoning(entry: ConversationItem, model: string): { blocks: JsonObject[] } | { reason: string } {
  const { item, replay } = entry;
  if (replay?.kind === 'openai-chat' && isSameModelFamily(replay.model, model)) {
    const blocks = asArray(asObject(replay.data).blocks).filter(isObject);
    if (blocks.length > 0) return { blocks };
  }
  const sealed = asString(item.encrypted_content);
  if (!sealed) return { reason: 'has no encrypted_content that could be sent' };
  const opened = openEnvelope(sealed, 'chat', model);
  return opened.ok ? { blocks: opened.envelope.blocks.filter(isObject) } : { reason: `has an encrypted_content that ${opened.reason}` };
}

/** All blocks of one assistant turn. Plain text only where `isInToolLoop`; signed blocks always. */
export function toReasoningFields(blocks: JsonObject[], isInToolLoop: boolean): ReasoningFields {
  const fields: ReasoningFields = {};
  for (const block of blocks) {
    for (const name of ['reasoning_details', 'thinking_blocks'] as const) {
      const details = asArray(block[name]).filter(isObject);
      if (details.length > 0) fields[name] = [...(fields[name] ?? []), ...details];
    }
    for (const name of ['reasoning_content', 'reasoning'] as const) {
      const text = asString(block[name]);
      if (text && isInToolLoop) fields[name] = fields[name] === undefined ? text : `${fields[name]}\n\n${text}`;
    }
  }
  return fields;
}

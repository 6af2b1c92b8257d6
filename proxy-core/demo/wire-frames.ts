/** A script as Anthropic sends it: the frames of a stream, or one message. Signatures are made up but stable. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../protocol/json.ts';
import type { DemoRequest } from './demo-request.ts';
import type { Script, ScriptBlock } from './script.ts';

export interface DemoFrame {
  event: string;
  data: JsonObject;
}
export type CreateId = (prefix: string) => string;

/** Characters per delta of tool input; the real API cuts JSON about as finely. */
const JSON_PIECE_LENGTH = 14;
const WORDS_PER_DELTA = 3;

/** All frames of the answer; a script with a fault is cut by the server, not here. */
export function toFrames(request: DemoRequest, script: Script, createId: CreateId): DemoFrame[] {
  const usage = { input_tokens: request.inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, service_tier: 'standard' };
  const message = {
    id: createId('msg_'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  const frames: DemoFrame[] = [frame('message_start', { message: { ...message, usage: { ...usage, output_tokens: 1 } } })];
  for (const [index, block] of script.blocks.entries()) {
    frames.push(frame('content_block_start', { index, content_block: toStart(block, createId) }));
    if (index === 0) frames.push(frame('ping', {}));
    for (const delta of toDeltas(block, request)) frames.push(frame('content_block_delta', { index, delta }));
    frames.push(frame('content_block_stop', { index }));
  }
  const stop = { stop_reason: script.stopReason, stop_sequence: null, ...toStopDetails(script) };
  frames.push(frame('message_delta', { delta: stop, usage: { output_tokens: countOutput(script) } }), frame('message_stop', {}));
  return frames;
}

/** The answer to a request without `stream`. */
export function toMessage(request: DemoRequest, script: Script, createId: CreateId): JsonObject {
  const content = script.blocks.map((block) => {
    if (block.type === 'tool_use') return { ...toStart(block, createId), input: block.input };
    if (block.type === 'text') return { type: 'text', text: block.text };
    return { type: 'thinking', thinking: request.isThinkingShown ? block.text : '', signature: toSignature(block.text) };
  });
  return {
    id: createId('msg_'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content,
    stop_reason: script.stopReason,
    stop_sequence: null,
    ...toStopDetails(script),
    usage: {
      input_tokens: request.inputTokens,
      output_tokens: countOutput(script),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      service_tier: 'standard',
    },
  };
}

function frame(type: string, data: JsonObject): DemoFrame {
  return { event: type, data: { type, ...data } };
}

function toStart(block: ScriptBlock, createId: CreateId): JsonObject {
  if (block.type === 'text') return { type: 'text', text: '' };
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return { type: 'tool_use', id: createId('toolu_'), name: block.name, input: {} };
}

function toDeltas(block: ScriptBlock, request: DemoRequest): JsonObject[] {
  switch (block.type) {
    case 'text':
      return toPieces(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking': {
      const shown = request.isThinkingShown ? toPieces(block.text) : [];
      const deltas = shown.map((thinking): JsonObject => ({ type: 'thinking_delta', thinking }));
      return [...deltas, { type: 'signature_delta', signature: toSignature(block.text) }];
    }
    case 'tool_use': {
      const json = JSON.stringify(block.input);
      if (json === '{}') return [{ type: 'input_json_delta', partial_json: '' }];
      const pieces = Array.from({ length: Math.ceil(json.length / JSON_PIECE_LENGTH) }, (_, at) =>
        json.slice(at * JSON_PIECE_LENGTH, (at + 1) * JSON_PIECE_LENGTH),
      );
      return ['', ...pieces].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    }
  }
}

function toPieces(text: string): string[] {
  return text.match(new RegExp(`(?:\\s*\\S+){1,${WORDS_PER_DELTA}}\\s*$|(?:\\s*\\S+){1,${WORDS_PER_DELTA}}`, 'g')) ?? [text];
}

function toStopDetails({ refusal }: Script): JsonObject {
  return refusal === undefined ? {} : { stop_details: { type: 'refusal', category: null, explanation: refusal } };
}

function countOutput({ blocks }: Script): number {
  return blocks.reduce(
    (sum, block) => sum + Math.ceil((block.type === 'tool_use' ? JSON.stringify(block.input) : block.text).length / 4),
    1,
  );
}

function toSignature(text: string): string {
  return `DemoSig${createHash('sha256').update(text).digest('base64')}`;
}

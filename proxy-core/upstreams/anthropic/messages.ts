/**
 * The conversation as Anthropic messages: shared turns (shared/conversation.ts) become blocks, in the items'
 * own order, with the rules that only Anthropic has: tool results first, no blank text, the first and the
 * last message from the user, ids in its alphabet (mapping 1.3-1.5).
 */
import { invalidRequest } from '../../errors.ts';
import { asArray, asObject, asString, isObject, parseJson } from '../../protocol/json.ts';
import { arrangeConversation, callIdOf, isCallOutput, type SystemEntry, type ToolResult, type Turn } from '../shared/conversation.ts';
import { textOf } from '../shared/content-parts.ts';
import { isSameModelFamily, openEnvelope } from '../shared/reasoning-envelope.ts';
import type { BridgeRequest, ConversationItem, Warning } from '../upstream.ts';
import { isBlank, toInputBlocks, toTextBlocks, type ContentContext } from './content.ts';
import type { ContentBlockParam, MessageParam, TextBlockParam, ToolResultBlockParam } from './wire.ts';

export interface BuiltMessages {
  system: TextBlockParam[];
  messages: MessageParam[];
  warnings: Warning[];
  /** Changed call_id -> the client's. */
  callIds: Record<string, string>;
}

interface Building extends ContentContext {
  request: BridgeRequest;
  /** The client's call_id -> the one sent. */
  sentIds: Map<string, string>;
}

export function buildMessages(request: BridgeRequest, cacheTtl?: string): BuiltMessages {
  const conversation = arrangeConversation(request);
  const building: Building = { request, warnings: [...conversation.warnings], cacheTtl, sentIds: new Map() };
  const messages = conversation.turns.reduce<MessageParam[]>((list, turn) => addTurn(list, turn, building), []);
  frame(messages, building);
  const changed = [...building.sentIds].filter(([own, sent]) => own !== sent);
  return {
    system: conversation.system.flatMap((entry) => toSystemBlocks(entry, building)),
    messages,
    warnings: building.warnings,
    callIds: Object.fromEntries(changed.map(([own, sent]) => [sent, own])),
  };
}

function toSystemBlocks(entry: SystemEntry, building: Building): TextBlockParam[] {
  return toTextBlocks(entry.content, 'a system prompt', building);
}

/** Adds the turn's blocks; an empty assistant turn vanishes, and two user turns in a row become one message. */
function addTurn(messages: MessageParam[], turn: Turn, building: Building): MessageParam[] {
  const content = turn.role === 'assistant' ? toAssistantBlocks(turn.items, building) : toUserBlocks(turn, building);
  if (content.length === 0 && turn.role === 'assistant') return messages;
  const last = messages.at(-1);
  if (last?.role === turn.role) last.content.push(...content);
  else messages.push({ role: turn.role, content });
  return messages;
}

/** Anthropic wants the user to speak first and last, and no message without content. */
function frame(messages: MessageParam[], building: Building): void {
  for (const message of messages) if (message.content.length === 0) message.content.push({ type: 'text', text: '(empty)' });
  if (messages.length === 0) messages.push({ role: 'user', content: [{ type: 'text', text: '(empty)' }] });
  if (messages[0]?.role === 'assistant') {
    messages.unshift({ role: 'user', content: [{ type: 'text', text: '(conversation continues)' }] });
    warn(building, 'user_turn_added', 'The history begins with an assistant message; a short user message was put before it.');
  }
  if (messages.at(-1)?.role === 'assistant') {
    messages.push({ role: 'user', content: [{ type: 'text', text: 'Continue.' }] });
    warn(building, 'user_turn_added', 'The input ends with an assistant message; the user message "Continue." was put after it.');
  }
}

function toAssistantBlocks(items: ConversationItem[], building: Building): ContentBlockParam[] {
  return items.flatMap((entry): ContentBlockParam[] => {
    const { item } = entry;
    switch (item.type) {
      case 'message':
        return toAssistantText(entry, building);
      case 'reasoning':
        return toThinkingBlocks(entry, building);
      case 'function_call':
      case 'custom_tool_call':
        return [
          {
            type: 'tool_use',
            id: sentId(callIdOf(entry), building),
            name: toToolName(entry, building),
            input: toToolInput(entry, building),
          },
        ];
      default: {
        const blocks = ownBlocks(entry);
        if (blocks.length > 0) return blocks;
        warn(building, 'item_dropped', `A ${item.type} item cannot be shown to this upstream; it was left out.`);
        return [];
      }
    }
  });
}

function toAssistantText(entry: ConversationItem, building: Building): ContentBlockParam[] {
  if (entry.replay?.kind === 'anthropic' && asObject(entry.replay.data).isRefused === true) {
    warn(building, 'refused_text_dropped', 'Text that the model broke off by a refusal was left out of the history.');
    return [];
  }
  return toTextBlocks(entry.item.content, 'an assistant message', building);
}

/** Only signed blocks of this model family may go back; a summary is never passed off as thinking. */
function toThinkingBlocks(entry: ConversationItem, building: Building): ContentBlockParam[] {
  const { model } = building.request;
  const kept = ownBlocks(entry).filter(isThinkingBlock);
  if (kept.length > 0 && entry.replay && isSameModelFamily(entry.replay.model, model)) return kept;
  const sealed = asString(entry.item.encrypted_content);
  const opened = sealed === undefined ? undefined : openEnvelope(sealed, 'anthropic', model);
  const blocks = opened?.ok ? opened.envelope.blocks.filter(isThinkingBlock) : [];
  if (blocks.length > 0) return blocks;
  const because = !opened || opened.ok ? 'has no encrypted_content that could be sent' : `has an encrypted_content that ${opened.reason}`;
  warn(building, 'reasoning_dropped', `A reasoning item ${because}; it was left out.`);
  return [];
}

function isThinkingBlock(block: unknown): block is ContentBlockParam {
  const { type, signature, data } = asObject(block);
  if (type === 'thinking') return typeof signature === 'string' && signature !== '';
  return type === 'redacted_thinking' && typeof data === 'string';
}

/** What this upstream kind left behind when it made the item: its own blocks, verbatim. */
function ownBlocks(entry: ConversationItem): ContentBlockParam[] {
  if (entry.replay?.kind !== 'anthropic') return [];
  return asArray(asObject(entry.replay.data).blocks).filter((block): block is ContentBlockParam & object => isObject(block));
}

function toToolName(entry: ConversationItem, { request }: Building): string {
  const name = asString(entry.item.name) ?? '';
  const namespace = asString(entry.item.namespace);
  const isSame = ({ route }: BridgeRequest['tools'][number]): boolean =>
    route.type !== 'text' && route.name === name && (namespace === undefined || route.namespace === namespace);
  const defined = request.tools.find(isSame)?.upstreamName;
  return defined ?? (namespace === undefined ? name : `${namespace}__${name}`).replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 128);
}

function toToolInput(entry: ConversationItem, building: Building): unknown {
  if (entry.item.type === 'custom_tool_call') return { input: asString(entry.item.input) ?? '' };
  const text = asString(entry.item.arguments) ?? '';
  const input = isBlank(text) ? {} : parseJson(text);
  if (isObject(input)) return input;
  warn(building, 'invalid_arguments', `The arguments of call ${callIdOf(entry)} are not a JSON object; they were sent as text.`);
  return { _invalid_arguments: text };
}

function toUserBlocks(turn: Extract<Turn, { role: 'user' }>, building: Building): ContentBlockParam[] {
  const results = turn.results.map((result) => toResultBlock(result, building));
  return [...results, ...turn.items.flatMap((entry) => toUserItemBlocks(entry, building))];
}

function toResultBlock({ callId, output }: ToolResult, building: Building): ToolResultBlockParam {
  const block: ToolResultBlockParam = { type: 'tool_result', tool_use_id: sentId(callId, building) };
  if (output === null) {
    warn(building, 'missing_output', `The call ${callId} has no output; the model was told so.`);
    return { ...block, content: '(no output recorded)', is_error: true };
  }
  const value = output.item.output;
  if (typeof value === 'string') {
    if (!isBlank(value)) block.content = value;
  } else {
    const content = toInputBlocks(value, building);
    if (content.length > 0) block.content = content;
  }
  if (output.item.status === 'incomplete') block.is_error = true;
  return block;
}

function toUserItemBlocks(entry: ConversationItem, building: Building): ContentBlockParam[] {
  const { item } = entry;
  if (item.type === 'message') {
    if (item.role === 'system' || item.role === 'developer') return toReminder(entry, building);
    return toInputBlocks(item.content, building);
  }
  if (isCallOutput(entry)) {
    warn(building, 'output_without_call', `The output of call ${callIdOf(entry)} has no call in the history; it was sent as user text.`);
    return toInputBlocks(
      [{ type: 'input_text', text: `Output of the tool call ${callIdOf(entry)}:` }, ...outputParts(item.output)],
      building,
    );
  }
  if (item.type === 'compaction') {
    throw invalidRequest('A compaction item was made by another provider and cannot be opened here.', 'input', 'invalid_encrypted_content');
  }
  warn(building, 'item_dropped', `An input item of type ${item.type} cannot be shown to this upstream; it was left out.`);
  return [];
}

function outputParts(output: unknown): unknown[] {
  return typeof output === 'string' ? [{ type: 'input_text', text: output }] : asArray(output);
}

/** Most models take system text only at the start; later it stands as a marked user block. */
function toReminder(entry: ConversationItem, building: Building): ContentBlockParam[] {
  const text = textOf(entry.item.content);
  if (isBlank(text)) return [];
  warn(
    building,
    'system_in_conversation',
    `A later ${String(entry.item.role)} message was sent as a marked user text: most Claude models take system text only at the start.`,
  );
  return [{ type: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` }];
}

/** Anthropic's ids are `[a-zA-Z0-9_-]+`; others are spelled in that alphabet, uniquely within the request. */
function sentId(callId: string, building: Building): string {
  const known = building.sentIds.get(callId);
  if (known !== undefined) return known;
  const plain = callId.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
  const taken = new Set(building.sentIds.values());
  let sent = plain;
  for (let copy = 2; taken.has(sent); copy += 1) sent = `${plain}_${copy}`;
  building.sentIds.set(callId, sent);
  return sent;
}

function warn(building: Building, code: string, message: string): void {
  building.warnings.push({ code, message, param: 'input' });
}

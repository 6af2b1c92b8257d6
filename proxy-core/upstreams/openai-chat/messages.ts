/**
 * The conversation as Chat messages: shared turns (shared/conversation.ts) become one assistant message with
 * all parallel calls, followed at once by their tool messages in call order, then by what the user says
 * (mapping 1.2-1.5, 1.10).
 */
import { createHash } from 'node:crypto';
import { invalidRequest } from '../../errors.ts';
import { asString, type JsonObject } from '../../protocol/json.ts';
import { parseContent, textOf } from '../shared/content-parts.ts';
import {
  arrangeConversation,
  callIdOf,
  isCallOutput,
  type AssistantTurn,
  type SystemEntry,
  type ToolResult,
  type Turn,
} from '../shared/conversation.ts';
import type { BridgeRequest, ConversationItem, Warning } from '../upstream.ts';
import { isBlank, joinIfText, toChatParts, type ContentContext } from './content.ts';
import type { ChatProfile } from './profiles.ts';
import { openReasoning, toReasoningFields } from './reasoning.ts';
import type { AssistantMessage, ChatMessage, ChatPart, ChatToolCall, SystemMessage, ToolMessage, UserMessage } from './wire.ts';

export interface BuiltMessages {
  messages: ChatMessage[];
  warnings: Warning[];
  /** Changed call_id -> the client's. */
  callIds: Record<string, string>;
}

interface Building extends ContentContext {
  model: string;
  callIds: Record<string, string>;
}

export function buildMessages(request: BridgeRequest, profile: ChatProfile): BuiltMessages {
  const { system, turns, warnings } = arrangeConversation(request);
  const building: Building = { profile, model: request.model, warnings: [...warnings], callIds: {} };
  const loopStart = turns.findLastIndex((turn) => turn.role === 'user' && turn.items.some(({ item }) => item.role === 'user'));
  const messages: ChatMessage[] = [
    ...toSystemMessages(system, building),
    ...turns.flatMap((turn, position) =>
      turn.role === 'user' ? toUserMessages(turn, building) : toAssistantMessages(turn, position > loopStart, building),
    ),
  ];
  return { messages, warnings: building.warnings, callIds: building.callIds };
}

function toSystemMessages(entries: SystemEntry[], building: Building): SystemMessage[] {
  const { hasDeveloperRole, systemPlace } = building.profile;
  const messages = entries.flatMap(({ source, content }): SystemMessage[] => {
    const text = toSystemText(content, building);
    return text === '' ? [] : [{ role: hasDeveloperRole && source !== 'system' ? 'developer' : 'system', content: text }];
  });
  if (systemPlace === 'anywhere' || messages.length < 2) return messages;
  return [{ role: 'system', content: messages.map(({ content }) => content).join('\n\n') }];
}

function toSystemText(content: unknown, building: Building): string {
  for (const part of parseContent(content)) {
    if (part.type === 'text' || part.type === 'refusal') continue;
    const type = part.type === 'unknown' ? part.partType : part.type;
    warn(building, 'part_dropped', `A part of type ${type} cannot stand in a system message; it was left out.`);
  }
  const text = textOf(content);
  return isBlank(text) ? '' : text;
}

/** One message, or none when nothing is left of the turn. */
function toAssistantMessages({ items }: AssistantTurn, isInToolLoop: boolean, building: Building): AssistantMessage[] {
  const texts: string[] = [];
  const refusals: string[] = [];
  const calls: ChatToolCall[] = [];
  const blocks: JsonObject[] = [];
  for (const entry of items) {
    switch (entry.item.type) {
      case 'message':
        collectText(entry, texts, refusals, building);
        break;
      case 'function_call':
      case 'custom_tool_call':
        calls.push(toToolCall(entry, building));
        break;
      case 'reasoning':
        blocks.push(...toReasoningBlocks(entry, building));
        break;
      default:
        warnDroppedItem(entry, building);
    }
  }
  if (texts.length === 0 && refusals.length === 0 && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      content: texts.length === 0 ? null : texts.join('\n\n'),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
      ...(refusals.length === 0 ? {} : { refusal: refusals.join('\n\n') }),
      ...toReasoningFields(blocks, isInToolLoop),
    },
  ];
}

function collectText({ item }: ConversationItem, texts: string[], refusals: string[], building: Building): void {
  let text = '';
  for (const part of parseContent(item.content)) {
    if (part.type === 'refusal' && building.profile.hasRefusalField) refusals.push(part.text);
    else if (part.type === 'text' || part.type === 'refusal') text += part.text;
    else {
      const type = part.type === 'unknown' ? part.partType : part.type;
      warn(building, 'part_dropped', `A part of type ${type} cannot stand in an assistant message; it was left out.`);
    }
  }
  if (!isBlank(text)) texts.push(text);
}

function toReasoningBlocks(entry: ConversationItem, building: Building): JsonObject[] {
  const opened = openReasoning(entry, building.model);
  const takesBack = building.profile.replayReasoning !== 'never';
  if (takesBack && 'blocks' in opened) return opened.blocks;
  const because = 'reason' in opened ? opened.reason : 'is nothing that this server takes back';
  warn(building, 'reasoning_dropped', `A reasoning item ${because}; it was left out.`);
  return [];
}

function toToolCall(entry: ConversationItem, building: Building): ChatToolCall {
  const { item } = entry;
  const text = item.type === 'custom_tool_call' ? JSON.stringify({ input: asString(item.input) ?? '' }) : (asString(item.arguments) ?? '');
  return {
    id: toSentId(callIdOf(entry), building),
    type: 'function',
    function: { name: asString(item.name) ?? '', arguments: isBlank(text) ? '{}' : text },
  };
}

function toUserMessages(turn: Extract<Turn, { role: 'user' }>, building: Building): ChatMessage[] {
  const results = turn.results.map((result) => toToolMessage(result, building));
  return [
    ...results.map(({ message }) => message),
    ...results.flatMap(({ extra }) => extra ?? []),
    ...turn.items.flatMap((entry) => toUserItemMessages(entry, building)),
  ];
}

/** Tool messages hold text only on most servers; images and files follow in a user message after all of them. */
function toToolMessage({ callId, output }: ToolResult, building: Building): { message: ToolMessage; extra?: UserMessage } {
  const message: ToolMessage = { role: 'tool', tool_call_id: toSentId(callId, building), content: '' };
  if (output === null) {
    warn(building, 'missing_output', `The call ${callId} has no output; the model was told so.`);
    return { message: { ...message, content: '(no output recorded)' } };
  }
  const value = output.item.output;
  if (typeof value === 'string') return { message: { ...message, content: value } };
  const parts = toChatParts(value, building);
  const others = parts.filter((part) => part.type !== 'text');
  message.content = parts
    .map((part) => (part.type === 'text' ? part.text : ''))
    .filter(Boolean)
    .join('\n');
  if (others.length === 0) return { message };
  warn(building, 'tool_output_moved', `Images or files in the output of call ${callId} were sent in a user message after it.`);
  if (message.content === '') message.content = '(see the next user message)';
  const title: ChatPart = { type: 'text', text: `Output of the tool call ${callId}:` };
  return { message, extra: { role: 'user', content: [title, ...others] } };
}

function toUserItemMessages(entry: ConversationItem, building: Building): ChatMessage[] {
  const { item } = entry;
  if (item.type === 'message' && (item.role === 'system' || item.role === 'developer')) return toLaterSystem(entry, building);
  if (item.type === 'message') return [toUserMessage(toChatParts(item.content, building))];
  if (isCallOutput(entry)) {
    warn(building, 'output_without_call', `The output of call ${callIdOf(entry)} has no call in the history; it was sent as user text.`);
    const title: ChatPart = { type: 'text', text: `Output of the tool call ${callIdOf(entry)}:` };
    return [toUserMessage([title, ...toChatParts(item.output, building)])];
  }
  if (item.type === 'compaction') {
    throw invalidRequest('A compaction item was made by another provider and cannot be opened here.', 'input', 'invalid_encrypted_content');
  }
  warnDroppedItem(entry, building);
  return [];
}

function toUserMessage(parts: ChatPart[]): UserMessage {
  return { role: 'user', content: parts.length === 0 ? '(empty)' : joinIfText(parts) };
}

function toLaterSystem(entry: ConversationItem, building: Building): ChatMessage[] {
  const text = toSystemText(entry.item.content, building);
  if (text === '') return [];
  const { profile } = building;
  if (profile.systemPlace === 'anywhere') {
    return [{ role: profile.hasDeveloperRole && entry.item.role === 'developer' ? 'developer' : 'system', content: text }];
  }
  warn(
    building,
    'system_in_conversation',
    'A later system message was sent as a marked user text: chat templates of this server take system text only at the start.',
  );
  return [{ role: 'user', content: `<system-reminder>\n${text}\n</system-reminder>` }];
}

/** Ids stay byte for byte (LiteLLM keeps data in them) unless the server refuses their length. */
function toSentId(callId: string, { profile, callIds }: Building): string {
  if (profile.maxCallIdLength === null || callId.length <= profile.maxCallIdLength) return callId;
  const sent = `call_${createHash('sha256').update(callId).digest('hex').slice(0, 24)}`;
  callIds[sent] = callId;
  return sent;
}

function warnDroppedItem({ item }: ConversationItem, building: Building): void {
  warn(building, 'item_dropped', `An input item of type ${item.type} cannot be shown to this upstream; it was left out.`);
}

function warn(building: Building, code: string, message: string): void {
  building.warnings.push({ code, message, param: 'input' });
}

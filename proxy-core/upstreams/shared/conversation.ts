/**
 * The order rules that all upstreams share (a flat list of items becomes turns): leading system text is split
 * off, items of one side in a row are one turn, and a turn of calls is followed at once by all their outputs in
 * call order, wherever the client put them. What an item becomes on the wire is the upstream's business.
 * Orphans and missing outputs were refused before this (history/); here they only must not vanish.
 */
import { asString } from '../../protocol/json.ts';
import { convertHostedPairs } from './hosted-pairs.ts';
import type { BridgeRequest, ConversationItem, Warning } from '../upstream.ts';

/** Assistant items stay in their own order: text is not hoisted before calls, thinking keeps its place. */
export interface AssistantTurn {
  role: 'assistant';
  items: ConversationItem[];
}
/** `results` come first on every wire, in the order of the calls; then `items`: messages, and outputs without a call. */
export interface UserTurn {
  role: 'user';
  results: ToolResult[];
  items: ConversationItem[];
}
export type Turn = AssistantTurn | UserTurn;

export interface ToolResult {
  callId: string;
  call: ConversationItem;
  /** null: the client never sent one (only where the bridge was told to be lenient). */
  output: ConversationItem | null;
}

/** One piece of system text, in order: `instructions` first, then the leading system and developer items. */
export interface SystemEntry {
  source: 'instructions' | 'system' | 'developer';
  /** A string or a list of parts, for `parseContent`. */
  content: unknown;
}

export interface ArrangedConversation {
  system: SystemEntry[];
  turns: Turn[];
  warnings: Warning[];
}

const CALL_TYPES = new Set(['function_call', 'custom_tool_call']);
const OUTPUT_TYPES = new Set(['function_call_output', 'custom_tool_call_output']);

export function isCall(entry: ConversationItem): boolean {
  return CALL_TYPES.has(entry.item.type);
}
export function isCallOutput(entry: ConversationItem): boolean {
  return OUTPUT_TYPES.has(entry.item.type);
}
export function callIdOf(entry: ConversationItem): string {
  return asString(entry.item.call_id) ?? '';
}

export function arrangeConversation(request: BridgeRequest): ArrangedConversation {
  const warnings: Warning[] = [];
  const system = toSystemEntries(request);
  const leading = system.filter((entry) => entry.source !== 'instructions').length;
  const items = settleCallIds(convertHostedPairs(request.items.slice(leading)), warnings);
  const outputs = collectOutputs(items, warnings);
  const turns: Turn[] = [];
  for (const entry of items) {
    if (isAssistantItem(entry)) assistantTurn(turns).items.push(entry);
    else if (!isCallOutput(entry) || !outputs.has(callIdOf(entry))) userTurn(turns, outputs).items.push(entry);
    // A paired output only ends the turn of its own call; where it stands in the list does not matter otherwise.
    else if (isCallInOpenTurn(turns, callIdOf(entry))) userTurn(turns, outputs);
  }
  if (turns.at(-1)?.role === 'assistant' && turns.at(-1)?.items.some(isCall)) userTurn(turns, outputs);
  return { system, turns, warnings };
}

/** `instructions`, then every leading `system` or `developer` message. */
function toSystemEntries(request: BridgeRequest): SystemEntry[] {
  const entries: SystemEntry[] = [];
  const instructions = request.body.instructions;
  if (typeof instructions === 'string' ? instructions.trim() !== '' : Array.isArray(instructions)) {
    entries.push({ source: 'instructions', content: instructions });
  }
  for (const { item } of request.items) {
    if (item.type !== 'message' || (item.role !== 'system' && item.role !== 'developer')) break;
    entries.push({ source: item.role, content: item.content });
  }
  return entries;
}

/**
 * One call per call_id. The same call sent twice keeps its first place. A different call under an id that was
 * already answered (servers that count `call_0` anew in every answer) gets an id of its own, with its output.
 */
function settleCallIds(items: ConversationItem[], warnings: Warning[]): ConversationItem[] {
  const known = new Map<string, { current: string; call: ConversationItem; isAnswered: boolean; count: number }>();
  const settled: ConversationItem[] = [];
  for (const entry of items) {
    const callId = callIdOf(entry);
    const before = isCall(entry) || isCallOutput(entry) ? known.get(callId) : undefined;
    if (isCall(entry) && !before) known.set(callId, { current: callId, call: entry, isAnswered: false, count: 1 });
    if (before && isCallOutput(entry)) before.isAnswered = true;
    if (before && isCall(entry)) {
      const isRepeat = before.call.item.name === entry.item.name && inputOf(before.call) === inputOf(entry);
      if (isRepeat || !before.isAnswered) {
        warnings.push(warning('duplicate_call_id', `The call ${callId} stands twice in the history; its first place was kept.`));
        continue;
      }
      before.count += 1;
      Object.assign(before, { current: `${callId}_${before.count}`, call: entry, isAnswered: false });
      warnings.push(
        warning('call_id_renamed', `Two different calls share the call_id ${callId}; the later one was sent as ${before.current}.`),
      );
    }
    settled.push(before && before.current !== callId ? { ...entry, item: { ...entry.item, call_id: before.current } } : entry);
  }
  return settled;
}

/** call_id -> the output that counts (the last one), or null for a call without any. Only calls of this list. */
type OutputsByCall = Map<string, ConversationItem | null>;

function collectOutputs(items: ConversationItem[], warnings: Warning[]): OutputsByCall {
  const outputs: OutputsByCall = new Map();
  for (const entry of items) if (isCall(entry)) outputs.set(callIdOf(entry), null);
  for (const entry of items) {
    const callId = callIdOf(entry);
    if (!isCallOutput(entry) || !outputs.has(callId)) continue;
    if (outputs.get(callId) !== null) {
      warnings.push(warning('duplicate_call_output', `The call ${callId} has more than one output; the last one was used.`));
    }
    outputs.set(callId, entry);
  }
  return outputs;
}

function assistantTurn(turns: Turn[]): AssistantTurn {
  const last = turns.at(-1);
  if (last?.role === 'assistant') return last;
  const turn: AssistantTurn = { role: 'assistant', items: [] };
  turns.push(turn);
  return turn;
}

/** The open user turn, or a new one that begins with the results of all calls of the turn before it. */
function userTurn(turns: Turn[], outputs: OutputsByCall): UserTurn {
  const last = turns.at(-1);
  if (last?.role === 'user') return last;
  const results = (last?.items ?? [])
    .filter(isCall)
    .map((call) => ({ callId: callIdOf(call), call, output: outputs.get(callIdOf(call)) ?? null }));
  const turn: UserTurn = { role: 'user', results, items: [] };
  turns.push(turn);
  return turn;
}

function isCallInOpenTurn(turns: Turn[], callId: string): boolean {
  const last = turns.at(-1);
  return last?.role === 'assistant' && last.items.some((entry) => isCall(entry) && callIdOf(entry) === callId);
}

function inputOf(call: ConversationItem): string {
  return asString(call.item.arguments) ?? asString(call.item.input) ?? '';
}

function isAssistantItem({ item }: ConversationItem): boolean {
  if (item.type === 'message') return item.role === 'assistant';
  return !OUTPUT_TYPES.has(item.type) && (item.type === 'reasoning' || item.type.endsWith('_call'));
}

function warning(code: string, message: string): Warning {
  return { code, message, param: 'input' };
}

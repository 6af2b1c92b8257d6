/**
 * Calls of tools that OpenAI or the client's harness runs (shell, patch, computer, MCP, code interpreter, file
 * search), as plain function calls with their outputs: no other provider has these item types, but every one
 * understands a call and its result. Only whole pairs are turned; what is left alone is the upstream's to judge.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import type { ConversationItem } from '../upstream.ts';

/** Call types whose output is an item of its own, `<type>_output`, with the field that holds the input. */
const SPLIT_CALLS: Record<string, string> = {
  local_shell_call: 'action',
  shell_call: 'action',
  apply_patch_call: 'operation',
  computer_call: 'action',
};

export function convertHostedPairs(items: ConversationItem[]): ConversationItem[] {
  const outputs = new Map<string, ConversationItem>();
  for (const entry of items) if (isSplitOutput(entry.item.type)) outputs.set(`${entry.item.type} ${idOf(entry.item)}`, entry);
  const turned = new Map<ConversationItem, ConversationItem[]>();
  for (const entry of items) {
    const whole = toWholeCall(entry);
    const field = SPLIT_CALLS[entry.item.type];
    const output = field === undefined ? undefined : outputs.get(`${entry.item.type}_output ${idOf(entry.item)}`);
    if (whole) turned.set(entry, whole);
    if (field === undefined || !output) continue;
    const name = entry.item.type.replace(/_call$/, '');
    turned.set(entry, [toCall(entry, name, JSON.stringify(asObject(entry.item[field] ?? { actions: entry.item.actions })))]);
    turned.set(output, [toOutput(output, idOf(entry.item), toSplitOutput(output.item))]);
  }
  return items.flatMap((entry) => turned.get(entry) ?? [entry]);
}

/** Items that hold call and result in one. */
function toWholeCall(entry: ConversationItem): ConversationItem[] | undefined {
  const { item } = entry;
  switch (item.type) {
    case 'mcp_call': {
      const result = asString(item.output) ?? (item.error == null ? undefined : `Error: ${textOf(item.error)}`);
      return result === undefined ? undefined : pair(entry, asString(item.name) ?? 'mcp', asString(item.arguments) ?? '{}', result);
    }
    case 'code_interpreter_call':
      if (!Array.isArray(item.outputs)) return undefined;
      return pair(entry, 'code_interpreter', JSON.stringify({ code: asString(item.code) ?? '' }), toLogs(item.outputs));
    case 'file_search_call':
      if (!Array.isArray(item.results)) return undefined;
      return pair(entry, 'file_search', JSON.stringify({ queries: asArray(item.queries) }), JSON.stringify(item.results));
    default:
      return undefined;
  }
}

function pair(entry: ConversationItem, name: string, args: string, result: string): ConversationItem[] {
  return [toCall(entry, name, args), toOutput(entry, idOf(entry.item), result)];
}

function toCall(entry: ConversationItem, name: string, args: string): ConversationItem {
  return { item: { type: 'function_call', id: entry.item.id, call_id: idOf(entry.item), name, arguments: args }, source: entry.source };
}

function toOutput(entry: ConversationItem, callId: string, output: unknown): ConversationItem {
  return { item: { type: 'function_call_output', call_id: callId, output }, source: entry.source };
}

/** Text stays text, a screenshot becomes an image part, anything else is told as JSON. */
function toSplitOutput(item: JsonObject): unknown {
  const { output } = item;
  if (typeof output === 'string') return output;
  const screenshot = asObject(output);
  if (screenshot.image_url !== undefined || screenshot.file_id !== undefined) return [{ ...screenshot, type: 'input_image' }];
  return output === undefined || output === null ? (asString(item.status) ?? '') : JSON.stringify(output);
}

function toLogs(outputs: unknown[]): string {
  const logs = outputs.map(asObject).map((output) => asString(output.logs) ?? asString(output.url) ?? '');
  return logs.filter(Boolean).join('\n');
}

function textOf(value: unknown): string {
  return asString(value) ?? (isObject(value) ? JSON.stringify(value) : '');
}

function isSplitOutput(type: string): boolean {
  return type.endsWith('_output') && Object.hasOwn(SPLIT_CALLS, type.slice(0, -'_output'.length));
}

/** local_shell_call_output names its call by `id`, all others by `call_id`. */
function idOf(item: JsonObject): string {
  return asString(item.call_id) ?? asString(item.id) ?? '';
}

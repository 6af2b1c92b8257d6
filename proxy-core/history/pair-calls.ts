/**
 * Every call has its output and every output its call, or the request is refused before the upstream
 * sees it. A call that is missing here but known to the store is put back, never made up (LiteLLM takes
 * the first tool with empty arguments).
 */
import { invalidRequest } from '../errors.ts';
import { asString } from '../protocol/json.ts';
import type { ResponseStore } from '../sessions/response-store.ts';
import type { ConversationItem, Warning } from '../upstreams/upstream.ts';
import { isCall, isCallOutput, toConversationItem } from './item-kinds.ts';

export function pairCalls(items: ConversationItem[], store: ResponseStore, warnings: Warning[]): ConversationItem[] {
  const named = items.map((one) => nameOutput(one, items, warnings));
  const withCalls = putBackCalls(named, store, warnings);
  const unique = dropRepeats(withCalls, warnings);
  const answered = new Set(unique.filter(({ item }) => isCallOutput(item.type)).map(({ item }) => asString(item['call_id'])));
  for (const { item } of unique) {
    if (!isCall(item.type)) continue;
    const callId = asString(item['call_id']);
    if (!callId) throw invalidRequest(`A ${item.type} in the input has no call_id.`, 'input', 'missing_required_parameter');
    if (!answered.has(callId)) {
      const kind = item.type === 'custom_tool_call' ? 'custom tool call' : 'function call';
      throw invalidRequest(`No tool output found for ${kind} ${callId}.`, 'input');
    }
  }
  return unique;
}

/** An output without call_id belongs to the only call that is still open, else it can't be placed. */
function nameOutput(one: ConversationItem, items: ConversationItem[], warnings: Warning[]): ConversationItem {
  if (!isCallOutput(one.item.type) || asString(one.item['call_id'])) return one;
  const outputs = new Set(items.filter(({ item }) => isCallOutput(item.type)).map(({ item }) => item['call_id']));
  const open = items.filter(
    ({ item }) => isCall(item.type) && !outputs.has(item['call_id']) && (!one.item['name'] || one.item['name'] === item['name']),
  );
  const only = open.length === 1 ? asString(open[0]?.item['call_id']) : undefined;
  if (!only)
    throw invalidRequest(
      `Missing required parameter: 'call_id' of a ${one.item.type} in the input.`,
      'input',
      'missing_required_parameter',
    );
  warnings.push({
    code: 'call_id_added',
    param: 'input',
    message: `A ${one.item.type} came without call_id; it was taken for the only open call ${only}.`,
  });
  return { ...one, item: { ...one.item, call_id: only } };
}

function putBackCalls(items: ConversationItem[], store: ResponseStore, warnings: Warning[]): ConversationItem[] {
  const present = new Set(items.filter(({ item }) => isCall(item.type)).map(({ item }) => asString(item['call_id'])));
  const wanted = new Set(items.filter(({ item }) => isCallOutput(item.type)).map(({ item }) => asString(item['call_id'])));
  return items.flatMap((one) => {
    const callId = asString(one.item['call_id']);
    if (!isCallOutput(one.item.type) || !callId || present.has(callId)) return [one];
    const call = store.getCall(callId);
    if (!call)
      throw invalidRequest(
        `No tool call found for ${one.item.type === 'custom_tool_call_output' ? 'custom tool' : 'function'} call output with call_id ${callId}.`,
        'input',
      );
    // Parallel calls of one answer belong into one turn: all of them that are wanted come back together.
    const restored = store
      .getItems(call.responseId)
      .filter(
        ({ direction, item }) =>
          direction === 'output' && isCall(item.type) && wanted.has(asString(item['call_id'])) && !present.has(asString(item['call_id'])),
      );
    for (const { item } of restored) present.add(asString(item['call_id']));
    warnings.push({
      code: 'call_restored',
      param: 'input',
      message: `The input answers ${callId} without the call; it was taken from response ${call.responseId}.`,
    });
    return [...restored.map((stored) => toConversationItem(stored, 'restored')), one];
  });
}

/** The same call twice: the first stays. Two outputs of one call: the last stays, in the first one's place. */
function dropRepeats(items: ConversationItem[], warnings: Warning[]): ConversationItem[] {
  const calls = new Set<string>();
  const outputs = new Map<string, number>();
  const kept: ConversationItem[] = [];
  for (const one of items) {
    const callId = asString(one.item['call_id']);
    if (callId && isCall(one.item.type)) {
      if (calls.has(callId)) {
        warnings.push({
          code: 'duplicate_call_dropped',
          param: 'input',
          message: `The call ${callId} is in the input twice; the first one was kept.`,
        });
        continue;
      }
      calls.add(callId);
    }
    if (callId && isCallOutput(one.item.type)) {
      const first = outputs.get(callId);
      if (first !== undefined) {
        warnings.push({
          code: 'duplicate_output_dropped',
          param: 'input',
          message: `The call ${callId} has two outputs; the last one was kept.`,
        });
        kept[first] = one;
        continue;
      }
      outputs.set(callId, kept.length);
    }
    kept.push(one);
  }
  return kept;
}

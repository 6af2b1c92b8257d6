/** Small changes to events that several quirks need. Nothing is changed in place. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';
import { TERMINAL_EVENT_TYPES, type ResponsesEvent } from '../protocol/responses/wire.ts';
import type { QuirkTransform } from './quirk.ts';

/** A quirk that looks at one event at a time; an empty list drops the event. */
export function mapEvents(change: (event: ResponsesEvent) => ResponsesEvent[]): QuirkTransform {
  return { push: change, end: () => [] };
}

export function isTerminal(event: ResponsesEvent): boolean {
  return TERMINAL_EVENT_TYPES.has(event.type);
}

/** Deltas of text, refusals, reasoning and arguments alike. */
export function isDelta(event: ResponsesEvent): boolean {
  return event.type.endsWith('.delta');
}

/** The item that output_item.added and .done carry. */
export function itemOf(event: ResponsesEvent): JsonObject | undefined {
  return isObject(event.item) ? event.item : undefined;
}

/** The id of the item that an event belongs to, wherever the event has it. */
export function itemIdOf(event: ResponsesEvent): string | undefined {
  return asString(event.item_id) ?? asString(itemOf(event)?.id);
}

/** The same event with another item id. */
export function withItemId(event: ResponsesEvent, id: string): ResponsesEvent {
  const item = itemOf(event);
  if (item) return { ...event, item: { ...item, id } };
  return 'item_id' in event ? { ...event, item_id: id } : event;
}

export function isCall(item: JsonObject | undefined): boolean {
  return item?.type === 'function_call' || item?.type === 'custom_tool_call';
}

/** A lifecycle event with its response changed; other events stay as they are. */
export function withResponse(event: ResponsesEvent, change: (response: JsonObject) => JsonObject): ResponsesEvent {
  return isObject(event.response) ? { ...event, response: change(event.response) } : event;
}

/** A terminal event with each item of its output changed. */
export function withFinalItems(event: ResponsesEvent, change: (item: JsonObject) => JsonObject): ResponsesEvent {
  if (!isTerminal(event)) return event;
  return withResponse(event, (response) => ({ ...response, output: asArray(response.output).map(asObject).map(change) }));
}

/** True for a request that answers tool calls: the second step of a tool loop, or a later one. */
export function isLaterStep(request: JsonObject): boolean {
  return asArray(request.input).some((item) => (asString(asObject(item).type) ?? '').endsWith('_call_output'));
}

/** What clients read out of a response's output. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../json.ts';
import type { ModelCall } from './run-steps.ts';

export function itemsOf(output: unknown): JsonObject[] {
  return asArray(output).filter(isObject);
}

export function textOf(item: JsonObject): string {
  if (item['type'] !== 'message') return '';
  return asArray(item['content'])
    .map((part) => (asObject(part)['type'] === 'output_text' ? (asString(asObject(part)['text']) ?? '') : ''))
    .join('');
}

export function toModelCall(item: JsonObject): ModelCall | undefined {
  const isCustom = item['type'] === 'custom_tool_call';
  if (!isCustom && item['type'] !== 'function_call') return undefined;
  return {
    callId: asString(item['call_id']),
    name: asString(item['name']) ?? '',
    isCustom,
    arguments: asString(item[isCustom ? 'input' : 'arguments']) ?? '',
  };
}

export function callsOf(items: readonly JsonObject[]): ModelCall[] {
  return items.map(toModelCall).filter((call) => call !== undefined);
}

/** `error` events come flat (OpenAPI) and nested (genuine). */
export function errorMessageOf(event: JsonObject): string {
  return asString(event['message']) ?? asString(asObject(event['error'])['message']) ?? '';
}

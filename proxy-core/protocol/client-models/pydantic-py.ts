/**
 * pydantic-ai: parts by item_id. Deltas of a foreign id make a part of their own, or none; a call's
 * arguments are the deltas, and only when there are none those of the done item.
 */
import { asObject, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import type { ClientModel, ModelStep } from './client-model.ts';
import { readPythonEvents, toPython } from './python-sse.ts';
import { errorMessageOf } from './response-output.ts';
import { ClientFault, missingArguments, runSteps, type StepReading } from './run-steps.ts';

export const pydanticPy: ClientModel = {
  name: 'pydantic-py',
  version: '2.68.0',
  predict(steps) {
    // Without one event that it knows, the client asks again and again.
    if (steps[0] && !/"type"\s*:\s*"(?:response\.|error)/.test(steps[0].text)) return 'hang';
    return runSteps(steps, readStep);
  },
};

interface CallPart {
  kind: 'call';
  key: string | undefined;
  callId: string | undefined;
  name: string;
  arguments: string;
}
interface TextPart {
  kind: 'text';
  key: string | undefined;
  text: string;
}
type Part = CallPart | TextPart;

const faultsOf = (model: string) => ({
  json: (problem: string) => `ModelAPIError: Failed to decode response as JSON: ${problem}`,
  api: (_: string, body: unknown) => serverError(model, body),
});

const serverError = (model: string, body: unknown): string =>
  `ModelServerError: status_code: 500, model_name: ${model}, body: ${toPython(body)}`;

function readStep(step: ModelStep, reading: StepReading): void {
  const parts: Part[] = [];
  const model = /"model"\s*:\s*"([^"]*)"/.exec(step.text)?.[1] ?? 'unknown';
  for (const event of readPythonEvents(step.text, faultsOf(model))) readEvent(parts, event, reading, model);
  reading.finalText = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  readCalls(parts, step, reading);
  if (reading.finalText === '' && reading.calls.length === 0 && !parts.some((part) => part.kind === 'call')) {
    throw new ClientFault(
      'UnexpectedModelBehavior: Exceeded maximum output retries (1) | cause: ToolRetryError: Please return text or call a tool.',
    );
  }
}

function readEvent(parts: Part[], event: JsonObject, reading: StepReading, model: string): void {
  const key = asString(event['item_id']);
  const delta = asString(event['delta']) ?? '';
  switch (event['type']) {
    case 'response.output_text.delta': {
      reading.streamedText += delta;
      const known = findPart(parts, 'text', key);
      if (known?.kind === 'text') known.text += delta;
      else parts.push({ kind: 'text', key, text: delta });
      return;
    }
    case 'response.reasoning_summary_text.delta':
      reading.reasoning += delta;
      return;
    case 'response.output_item.added':
    case 'response.output_item.done':
      readItem(parts, asObject(event['item']), event['type'] === 'response.output_item.done');
      return;
    case 'response.function_call_arguments.delta': {
      const known = findPart(parts, 'call', key);
      if (known?.kind === 'call') known.arguments += delta;
      return;
    }
    case 'error':
      throw new ClientFault(serverError(model, { code: event['code'], message: errorMessageOf(event) }));
    case 'response.failed':
      throw new ClientFault(serverError(model, asObject(asObject(event['response'])['error'])));
    default: // hosted tools and lifecycle
  }
}

/** Without an id the latest part goes on, when it is of that kind. */
function findPart(parts: readonly Part[], kind: Part['kind'], key: string | undefined): Part | undefined {
  if (key !== undefined) return parts.find((part) => part.kind === kind && part.key === key);
  const latest = parts.at(-1);
  return latest?.kind === kind ? latest : undefined;
}

function readItem(parts: Part[], item: JsonObject, isDone: boolean): void {
  if (item['type'] !== 'function_call') return;
  const key = asString(item['id']);
  const args = asString(item['arguments']) ?? '';
  const name = asString(item['name']);
  const at = parts.findIndex((part) => part.kind === 'call' && part.key === key);
  const known = parts[at];
  if (isDone && known?.kind === 'call') {
    if (known.arguments === '') known.arguments = args;
    return;
  }
  if (name === undefined) throw new ClientFault("TypeError: expected string or bytes-like object, got 'NoneType'");
  const part: CallPart = { kind: 'call', key, callId: asString(item['call_id']), name, arguments: args };
  if (known && key !== undefined) parts[at] = part;
  else parts.push(part);
}

function readCalls(parts: readonly Part[], step: ModelStep, reading: StepReading): void {
  const calls = parts.filter((part) => part.kind === 'call');
  const ids = calls.flatMap((call) => call.callId ?? []);
  const twice = ids.find((id, position) => ids.indexOf(id) !== position);
  if (twice !== undefined) {
    throw new ClientFault(
      `UnexpectedModelBehavior: Function tool calls must have unique \`tool_call_id\` values; duplicate \`tool_call_id\`s: ['${twice}']`,
    );
  }
  for (const [position, call] of calls.entries()) {
    const text = call.arguments === '' ? '{}' : call.arguments;
    // Arguments that do not fit are told to the model as a retry; nothing is raised.
    if (!isObject(parseJson(text)) || missingArguments(step, call.name, text).length > 0) continue;
    reading.calls.push({ callId: call.callId ?? `pyd_ai_${position}`, name: call.name, isCustom: false, arguments: text });
  }
}

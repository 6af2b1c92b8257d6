/**
 * Codex: text, reasoning and calls from output_item.done alone; response.completed has to parse. Its SSE
 * parser loses a stream that begins with a byte order mark, and a last event whose end it can't see.
 */
import { asArray, asNumber, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../json.ts';
import type { ClientModel, ModelStep } from './client-model.ts';
import { textOf, toModelCall } from './response-output.ts';
import { ClientFault, runSteps, type StepReading } from './run-steps.ts';

export const codex: ClientModel = {
  name: 'codex',
  version: '0.169.0',
  predict: (steps) => runSteps(steps, readStep, { streams: false }),
};

const DISCONNECTED = 'error: stream disconnected before completion: ';

function readStep(step: ModelStep, reading: StepReading): void {
  let failure: string | undefined;
  for (const event of readEvents(step.text)) {
    switch (event['type']) {
      case 'response.output_item.done':
        readItem(asObject(event['item']), reading);
        break;
      case 'response.failed':
        failure = asString(asObject(asObject(event['response'])['error'])['message']) ?? 'response.failed event received';
        break;
      case 'response.incomplete': {
        const reason = asString(asObject(asObject(event['response'])['incomplete_details'])['reason']) ?? 'unknown';
        throw new ClientFault(`error: Incomplete response returned, reason: ${reason}`);
      }
      case 'response.completed': {
        const problem = findCompletedProblem(event['response']);
        if (problem !== undefined) throw new ClientFault(`${DISCONNECTED}failed to parse ResponseCompleted: ${problem}`);
        return;
      }
      default: // deltas are only shown while they come
    }
  }
  throw new ClientFault(DISCONNECTED + (failure ?? 'stream closed before response.completed'));
}

function* readEvents(text: string): Generator<JsonObject> {
  if (text.startsWith('\ufeff')) return;
  // A CR at the very end may be half of a CRLF, so the parser waits for more.
  const seen = text.endsWith('\r') ? text.slice(0, -1) : text;
  const blocks = seen.split(/\r\n\r\n|\n\n|\r\r/);
  blocks.pop();
  for (const block of blocks) {
    const data = block
      .split(/\r\n|\n|\r/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice('data:'.length).replace(/^ /, ''))
      .join('\n');
    const json = parseJsonObject(data);
    // What does not parse is logged and skipped.
    if (json) yield json;
  }
}

function readItem(item: JsonObject, reading: StepReading): void {
  if (item['type'] === 'message' && Array.isArray(item['content'])) {
    // The last message is the answer.
    reading.finalText = textOf(item);
    return;
  }
  if (item['type'] === 'reasoning' && Array.isArray(item['summary'])) {
    reading.reasoning += asArray(item['summary'])
      .map((part) => asString(asObject(part)['text']) ?? '')
      .join('');
    return;
  }
  const call = toModelCall(item);
  if (!call || call.callId === undefined || typeof item['name'] !== 'string') return;
  reading.calls.push(call);
}

/** What serde says of a ResponseCompleted that it can't read. */
function findCompletedProblem(response: unknown): string | undefined {
  if (!isObject(response)) return undefined;
  if (typeof response['id'] !== 'string') return 'missing field `id`';
  const usage = response['usage'];
  if (!isObject(usage)) return undefined;
  for (const key of ['input_tokens', 'output_tokens', 'total_tokens']) {
    if (usage[key] === undefined) return `missing field \`${key}\``;
    if (usage[key] === null) return 'invalid type: null, expected i64';
    if (asNumber(usage[key]) === undefined) return `invalid type: ${typeof usage[key]}, expected i64`;
  }
  return undefined;
}

/**
 * langchain-openai: every event becomes a chunk with a running index, and chunks of one index are
 * merged. The index advances when an event is of another output_index and another item than the one
 * before, so calls whose deltas alternate fall apart, and two calls at one index run together.
 */
import { asObject, asString, type JsonObject } from '../json.ts';
import type { ClientModel, ModelStep } from './client-model.ts';
import { completeJson } from './partial-json.ts';
import { readPythonEvents, toPython } from './python-sse.ts';
import { errorMessageOf, toModelCall } from './response-output.ts';
import { ClientFault, missingArguments, runSteps, type StepReading } from './run-steps.ts';

export const langchainPy: ClientModel = { name: 'langchain-py', version: '1.7.3', predict: (steps) => runSteps(steps, readStep) };

interface CallChunk {
  index: number;
  callId: string | undefined;
  name: string | undefined;
  arguments: string;
}

interface State {
  index: number;
  outputIndex: unknown;
  itemId: unknown;
  chunks: CallChunk[];
  /** Texts of the content blocks by running index; what a call's block says is what is sent back. */
  blocks: Map<number, { text: string; arguments: string }>;
  hasChunks: boolean;
}

function readStep(step: ModelStep, reading: StepReading): void {
  const state: State = { index: -1, outputIndex: undefined, itemId: undefined, chunks: [], blocks: new Map(), hasChunks: false };
  for (const event of readPythonEvents(step.text)) readEvent(state, event, reading);
  if (!state.hasChunks) throw new ClientFault('ValueError: No generation chunks were returned');
  reading.finalText = [...state.blocks.values()].map((block) => block.text).join('');
  readCalls(state, step, reading);
}

function readEvent(state: State, event: JsonObject, reading: StepReading): void {
  const type = asString(event['type']);
  const delta = asString(event['delta']) ?? '';
  if (type?.startsWith('response.')) state.hasChunks = true;
  switch (type) {
    case 'response.output_text.delta':
      advance(state, event['output_index'], event['item_id']);
      blockAt(state).text += delta;
      reading.streamedText += delta;
      return;
    case 'response.output_text.done':
      advance(state, event['output_index'], event['item_id']);
      return;
    case 'response.reasoning_summary_text.delta':
      advance(state, event['output_index'], event['item_id']);
      reading.reasoning += delta;
      return;
    case 'response.output_item.added': {
      const item = asObject(event['item']);
      if (item['type'] !== 'function_call') return;
      advance(state, event['output_index'], item['id']);
      const text = asString(item['arguments']) ?? '';
      merge(state, { index: state.index, callId: asString(item['call_id']), name: asString(item['name']), arguments: text });
      blockAt(state).arguments += text;
      return;
    }
    case 'response.completed':
    case 'response.incomplete':
      if (!Array.isArray(asObject(event['response'])['output'])) throw new ClientFault("TypeError: 'NoneType' object is not iterable");
      return;
    case 'response.output_item.done': {
      const call = toModelCall(asObject(event['item']));
      if (call?.isCustom) reading.calls.push(call);
      return;
    }
    case 'response.function_call_arguments.delta':
      advance(state, event['output_index'], event['item_id']);
      merge(state, { index: state.index, callId: undefined, name: undefined, arguments: delta });
      blockAt(state).arguments += delta;
      return;
    case 'error':
      throw new ClientFault(`ValueError: ${asString(event['code']) ?? 'None'}: ${errorMessageOf(event)}`);
    case 'response.failed': {
      const { code, message } = asObject(asObject(event['response'])['error']);
      throw new ClientFault(
        `ValueError: ResponseError(code=${toPython(code)}, message=${toPython(message)}, misalignment=None, param=None, type=None)`,
      );
    }
    default: // nothing that is merged
  }
}

function advance(state: State, outputIndex: unknown, itemId: unknown): void {
  if (state.index < 0 || (state.outputIndex !== outputIndex && state.itemId !== itemId)) state.index += 1;
  state.outputIndex = outputIndex;
  state.itemId = itemId;
}

function blockAt(state: State): { text: string; arguments: string } {
  const block = state.blocks.get(state.index) ?? { text: '', arguments: '' };
  state.blocks.set(state.index, block);
  return block;
}

/** Chunks of one index are one call, unless both have an id and they differ. */
function merge(state: State, chunk: CallChunk): void {
  const known = state.chunks.find(
    (one) => one.index === chunk.index && (one.callId === undefined || chunk.callId === undefined || one.callId === chunk.callId),
  );
  if (!known) {
    state.chunks.push(chunk);
    return;
  }
  known.arguments += chunk.arguments;
  known.callId ??= chunk.callId;
  // Strings are concatenated, names too.
  if (chunk.name !== undefined) known.name = (known.name ?? '') + chunk.name;
}

function readCalls(state: State, step: ModelStep, reading: StepReading): void {
  const invalid: CallChunk[] = [];
  for (const chunk of state.chunks) {
    const text = completeJson(chunk.arguments);
    if (text === undefined) invalid.push(chunk);
    // A call without a name goes through; whoever looks it up by name will not find it.
    else reading.calls.push({ callId: chunk.callId, name: chunk.name ?? '', isCustom: false, arguments: text, echoed: chunk.arguments });
  }
  if (invalid.length > 0) throw new ClientFault(`invalid_tool_calls: [${invalid.map(toInvalid).join(', ')}]`);
  for (const call of reading.calls.filter((one) => !one.isCustom)) {
    const [missing] = missingArguments(step, call.name, call.arguments);
    if (missing !== undefined) {
      throw new ClientFault(
        `ValidationError: 1 validation error for ${call.name} ${missing} Field required [type=missing, input_value=${call.arguments}]`,
      );
    }
  }
  spoilEchoes(state, reading);
}

/** As Python's json.dumps writes it. */
function toInvalid({ name, arguments: args, callId }: CallChunk): string {
  const [nameText, argsText, idText] = [name ?? null, args, callId ?? null].map((value) => JSON.stringify(value));
  return `{"name": ${nameText}, "args": ${argsText}, "id": ${idText}, "error": null, "type": "invalid_tool_call"}`;
}

/** A call that shares its index with a text is sent back as the mixture that its block became. */
function spoilEchoes(state: State, reading: StepReading): void {
  for (const [position, chunk] of state.chunks.entries()) {
    const block = state.blocks.get(chunk.index);
    const call = reading.calls[position];
    if (call && block && block.text !== '') call.echoed = block.text + block.arguments;
  }
}

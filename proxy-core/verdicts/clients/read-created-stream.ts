/**
 * `client.responses.create({stream: true})` of openai-node with the accumulation that most applications
 * write: text from the deltas, calls by output_index from added and the arguments deltas.
 */
import { asNumber, asObject, asString, type JsonObject } from '../../protocol/json.ts';
import type { ReadStep } from './openai-node.ts';

export const readCreatedStream: ReadStep = async (client, body, run) => {
  let text = '';
  let reasoning = '';
  const calls = new Map<number | undefined, JsonObject>();
  for await (const event of await client.responses.create({ ...body, stream: true })) {
    const index = asNumber(event['output_index']);
    const delta = asString(event['delta']) ?? '';
    switch (event['type']) {
      case 'response.output_text.delta':
        text += delta;
        run.streamedText += delta;
        break;
      case 'response.reasoning_summary_text.delta':
        reasoning += delta;
        break;
      case 'response.output_item.added': {
        const item = asObject(event['item']);
        if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call') calls.set(index, { ...item });
        break;
      }
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta': {
        const call = calls.get(index);
        const field = call?.['type'] === 'custom_tool_call' ? 'input' : 'arguments';
        if (call) call[field] = (asString(call[field]) ?? '') + delta;
        break;
      }
      case 'error':
        throw new Error(asString(event['message']) ?? JSON.stringify(event));
      case 'response.failed':
        throw new Error(`response.failed: ${asString(asObject(asObject(event['response'])['error'])['message']) ?? ''}`);
      default: // the rest repeats what is known
    }
  }
  const items = [...calls.values()];
  return { text, reasoning, calls: items, items };
};

/**
 * openai-python 3, `client.responses.create(stream=True)` with the accumulation that most applications
 * write: text from the deltas, calls by output_index from added and the arguments deltas.
 */
import { asNumber, asObject, asString, type JsonObject } from '../json.ts';
import type { ClientModel, ModelStep } from './client-model.ts';
import { findPythonJsonError } from './python-json.ts';
import { readPythonEvents } from './python-sse.ts';
import { callsOf, errorMessageOf } from './response-output.ts';
import { ClientFault, runSteps, type StepReading } from './run-steps.ts';

export const openaiPyCreate: ClientModel = {
  name: 'openai-py-create',
  version: '3.52.0',
  predict: (steps) => runSteps(steps, readStep),
};

function readStep(step: ModelStep, reading: StepReading): void {
  const calls = new Map<number | undefined, JsonObject>();
  for (const event of readPythonEvents(step.text)) {
    const index = asNumber(event['output_index']);
    const delta = asString(event['delta']) ?? '';
    switch (event['type']) {
      case 'response.output_text.delta':
        reading.streamedText += delta;
        reading.finalText += delta;
        break;
      case 'response.reasoning_summary_text.delta':
        reading.reasoning += delta;
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
        throw new ClientFault(`error event: ${errorMessageOf(event)}`);
      case 'response.failed':
        throw new ClientFault(`response.failed: ${errorMessageOf(asObject(asObject(event['response'])['error']))}`);
      default: // the rest repeats what is known
    }
  }
  for (const item of calls.values()) {
    const text = asString(item['arguments']) ?? '';
    const problem = item['type'] === 'function_call' ? findPythonJsonError(text) : undefined;
    if (problem !== undefined) throw new ClientFault(`user code: json.loads(arguments) failed: ${problem} on '${text}'`);
  }
  reading.calls = callsOf([...calls.values()]);
}

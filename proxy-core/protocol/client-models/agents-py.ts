/**
 * OpenAI Agents for Python: acts on the output of response.completed, and on the done items when that
 * is empty. Anything but completed at the end is an error.
 */
import { asObject, asString, type JsonObject } from '../json.ts';
import type { ClientModel, ModelStep } from './client-model.ts';
import { findPythonJsonError } from './python-json.ts';
import { readPythonEvents, toPython } from './python-sse.ts';
import { callsOf, errorMessageOf, itemsOf, textOf } from './response-output.ts';
import { ClientFault, runSteps, type StepReading } from './run-steps.ts';

export const agentsPy: ClientModel = { name: 'agents-py', version: '0.24.0', predict: (steps) => runSteps(steps, readStep) };

function readStep(step: ModelStep, reading: StepReading): void {
  const done: JsonObject[] = [];
  let completed: JsonObject | undefined;
  for (const event of readPythonEvents(step.text)) {
    const delta = asString(event['delta']) ?? '';
    switch (event['type']) {
      case 'response.output_text.delta':
        reading.streamedText += delta;
        break;
      case 'response.reasoning_summary_text.delta':
        reading.reasoning += delta;
        break;
      case 'response.output_item.done':
        done.push(asObject(event['item']));
        break;
      case 'response.completed':
        completed = asObject(event['response']);
        break;
      case 'error':
      case 'response.failed':
      case 'response.incomplete':
        throw new ClientFault(describeEnd(event));
      default: // passed on to the application, which needs nothing of it
    }
  }
  if (!completed) throw new ClientFault('ModelBehaviorError: Model did not produce a final response!');
  const listed = itemsOf(completed['output']);
  const items = listed.length > 0 ? listed : done;
  // The final output is the last message's text.
  reading.finalText = items.map(textOf).findLast((text) => text !== '') ?? '';
  reading.calls = callsOf(items);
  checkCalls(reading);
}

function describeEnd(event: JsonObject): string {
  const type = String(event['type']);
  const ended = `ModelBehaviorError: Responses stream ended with terminal event \`${type}\`.`;
  if (type === 'error') return `${ended} code=${asString(event['code']) ?? 'None'}; message=${errorMessageOf(event)}.`;
  const response = asObject(event['response']);
  if (type === 'response.incomplete') {
    const reason = asObject(response['incomplete_details'])['reason'];
    return `${ended} status=incomplete; incomplete_details=IncompleteDetails(reason=${toPython(reason)}).`;
  }
  const { code, message } = asObject(response['error']);
  return `${ended} status=failed; error=ResponseError(code=${toPython(code)}, message=${toPython(message)}, misalignment=None, param=None, type=None).`;
}

function checkCalls(reading: StepReading): void {
  const seen = new Map<string, string>();
  for (const call of reading.calls) {
    if (!call.callId) throw new ClientFault('ModelBehaviorError: Tool invocations require a non-empty string call ID before execution.');
    const invocation = `${call.name} ${call.arguments}`;
    if (seen.has(call.callId) && seen.get(call.callId) !== invocation) {
      throw new ClientFault(
        'ModelBehaviorError: Model reused a tool call ID for a different invocation in one response. Use a unique call ID for each tool invocation.',
      );
    }
    seen.set(call.callId, invocation);
    if (!call.isCustom && call.arguments !== '' && findPythonJsonError(call.arguments) !== undefined) {
      throw new ClientFault('tool output error: An error occurred while running the tool. Please try again.');
    }
  }
}

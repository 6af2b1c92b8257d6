/**
 * The loop around a modelled client: read an answer, run its calls, send the outputs, read the next.
 * What the client raises is thrown as a ClientFault with the client's own words.
 */
import { parseJson, type JsonObject } from '../json.ts';
import type { ModelStep } from './client-model.ts';
import { emptyRun, type ClientRun } from './client-run.ts';

export class ClientFault extends Error {}

export interface ModelCall {
  /** Undefined when the client has none to answer with. */
  callId: string | undefined;
  name: string;
  isCustom: boolean;
  /** The text that the client parses and runs the tool with. */
  arguments: string;
  /** The text that it sends back as the call's arguments, when that is another one. */
  echoed?: string;
}

/** What one answer gives; the reader fills it as it goes, so that a fault leaves what was there before. */
export interface StepReading {
  streamedText: string;
  finalText: string;
  reasoning: string;
  calls: ModelCall[];
}

export type StepReader = (step: ModelStep, reading: StepReading) => void;

export interface RunStepsOptions {
  /** For clients that show nothing before the end. */
  streams?: boolean;
}

export function runSteps(steps: readonly ModelStep[], readStep: StepReader, { streams = true }: RunStepsOptions = {}): ClientRun {
  const run: ClientRun = { ...emptyRun(), streamedText: streams ? '' : null };
  const input: JsonObject[] = [];
  for (const step of steps) {
    const reading: StepReading = { streamedText: '', finalText: '', reasoning: '', calls: [] };
    run.requests.push({ input: [...input] });
    try {
      readStep(step, reading);
    } catch (fault) {
      if (!(fault instanceof ClientFault)) throw fault;
      run.errors.push(fault.message);
      reading.calls = [];
    }
    if (streams) run.streamedText += reading.streamedText;
    run.finalText = reading.finalText;
    run.reasoning += reading.reasoning;
    for (const call of reading.calls) {
      run.calls.push({ name: call.name, arguments: call.arguments });
      input.push({ type: 'function_call', call_id: call.callId, arguments: call.echoed ?? call.arguments });
      input.push({ type: 'function_call_output', call_id: call.callId });
    }
    if (reading.calls.length === 0) break;
  }
  return run;
}

/** The names of required arguments that are not there; empty for a schema that nobody knows. */
export function missingArguments(step: ModelStep, name: string, text: string): string[] {
  const tool = step.expected.tools.find((one) => one['name'] === name);
  const parameters = (tool?.['parameters'] ?? {}) as JsonObject;
  const required = Array.isArray(parameters['required']) ? parameters['required'].map(String) : [];
  const value = parseJson(text === '' ? '{}' : text);
  return required.filter((key) => typeof value !== 'object' || value === null || !(key in value));
}

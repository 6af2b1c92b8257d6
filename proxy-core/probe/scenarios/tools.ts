/** What the scenarios with tools share. */
import { asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import { failed, type Answer } from '../scenario.ts';

export const WEATHER_TOOL: JsonObject = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city right now',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
};

/** @throws ScenarioResult when a call can't be answered. */
export function checkCalls({ calls }: Answer): void {
  for (const call of calls) {
    if ((asString(call['call_id']) ?? '') === '') throw failed('A function call came without a call_id, so that nobody can answer it.');
    if (parseJsonObject(asString(call['arguments']) ?? '') === undefined) {
      throw failed(
        `The arguments of ${asString(call['name']) ?? 'a call'} are no JSON object: ${asString(call['arguments']) ?? 'nothing'}`,
      );
    }
  }
}

export function toOutputs({ calls }: Answer): JsonObject[] {
  return calls.map((call) => ({ type: 'function_call_output', call_id: call['call_id'], output: '{"temp_c":21,"sky":"sunny"}' }));
}

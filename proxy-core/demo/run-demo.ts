/**
 * "Run the demo": a two-step tool loop through the real bridge, as a client would do it, so that a first
 * look needs neither a key nor code. The tool's answer is made up here; everything else is real traffic.
 */
import { asArray, asObject, asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';

export interface DemoRun {
  sessionId: string | null;
}

const WEATHER_TOOL = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city right now',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
};
const MAX_STEPS = 4;

/**
 * @param apiBase the bridge's own data plane, with the demo upstream in its path.
 * @param token the bridge's own, which it wants under --allow-remote.
 * @throws when the bridge does not answer.
 */
export async function runDemo(apiBase: string, token: string, prompt = 'What is the weather in Paris?'): Promise<DemoRun> {
  let sessionId: string | null = null;
  let previousId: string | undefined;
  let input: unknown = prompt;
  for (let step = 0; step < MAX_STEPS; step++) {
    const reply = await fetch(`${apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Deltascope/demo', 'x-deltascope-token': token },
      body: JSON.stringify({
        model: 'demo-claude',
        stream: true,
        input,
        tools: [WEATHER_TOOL],
        reasoning: { effort: 'low', summary: 'auto' },
        ...(previousId === undefined ? {} : { previous_response_id: previousId }),
      }),
    });
    sessionId = reply.headers.get('x-deltascope-session') ?? sessionId;
    const response = toFinalResponse(new Uint8Array(await reply.arrayBuffer()));
    previousId = asString(response['id']);
    const calls = asArray(response['output'])
      .map(asObject)
      .filter((item) => item['type'] === 'function_call');
    if (calls.length === 0 || previousId === undefined) break;
    input = calls.map((call) => ({
      type: 'function_call_output',
      call_id: call['call_id'],
      output: JSON.stringify({ temp_c: 21, sky: 'sunny' }),
    }));
  }
  return { sessionId };
}

function toFinalResponse(sse: Uint8Array): JsonObject {
  const events = readFrames(sse).flatMap(({ data }): JsonObject[] => [parseJsonObject(data) ?? {}]);
  return asObject(events.findLast((event) => event['response'] !== undefined)?.['response']);
}

/**
 * Makes the scene a client acts in: a fetch that answers its first request with X.sse, the one with
 * the tool outputs with X.step2.sse, and the tools that these streams call. No network.
 */
import { asArray, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { ExpectedContent } from '../protocol/repair/expected-content.ts';
import type { Scene, SceneTool } from './real-client.ts';

export function createScene(bodies: readonly Uint8Array[], steps: readonly ExpectedContent[]): Scene {
  const requests: JsonObject[] = [];
  let step = 0;
  return {
    requests,
    tools: toTools(steps),
    hostedTools: steps.flatMap((step) => step.tools).filter((tool) => tool['type'] !== 'function' && tool['type'] !== 'custom'),
    async fetch(input, init) {
      const body = await readBody(input, init);
      requests.push(body);
      // A request without tool outputs asks the first question (again); one with them goes a step on.
      const hasOutputs = asArray(body['input']).some((item) => asString(asObject(item)['type'])?.endsWith('_call_output') === true);
      step = hasOutputs ? Math.min(step + 1, bodies.length - 1) : 0;
      const bytes = bodies[step] ?? new Uint8Array();
      return new Response(toStream(bytes), { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
    },
  };
}

async function readBody(input: unknown, init: RequestInit | undefined): Promise<JsonObject> {
  const body = init?.body ?? (input instanceof Request ? await input.text() : '');
  const text = typeof body === 'string' ? body : await new Response(body).text();
  return parseJsonObject(text) ?? {};
}

/** In pieces, as from a socket; some parsers only work on whole bodies. */
function toStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const pieceSize = 4096;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceSize));
      at += pieceSize;
    },
  });
}

/** The tools that the response echoes, and one that takes anything for each other name it calls. */
function toTools(steps: readonly ExpectedContent[]): SceneTool[] {
  const tools = new Map<string, SceneTool>();
  for (const tool of steps.flatMap((step) => step.tools)) {
    const name = asString(tool['name']);
    if (!name || (tool['type'] !== 'function' && tool['type'] !== 'custom')) continue;
    const parameters = tool['type'] === 'custom' ? null : isObject(tool['parameters']) ? tool['parameters'] : anyObject();
    tools.set(name, { name, description: asString(tool['description']) ?? name, parameters, isStrict: tool['strict'] === true });
  }
  for (const call of steps.flatMap((step) => step.calls)) {
    if (call.name === '' || tools.has(call.name)) continue;
    tools.set(call.name, { name: call.name, description: call.name, parameters: call.isCustom ? null : anyObject(), isStrict: false });
  }
  return [...tools.values()];
}

const anyObject = (): JsonObject => ({ type: 'object', properties: {}, additionalProperties: true });

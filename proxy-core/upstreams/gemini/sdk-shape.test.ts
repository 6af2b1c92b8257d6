/**
 * What we send is what Google's own SDK would send: the same parts, handed to @google/genai, arrive at a
 * server as the same body. The SDK drops fields it does not know, so a wrong name shows.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  GoogleGenAI,
  type Content,
  type FunctionCallingConfigMode,
  type GenerateContentConfig,
  type ThinkingLevel,
  type Tool,
} from '@google/genai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toInputItems } from '../../history/input-items.ts';
import { resolveTools } from '../../history/tools.ts';
import { asObject, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { ConversationItem } from '../upstream.ts';
import { assistant, build, call, MODEL_3, output, reasoning, tool, user, withReplay } from './request-playbook.ts';
import type { GeminiRequest } from './wire.ts';

const CLIENT_REQUESTS = fileURLToPath(new URL('../../../../shared/client-requests/', import.meta.url));
const hasRequests = existsSync(CLIENT_REQUESTS);
if (!hasRequests) console.log(`skipped: no client requests at ${CLIENT_REQUESTS}`);

const bodies: unknown[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    bodies.push(parseJsonObject(Buffer.concat(chunks).toString('utf8')));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** The SDK's arguments for our body. Enums aside, the types say that each field exists and has the right shape. */
function toSdkConfig({ systemInstruction, generationConfig, tools, toolConfig, serviceTier }: GeminiRequest): GenerateContentConfig {
  const { thinkingConfig, ...generation } = generationConfig ?? {};
  const calling = toolConfig?.functionCallingConfig;
  return {
    ...(generation satisfies GenerateContentConfig),
    ...(systemInstruction ? { systemInstruction: { role: 'user', ...(systemInstruction satisfies Content) } } : {}),
    ...(tools ? { tools: tools satisfies Tool[] } : {}),
    ...(calling ? { toolConfig: { functionCallingConfig: { ...calling, mode: calling.mode as FunctionCallingConfigMode } } } : {}),
    ...(thinkingConfig ? { thinkingConfig: { ...thinkingConfig, thinkingLevel: thinkingConfig.thinkingLevel as ThinkingLevel } } : {}),
    ...(serviceTier ? { serviceTier: serviceTier as NonNullable<GenerateContentConfig['serviceTier']> } : {}),
  };
}

async function sendBySdk(body: GeminiRequest): Promise<unknown> {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new GoogleGenAI({ apiKey: 'KEY', httpOptions: { baseUrl } });
  await client.models.generateContent({ model: 'gemini', contents: body.contents satisfies Content[], config: toSdkConfig(body) });
  return bodies.pop();
}

/** The SDK gives a system instruction a role, which the API ignores, and always sends a generationConfig. */
function expected(body: GeminiRequest): unknown {
  const system = body.systemInstruction ? { systemInstruction: { role: 'user', ...body.systemInstruction } } : {};
  return parseJsonObject(JSON.stringify({ generationConfig: {}, ...body, ...system }));
}

describe("gemini request: Google's own SDK sends the same", () => {
  it('for a conversation with everything in it', async () => {
    const image = { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' };
    const { body } = build(
      [
        { type: 'message', role: 'system', content: 'S' },
        user([{ type: 'input_text', text: 'q' }, image, { type: 'input_file', file_id: 'files/x' }]),
        reasoning([
          { sig: 'S0', at: 'thought', text: 'Hm' },
          { sig: 'S1', at: 'functionCall' },
        ]),
        call('a'),
        call('b'),
        output('a', [{ type: 'input_text', text: 'A' }, image]),
        output('b'),
        withReplay(assistant('Done.'), { signature: 'S2', isTrailing: true }),
        user('thanks'),
      ],
      {
        model: MODEL_3,
        body: {
          max_output_tokens: 10,
          temperature: 1,
          top_p: 0.5,
          presence_penalty: 0.1,
          frequency_penalty: 0.2,
          service_tier: 'priority',
          reasoning: { effort: 'low', summary: 'auto' },
          text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
        },
        tools: [tool('get_weather', { strict: true })],
      },
    );
    expect(await sendBySdk(body)).toEqual(expected(body));
  });

  it('for a budget and a forced function', async () => {
    const { body } = build([user('q')], {
      body: { reasoning: { effort: 'high' } },
      tools: [tool('a')],
      toolChoice: { type: 'tool', upstreamName: 'a' },
    });
    expect(await sendBySdk(body)).toEqual(expected(body));
  });
});

describe.skipIf(!hasRequests)('gemini request: what real clients send', () => {
  const files = hasRequests
    ? readdirSync(CLIENT_REQUESTS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
    : [];

  it('is accepted and becomes a body that the SDK would send', async () => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const body = asObject(parseJsonObject(readFileSync(CLIENT_REQUESTS + file, 'utf8'))?.body);
      const items: ConversationItem[] = toInputItems(body.input, (prefix) => `${prefix}_1`).map((item) => ({
        item: resolved(item),
        source: 'input',
      }));
      const { tools, toolChoice } = resolveTools(body);
      const built = build(items, { model: MODEL_3, body, tools, toolChoice });
      const sent = await sendBySdk(built.body);
      expect(sent, file).toEqual(expected(built.body));
    }
  });
});

/** History is resolved before an upstream builds its body; any stored message will do here. */
function resolved(item: JsonObject & { type: string }): JsonObject & { type: string } {
  return item.type === 'item_reference' ? assistant('I will look.') : item;
}

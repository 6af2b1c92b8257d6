import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { asObject, parseJsonObject } from '../protocol/json.ts';
import { toClientInfo } from './client-info.ts';

describe('toClientInfo', () => {
  it.each([
    ['ai-sdk/openai/2.0.131 ai-sdk/provider-utils/3.0.40 runtime/node.js/24', 'AI SDK 5', '2.0.131'],
    ['ai/5.0.277 ai-sdk/openai/2.0.131 ai-sdk/provider-utils/3.0.40 runtime/node.js/24', 'AI SDK 5', '2.0.131'],
    ['ai-sdk/openai/3.0.141 ai-sdk/provider-utils/4.0.66 runtime/node.js/24', 'AI SDK 6', '3.0.141'],
    ['ai-sdk-openai/4.0.118 ai-sdk-provider-utils/5.0.81 node.js/24', 'AI SDK 7', '4.0.118'],
    ['ai-sdk/open-responses/1.0.39 ai-sdk/provider-utils/4.0.50 runtime/node', 'AI SDK 6 (open-responses)', '1.0.39'],
    ['OpenAI/JS 7.55.0', 'openai-node', '7.55.0'],
    ['AsyncOpenAI/Python 3.52.0', 'openai-python', '3.52.0'],
    ['Agents/JavaScript 0.20.0', 'OpenAI Agents JS', '0.20.0'],
    ['Agents/Python 0.24.0', 'OpenAI Agents Python', '0.24.0'],
    ['codex_exec/0.169.0 (Debian 12.0.0; x86_64) dumb (codex_exec; 0.169.0)', 'Codex', '0.169.0'],
    ['pydantic-ai/2.68.0', 'pydantic-ai', '2.68.0'],
    ['Anthropic/JS 1.11.0', 'anthropic-sdk-typescript', '1.11.0'],
    ['curl/8.5.0', 'curl', '8.5.0'],
    ['python-httpx/0.28.1', 'python-httpx', '0.28.1'],
    ['node', 'node', ''],
  ])('reads %s', (userAgent, name, version) => expect(toClientInfo([['User-Agent', userAgent]])).toEqual({ name, version }));

  it('says nothing about a client that says nothing', () => {
    expect(toClientInfo([])).toBeNull();
    expect(toClientInfo([['user-agent', '']])).toBeNull();
  });

  const folder = fileURLToPath(new URL('../../../shared/client-requests/', import.meta.url));
  it.skipIf(!existsSync(folder))('names every client that was recorded (skipped without ../shared/client-requests)', () => {
    const clients = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(clients.length).toBeGreaterThan(0);
    for (const { name: client } of clients) {
      const file = readdirSync(`${folder}/${client}`).find((name) => name.endsWith('.json')) as string;
      const headers = asObject(parseJsonObject(readFileSync(`${folder}/${client}/${file}`, 'utf8'))?.['headers']);
      const info = toClientInfo(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      expect([client, info?.name]).toEqual([client, expect.stringMatching(/AI SDK|openai-|Agents|Codex|pydantic/)]);
      expect(info?.version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});

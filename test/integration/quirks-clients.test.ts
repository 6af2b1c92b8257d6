/** Quirks break the real clients as their pages in docs/quirks say, and a clean stream does not. */
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { findQuirks } from '../../proxy-core/quirks/index.ts';
import { createLoop, serve } from '../../proxy-core/quirks/quirk-playbook.ts';
import { runSdk, sdkNames, type SdkResult } from '../helpers/ai-sdks.ts';

function toResponse(stepIndex: number, quirks: string[]): Response {
  const step = createLoop()[Math.min(stepIndex, 1)];
  if (!step) throw new Error('the loop has two steps');
  return new Response(serve(step, findQuirks(quirks)).bytes, { headers: { 'content-type': 'text/event-stream' } });
}

async function runLoop(sdk: string, ...quirks: string[]): Promise<SdkResult> {
  let requests = 0;
  const tools = { get_weather: () => 'Sunny.' };
  return runSdk(sdk, { fetch: async () => toResponse(requests++, quirks), tools, maxSteps: 3 });
}

function runNode(stepIndex: number, ...quirks: string[]) {
  const client = new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: async () => toResponse(stepIndex, quirks) });
  return client.responses.stream({ model: 'x', input: 'x' }).finalResponse();
}

describe('quirks in AI SDK', () => {
  for (const sdk of sdkNames) {
    it(`${sdk} reads the clean loop`, async () => {
      const result = await runLoop(sdk);
      expect(result).toMatchObject({ errors: [], finishReason: 'stop' });
      expect(result.calls).toHaveLength(2);
      expect(result.texts.join('')).toContain('word219');
    });

    it(`${sdk} misses the text part of litellm-step2`, async () => {
      expect((await runLoop(sdk, 'litellm-step2')).errors[0]).toMatch(/text part chatcmpl-\w+ not found/);
    });

    it(`${sdk} stops after the first step without a terminal event, and runs no tool without item.done`, async () => {
      expect((await runLoop(sdk, 'no-terminal-event')).texts.join('')).not.toContain('word219');
      expect((await runLoop(sdk, 'missing-item-done')).calls).toEqual([]);
    });
  }

  it('versions 5 and 6 miss the reasoning part of litellm-reasoning-ids, version 7 does not', async () => {
    const errors = await Promise.all(sdkNames.map(async (sdk) => (await runLoop(sdk, 'litellm-reasoning-ids')).errors.length > 0));
    expect(errors).toEqual([true, true, false]);
  });

  it('version 5 says nothing of mid-stream-error, 6 and 7 do', async () => {
    const errors = await Promise.all(sdkNames.map(async (sdk) => (await runLoop(sdk, 'mid-stream-error')).errors.length > 0));
    expect(errors).toEqual([false, true, true]);
  });
});

describe('quirks in openai-node', () => {
  it('returns an empty answer for empty-final-output, without an error', async () => {
    expect(await runNode(1, 'empty-final-output')).toMatchObject({ status: 'completed', output: [], output_text: '' });
  });

  for (const [quirk, message] of [
    ['litellm-step2', /missing output at index 1/],
    ['copilot-rotating-ids', /Lifecycle response identity changed/],
    ['response-id-change', /Lifecycle response identity changed/],
    ['done-id-mismatch', /expected output item id/],
    ['missing-output-index', /missing output at index undefined/],
  ] as const) {
    it(`throws on ${quirk}`, async () => {
      await expect(runNode(1, quirk)).rejects.toThrow(message);
    });
  }

  it('throws on parallel-calls-one-index and late-call-id', async () => {
    await expect(runNode(0, 'parallel-calls-one-index')).rejects.toThrow(/Duplicate response output index/);
    await expect(runNode(0, 'late-call-id')).rejects.toThrow(/call_id/);
  });
});

import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { describe, expect, it } from 'vitest';
import type { ChatBody } from './wire.ts';

/** Fails to compile when our types leave OpenAI's. */
const asOpenAI = (body: ChatBody): ChatCompletionCreateParamsStreaming => body;

describe('chat wire types', () => {
  it("are a part of the openai package's", () => {
    const body: ChatBody = {
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    };
    expect(asOpenAI(body)).toBe(body);
  });
});

/** A Gemini server that answers with a JSON array instead of SSE is translated all the same. */
import { describe, expect, it } from 'vitest';
import { translateRecorded } from '../../proxy-core/exchange/translate-recorded.ts';
import { geminiUpstream } from '../../proxy-core/upstreams/gemini/index.ts';

const chunks = [
  { candidates: [{ content: { parts: [{ text: 'Hel' }] } }] },
  {
    candidates: [{ content: { parts: [{ text: 'lo [{"' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 },
  },
];

describe('gemini: JSON instead of SSE', () => {
  for (const [name, text] of [
    ['an array', `[${chunks.map((chunk) => JSON.stringify(chunk)).join(',\r\n')}]`],
    ['SSE', chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')],
  ] as const) {
    it(`reads ${name}`, () => {
      const { events, frameCount } = translateRecorded({ bytes: Buffer.from(text, 'utf8'), translator: geminiUpstream });
      expect(frameCount).toBe(2);
      expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: [{ content: [{ text: 'Hello [{"' }] }] } });
    });
  }

  it('tells an array that was cut as failed', () => {
    const text = `[${JSON.stringify(chunks[0])},{"candi`;
    const { events } = translateRecorded({ bytes: Buffer.from(text, 'utf8'), translator: geminiUpstream });
    expect(events.at(-1)?.type).toBe('response.failed');
  });
});

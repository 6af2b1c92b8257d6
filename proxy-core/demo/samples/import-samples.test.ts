import { describe, expect, it } from 'vitest';
import { translateRecorded } from '../../exchange/translate-recorded.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import { translators } from '../../upstreams/index.ts';
import { toSampleSessions } from './import-samples.ts';
import { loadSamples } from './index.ts';

const sessions = toSampleSessions((chunks, { upstream, request }) => {
  const { events, causes } = translateRecorded({ bytes: chunks, translator: translators[upstream.kind], request });
  const output = ((events.at(-1) as JsonObject)['response'] as { output: JsonObject[] }).output;
  return { frames: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`), causes, output };
});

describe('sample sessions', () => {
  it('keep the captured bytes of both sides', () => {
    const [first] = loadSamples();
    const recorded = sessions.find(({ title }) => title === first?.title);
    const step = recorded?.steps[0];
    const text = (parts: { bytes: Uint8Array }[] | undefined) => Buffer.concat((parts ?? []).map(({ bytes }) => bytes)).toString('utf8');
    expect(text(step?.writes)).toBe(first?.steps[0]?.emitted.text);
    expect(text(step?.attempts[0]?.chunks)).toBe(first?.steps[0]?.upstream.text);
  });

  it('have times that only go forward, the upstream before what it caused', () => {
    for (const { steps } of sessions) {
      for (const { writes, attempts, causes } of steps) {
        const chunks = attempts[0]?.chunks ?? [];
        for (const list of [writes, chunks])
          expect(list.map(({ tUs }) => tUs)).toEqual(list.map(({ tUs }) => tUs).toSorted((a, b) => a - b));
        for (const [index, cause] of (causes ?? []).entries()) {
          if (cause !== null) expect(writes[index]?.tUs).toBeGreaterThan(chunks[cause]?.tUs ?? 0);
        }
      }
    }
  });

  it('end with a clean one: the same conversation through Deltascope', () => {
    const clean = sessions.at(-1);
    expect(clean?.title).toContain('through Deltascope');
    for (const { writes } of clean?.steps ?? []) {
      const last = readFrames(Buffer.concat(writes.map(({ bytes }) => bytes))).at(-1);
      expect(last?.event).toBe('response.completed');
    }
  });
});

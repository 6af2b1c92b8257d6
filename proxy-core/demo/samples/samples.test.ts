import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSamples } from './index.ts';

const captures = join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/captures/litellm-1.83.14');

describe('samples', () => {
  it('are whole: every field filled, the timing accounts for every byte', () => {
    const sessions = loadSamples();
    expect(sessions.length).toBeGreaterThanOrEqual(3);
    expect(new Set(sessions.map((session) => session.id)).size).toBe(sessions.length);
    for (const session of sessions) {
      expect(session.title).not.toContain('[[');
      expect(session.story).not.toBe('');
      for (const { emitted, upstream, request, httpStatus } of session.steps) {
        expect(emitted.timing.reduce((sum, [, size]) => sum + size, 0)).toBe(Buffer.byteLength(emitted.text));
        expect(emitted.text).toMatch(/^data: \{"type":"response\.created"/);
        expect(upstream.text).not.toBe('');
        expect(Object.keys(request)).toContain('input');
        expect(httpStatus).toBe(200);
      }
    }
  });

  it('show the reports they stand for', () => {
    const [loop, gemini, previous, cut] = loadSamples();
    expect(loop?.steps[1]?.emitted.text).toMatch(/"response\.output_text\.delta"[^\n]*"item_id":\s*"chatcmpl-/);
    expect(gemini?.steps[0]?.upstream).toMatchObject({ kind: 'gemini' });
    expect(JSON.stringify(previous?.steps[1]?.upstream.request)).not.toContain('What is the weather');
    expect(cut?.steps[0]?.upstream.text).not.toContain('message_stop');
    expect(cut?.steps[0]?.emitted.text).toContain('response.completed');
  });

  it('are the bytes of the captures, untouched', (context) => {
    let capture: string;
    try {
      capture = readFileSync(join(captures, 'c3-loop-think-t2/emitted.sse'), 'utf8');
    } catch {
      return context.skip('the captures are not beside this repository');
    }
    expect(loadSamples()[0]?.steps[1]?.emitted.text).toBe(capture);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStreamRepair, repairBytes } from './repair-stream.ts';

const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'in_progress', output: [], usage: null };
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
const at = { output_index: 0, content_index: 0 };
const part = { type: 'output_text', text: 'grüße 🌞', annotations: [], logprobs: [] };
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };

/** A short answer; `itemId` is the one its deltas carry. */
function stream({ itemId = 'msg_1', eol = '\n', between = '' } = {}): Buffer {
  const events = [
    { type: 'response.created', response },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', item_id: 'msg_1', ...at, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', item_id: itemId, ...at, delta: 'grüße ', logprobs: [] },
    { type: 'response.output_text.delta', item_id: itemId, ...at, delta: '🌞', logprobs: [] },
    { type: 'response.output_text.done', item_id: 'msg_1', ...at, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', item_id: 'msg_1', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
  ].map((event, index) => ({ ...event, sequence_number: index }));
  const frames = events.map((event) => `event: ${event.type}${eol}data: ${JSON.stringify(event)}${eol}${eol}`);
  return Buffer.from(`${frames.join(between)}data: [DONE]${eol}${eol}`);
}

function repairInPieces(source: Buffer, sizes: readonly number[]): Buffer {
  const repair = createStreamRepair({ createdAt: 1 });
  const out: Uint8Array[] = [];
  for (let offset = 0, turn = 0; offset < source.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    out.push(repair.push(source.subarray(offset, offset + size)));
    offset += size;
  }
  out.push(repair.end());
  return Buffer.concat(out);
}

const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });

describe('repair of a byte stream', () => {
  it('passes a clean stream on unchanged, wherever its chunks are cut', () => {
    const sources = [stream(), stream({ eol: '\r\n' }), stream({ eol: '\r' }), stream({ between: ': keepalive\n\n' })];
    fc.assert(
      fc.property(fc.constantFrom(...sources), pieces, (source, sizes) => {
        expect(repairInPieces(source, sizes).equals(source)).toBe(true);
      }),
    );
  });

  it('mends the same way, wherever the chunks are cut', () => {
    const source = stream({ itemId: 'chatcmpl-1' });
    const whole = Buffer.from(repairBytes(source, { createdAt: 1 }).bytes);
    expect(whole.toString()).not.toContain('chatcmpl-1');
    fc.assert(
      fc.property(pieces, (sizes) => {
        expect(repairInPieces(source, sizes).equals(whole)).toBe(true);
      }),
    );
  });

  it('sends what a frame gives as soon as the frame is there', () => {
    const source = stream({ itemId: 'chatcmpl-1' });
    const end = source.indexOf('\n\n', source.indexOf('output_text.delta')) + 2;
    const repair = createStreamRepair({ createdAt: 1 });
    expect(Buffer.from(repair.push(source.subarray(0, end))).toString()).toContain(
      '"item_id":"msg_1","output_index":0,"content_index":0,"delta":"grüße "',
    );
  });

  it('passes a keepalive comment on at once', () => {
    const repair = createStreamRepair({ createdAt: 1 });
    expect(Buffer.from(repair.push(Buffer.from(': ping\n\n'))).toString()).toBe(': ping\n\n');
  });

  it('ends a stream that [DONE] cuts short before [DONE]', () => {
    const source = stream();
    const cut = Buffer.concat([source.subarray(0, source.indexOf('event: response.completed')), Buffer.from('data: [DONE]\n\n')]);
    const { bytes, report } = repairBytes(cut, { createdAt: 1 });
    const text = Buffer.from(bytes).toString();
    expect(text.indexOf('event: response.failed')).toBeGreaterThan(0);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(report.unrepairable).toHaveLength(1);
  });

  it('corrects an event line that names another event', () => {
    const source = Buffer.from(stream().toString().replace('event: response.output_text.done', 'event: message'));
    const { bytes, report } = repairBytes(source, { createdAt: 1 });
    expect(Buffer.from(bytes).toString()).toBe(stream().toString());
    expect(report.changes.map((change) => change.kind)).toEqual(['event-name']);
  });

  it('adds the empty line that the last event lacks', () => {
    const source = Buffer.from(stream().toString().replace('data: [DONE]\n\n', '').trimEnd());
    const { bytes } = repairBytes(source, { createdAt: 1 });
    expect(Buffer.from(bytes).toString().endsWith('}\n\n')).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEventJson } from './event-json.ts';

describe('JSON of an event', () => {
  const text = fc.string({ unit: 'binary' });
  const delta = fc.record({
    type: fc.constant('response.output_text.delta'),
    sequence_number: fc.nat(),
    item_id: fc.oneof(fc.constant('msg_1'), text),
    output_index: fc.nat(),
    content_index: fc.nat(),
    delta: fc.oneof(fc.constantFrom('the ', '"', '\\', '\ud800', '\u2028', 'ü🌦'), text),
    logprobs: fc.oneof(fc.constant([]), fc.constant([{ token: 'a' }])),
  });

  it('is what JSON.stringify writes for a delta of text', () => {
    fc.assert(
      fc.property(delta, (event) => {
        expect(toEventJson(event)).toBe(JSON.stringify(event));
      }),
    );
  });

  it('is what JSON.stringify writes when a delta has more fields, fewer, or odd ones', () => {
    const odd = fc.record(
      { extra: fc.jsonValue(), output_index: fc.oneof(fc.double(), fc.constant(null)), delta: fc.jsonValue(), logprobs: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(delta, odd, (event, more) => {
        const changed = { ...event, ...more };
        expect(toEventJson(changed)).toBe(JSON.stringify(changed));
      }),
    );
  });

  it('is what JSON.stringify writes for any other event', () => {
    const event = { type: 'response.refusal.delta', sequence_number: 3, delta: 'no' };
    expect(toEventJson(event)).toBe(JSON.stringify(event));
  });
});

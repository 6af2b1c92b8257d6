import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEventEntry } from '../../protocol/columns/event-columns.ts';
import { createFlatReader } from './flat-event.ts';
import { toEventRow } from './streams.ts';

const read = (frame: string) => createFlatReader().read(frame, 0, frame.length);

/** What the parser makes of the same bytes. */
function parse(frame: string): unknown {
  const bytes = Buffer.from(frame, 'utf8');
  const place = { index: 0, tUs: 0, chunkIndex: null, offset: 0, length: bytes.length };
  const { type, id, outputIndex, text, more } = toEventEntry(toEventRow(place, bytes, 'http'));
  return { type, itemId: id, outputIndex, delta: text, more };
}

const key = fc.constantFrom(
  'type',
  'item_id',
  'output_index',
  'content_index',
  'delta',
  'sequence_number',
  'logprobs',
  'obfuscation',
  'item',
);
const value = fc.oneof(
  fc.constantFrom('response.output_text.delta', 'response.output_text.done', 'msg_1', ' in "Paris"', 'naïve 漢字 🙂', '\n', '\u2028', ''),
  fc.integer({ min: -3, max: 20 }),
  fc.constantFrom(0.5, 12_345_678_901, true, null, []),
  fc.constant({ id: 'x', type: 'message' }),
);
const fields = fc.array(fc.tuple(key, value), { maxLength: 4 });
const mostly = (usual: string, ...others: string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const frame = fc
  .record({
    fields,
    name: mostly('event: response.output_text.delta\n', '', 'event: other\r\n', ': note\n', 'event: a\rb\n'),
    comma: mostly(',', ', ', ',  '),
    end: mostly('\n\n', '\r\n\r\n', '\n', ' \n\n', '\ndata: more\n\n'),
    cut: fc.option(fc.nat(200), { freq: 6 }),
  })
  .map(({ fields: pairs, name, comma, end, cut }) => {
    const members = [['type', 'response.output_text.delta'] as const, ...pairs].map(
      ([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`,
    );
    const text = `${name}data: {${members.join(comma)}}${end}`;
    return cut === null ? text : text.slice(0, cut);
  });

describe('flat events', () => {
  it('reads the deltas of OpenAI, of a gateway in Python and of our own emitter', () => {
    const facts = { type: 'response.output_text.delta', itemId: 'msg_1', outputIndex: 0, delta: 'Hi 漢' };
    const openai = `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi 漢","logprobs":[],"obfuscation":"aB3"}\n\n`;
    const python = `data: {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": "Hi 漢"}\n\n`;
    expect(read(openai)).toEqual(facts);
    expect(read(python)).toEqual(facts);
  });
  it('leaves escapes, nested values, other line ends and cut frames to the parser', () => {
    const of = (fields: string): string => `data: {"type":"response.output_text.delta",${fields}}\n\n`;
    for (const text of [
      of('"delta":"a\\nb"'),
      of('"delta":{"text":"a"}'),
      of('"output_index":-1'),
      of('"output_index":01'),
      of('"output_index":1.5'),
      of('"item":{}'),
      of('"delta":"a"').replaceAll('\n', '\r\n'),
      of('"delta":"a"').slice(0, -1),
      'data: {"type":"response.output_text.done","text":"a"}\n\n',
    ])
      expect(read(text), text).toBeUndefined();
  });
  it('never says anything else than the parser, whatever the frame and those before it', () => {
    let flat = 0;
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), (frames) => {
        const reader = createFlatReader();
        const text = frames.join('');
        let start = 0;
        for (const each of frames) {
          const found = reader.read(text, start, start + each.length);
          start += each.length;
          if (found === undefined) continue;
          flat += 1;
          expect({ ...found, more: null }, each).toEqual(parse(each));
        }
      }),
      { numRuns: 1500 },
    );
    expect(flat).toBeGreaterThan(50);
  });
});

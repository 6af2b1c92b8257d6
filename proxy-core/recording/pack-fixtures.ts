/** Steps for tests of the packed form: random streams as the exchange would tell them, cut and found as it does that. */
import fc from 'fast-check';
import type { EmittedEvent, TapEvent } from '../protocol/capture/tap-event.ts';
import { stepEnded, stepStarted } from '../recorder/recorder-fixtures.ts';
import { createFrameReader } from '../sse/frame-reader.ts';
import type { LostTap } from '../recorder/recorder.ts';
import type { Order } from './packed-taps.ts';
import { createTapPacker, type TapPacker } from './pack-taps.ts';
import { createTapUnpacker } from './unpack-taps.ts';

/** Texts without line ends, with characters of one to four bytes. */
const text = fc.string({ unit: fc.constantFrom('a', '"', ':', ' ', '}', 'ü', '€', '😀', '\\n', '\0'), maxLength: 12 });
const eventLine = fc.oneof(
  { weight: 3, arbitrary: fc.constant(['event: response.output_text.delta']) },
  { weight: 2, arbitrary: fc.constant([]) },
  fc.constantFrom(['event:tight'], ['event: '], ['event: ä'], ['event: a', 'event: b']),
);
const plainData = text.map((value) => [`data: ${value}`]);
const otherData = fc.oneof(
  fc.tuple(text, text).map(([a, b]) => [`data: ${a}`, `data:${b}`]),
  fc.constantFrom(['data'], ['data:'], ['data: 1', 'data'], ['id: 7', 'data: 1'], ['data: 1', 'event: late'], ['data: 1', ': word']),
);
const frame = fc
  .tuple(fc.constantFrom('\n', '\n', '\n', '\r\n', '\r'), eventLine, fc.oneof({ weight: 3, arbitrary: plainData }, otherData))
  .map(([eol, names, data]) => [...names, ...data, '', ''].join(eol));
const between = fc.constantFrom('', '', '', ': ping\n\n', 'retry: 10\n\n', '\n', 'event: nothing\n\n');

/** A whole event stream; the last frame may lack its end. */
export const sse = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(fc.tuple(between, frame), { maxLength: 8 }),
    fc.constantFrom('', 'data: cut', 'data: cut\n'),
  )
  .map(([mark, frames, rest]) => Buffer.from(mark + frames.flat().join('') + rest));

const cause = fc.option(fc.nat(5_000_000), { nil: null });
const timing = fc.record({ tUs: fc.nat(2 ** 40), laterUs: fc.integer({ min: -200, max: 300_000 }), cause, atFrame: fc.boolean() });
const timings = fc.array(timing, { minLength: 1, maxLength: 6 });
const cuts = fc.array(fc.nat(), { maxLength: 5 });

export type Timing = { tUs: number; laterUs: number; cause: number | null };

export function toWrite(
  stepId: string,
  bytes: Uint8Array,
  found: Omit<EmittedEvent, 'tUs' | 'chunkIndex' | 'json'>[],
  when: Timing,
): TapEvent {
  const { tUs, laterUs } = when;
  const events = found.map(({ index, name, data, offset, length }, i): EmittedEvent => {
    return { index, name, data, json: { type: 'x' }, offset, length, tUs: tUs + laterUs * i, chunkIndex: when.cause };
  });
  return { type: 'client.write', stepId, tUs, bytes, events };
}

/** Bytes in pieces, cut anywhere; each event with the write that completes it, the last one with none of its bytes. */
function sseWrites(stepId: string, bytes: Buffer, places: readonly number[], times: readonly Timing[]): TapEvent[] {
  const reader = createFrameReader();
  let index = 0;
  const toFound = (frames: ReturnType<typeof reader.push>) =>
    frames.map(({ event, data, offset, length }) => ({ index: index++, name: event, data, offset, length }));
  const written = cut(bytes, places).map((piece, i) =>
    toWrite(stepId, piece, toFound(reader.push(piece)), times[i % times.length] as Timing),
  );
  const rest = toFound(reader.end());
  return rest.length > 0 ? [...written, toWrite(stepId, new Uint8Array(), rest, times[0] as Timing)] : written;
}

function messageWrites(stepId: string, messages: readonly string[][], times: readonly Timing[]): TapEvent[] {
  let [index, offset] = [0, 0];
  return messages.map((batch, i) => {
    const found = batch.map((data) => {
      const length = Buffer.byteLength(data) + 1;
      offset += length;
      return { index: index++, name: null, data, offset: offset - length, length };
    });
    return toWrite(stepId, Buffer.from(batch.map((data) => `${data}\n`).join('')), found, times[i % times.length] as Timing);
  });
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const borders = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...borders].map((from, i) => bytes.subarray(from, borders[i] ?? bytes.length));
}

const header = fc.tuple(text, text);
const headers = fc.array(header, { maxLength: 2 });
const body = fc.uint8Array({ maxLength: 40 });

/** The taps of one step, from its start to its end, chunks between the writes. */
export function stepTaps(stepId: string): fc.Arbitrary<TapEvent[]> {
  const http = fc.tuple(sse, cuts, timings).map(([bytes, places, times]) => sseWrites(stepId, bytes, places, times));
  const messages = fc.tuple(fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 4 }), timings);
  const socket = messages.map(([batches, times]) => messageWrites(stepId, batches, times));
  const stream = fc.oneof(
    http.map((writes) => ({ transport: 'http' as const, writes })),
    socket.map((writes) => ({ transport: 'websocket' as const, writes })),
  );
  const chunk = fc.record({ attempt: fc.nat(3), index: fc.nat(2 ** 33), tUs: fc.integer({ min: -5, max: 2 ** 45 }), bytes: body });
  return fc.record({ stream, headers, body, chunks: fc.array(chunk, { maxLength: 6 }), title: text }).map((given): TapEvent[] => {
    const { writes, transport } = given.stream;
    const chunks = given.chunks.map((one): TapEvent => ({ type: 'upstream.chunk', stepId, ...one }));
    return [
      stepStarted({ stepId, transport, headers: given.headers, body: given.body, title: given.title, replayOf: 'sess_0' }),
      {
        type: 'upstream.request',
        stepId,
        attempt: 0,
        tUs: 1,
        method: 'POST',
        url: 'http://up/ü',
        headers: given.headers,
        body: given.body,
      },
      { type: 'upstream.response', stepId, attempt: 0, tUs: 2, status: 200, headers: given.headers },
      { type: 'client.head', stepId, tUs: 3, status: 200, headers: given.headers },
      ...Array.from({ length: Math.max(chunks.length, writes.length) }, (_, i) => [chunks[i] ?? [], writes[i] ?? []].flat()).flat(),
      { type: 'warning', stepId, code: 'sampling_dropped', message: given.title, param: 'temperature' },
      { type: 'upstream.end', stepId, attempt: 0, tUs: 4, cause: 'reset', detail: given.title },
      stepEnded({ stepId, responseIdAliases: [given.title] }),
    ];
  });
}

/** A packer and what the other end of it has heard. */
export function openPair(): {
  packer: TapPacker;
  pass: () => void;
  taps: TapEvent[];
  linted: boolean[];
  lost: LostTap[];
  orders: Order[];
  heard: string[];
} {
  const packer = createTapPacker();
  const heard = { taps: [] as TapEvent[], linted: [] as boolean[], lost: [] as LostTap[], orders: [] as Order[], heard: [] as string[] };
  const unpack = createTapUnpacker({
    tap(event, isLinted) {
      heard.heard.push(event.type);
      heard.taps.push(event);
      heard.linted.push(isLinted);
    },
    lost(lost) {
      heard.heard.push(`lost ${lost.type}`);
      heard.lost.push(lost);
    },
    order(order) {
      heard.heard.push(order.type);
      heard.orders.push(order);
    },
  });
  return { packer, pass: () => unpack(packer.take()), ...heard };
}

/** For comparing: bytes by their content, of whatever class and buffer; and nothing parsed. */
export function comparable(events: readonly TapEvent[]): unknown[] {
  return events.map((event) => ({
    ...event,
    ...('bytes' in event ? { bytes: Buffer.from(event.bytes).toString('hex') } : {}),
    ...('body' in event ? { body: Buffer.from(event.body).toString('hex') } : {}),
    ...('events' in event ? { events: event.events.map((one) => ({ ...one, json: undefined })) } : {}),
  }));
}

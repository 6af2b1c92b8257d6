/**
 * Tap events into one buffer for the recording thread (./packed-taps.ts). Buffers are used again and again: at full
 * speed new ones would be hundreds of megabytes a second, which the allocator of the system does not give back.
 */
import type { EmittedEvent, TapEvent } from '../protocol/capture/tap-event.ts';
import type { PackedTaps } from './batch.ts';
import { CHUNK, LOST_CHUNK, LOST_WRITE, NOTE, WRITE, type ChunkEvent, type Note, type Order, type WriteEvent } from './packed-taps.ts';

export interface TapPacker {
  /** @param isLinted false: its findings come from elsewhere (an import judges by itself). */
  add(event: TapEvent, isLinted?: boolean): void;
  /** As `add`, but of a chunk or write only that it was there. */
  addLost(event: ChunkEvent | WriteEvent): void;
  /** As `add`, of a request whose body found no room. */
  addWithoutBody(event: RequestEvent): void;
  order(order: Order): void;
  readonly size: number;
  /** All records so far; begins anew. */
  take(): PackedTaps;
  /** A buffer that was taken, and is needed no more. */
  giveBack(buffer: ArrayBuffer): void;
}

type RequestEvent = Extract<TapEvent, { type: 'upstream.request' }>;

const FIRST_BYTES = 65_536;
/** What one burst needed is not kept for good. */
const KEPT_BYTES = 1_048_576;
const MAX_SPARE = 3;
const MAX_VARINT = 8;
const NOTHING = new Uint8Array();

interface PackedStep {
  no: number;
  /** Bytes written to the client so far. */
  written: number;
}

export function createTapPacker(): TapPacker {
  const spare: ArrayBuffer[] = [];
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let at = 0;
  let stepCount = 0;
  const steps = new Map<string, PackedStep>();

  function reserve(bytes: number): void {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(at + bytes)));
    larger.set(buffer.subarray(0, at));
    buffer = larger;
  }

  function unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 0x80);
    }
    buffer[at++] = rest;
  }

  const signed = (value: number): void => unsigned(value >= 0 ? value * 2 : -value * 2 - 1);

  function put(bytes: Uint8Array): void {
    buffer.set(bytes, at);
    at += bytes.length;
  }

  function text(value: string): void {
    reserve(value.length * 3 + 2 * MAX_VARINT);
    const size = Buffer.byteLength(value);
    unsigned(size);
    at += buffer.write(value, at, size, 'utf8');
  }

  function chunk(step: PackedStep, { attempt, index, tUs, bytes }: ChunkEvent): void {
    reserve(bytes.length + 6 * MAX_VARINT);
    unsigned(CHUNK);
    unsigned(step.no);
    unsigned(attempt);
    unsigned(index);
    signed(tUs);
    unsigned(bytes.length);
    put(bytes);
  }

  function write(step: PackedStep, { tUs, bytes, events }: WriteEvent): void {
    reserve(bytes.length + 5 * MAX_VARINT + events.length * 6 * MAX_VARINT);
    unsigned(WRITE);
    unsigned(step.no);
    signed(tUs);
    unsigned(bytes.length);
    put(bytes);
    unsigned(events.length);
    const start = step.written;
    step.written += bytes.length;
    let last = { index: 0, end: start, tUs, cause: 0 };
    for (const event of events) last = place(event, last, { start, end: step.written });
  }

  function place(
    event: EmittedEvent,
    last: { index: number; end: number; tUs: number; cause: number },
    here: { start: number; end: number },
  ) {
    const { index, offset, length, tUs, chunkIndex } = event;
    const cause = chunkIndex === null ? 0 : chunkIndex + 1;
    const end = offset + length;
    reserve(6 * MAX_VARINT);
    signed(index - last.index);
    signed(offset - last.end);
    signed(tUs - last.tUs);
    unsigned(length);
    signed(cause - last.cause);
    const isHere = offset >= here.start && end <= here.end;
    unsigned(isHere ? 0 : 1);
    if (!isHere) text(JSON.stringify([event.name, event.data]));
    return { index, end, tUs, cause };
  }

  function note(value: Note, body: Uint8Array | undefined): void {
    reserve(1);
    unsigned(NOTE);
    text(JSON.stringify(value));
    reserve((body?.length ?? 0) + MAX_VARINT);
    unsigned(body ? body.length + 1 : 0);
    put(body ?? NOTHING);
  }

  function add(event: TapEvent, isLinted = true): void {
    if (event.type === 'step.started') {
      const no = stepCount++;
      steps.set(event.stepId, { no, written: 0 });
      return note({ ...event, body: NOTHING, no, ...(isLinted ? {} : { isLinted }) }, event.body);
    }
    const step = steps.get(event.stepId);
    if (!step) return;
    if (event.type === 'upstream.chunk') return chunk(step, event);
    if (event.type === 'client.write') return write(step, event);
    if (event.type === 'step.ended') steps.delete(event.stepId);
    if (event.type === 'upstream.request') note({ ...event, body: NOTHING }, event.body);
    else note(event, undefined);
  }

  return {
    add,
    addLost(event) {
      const step = steps.get(event.stepId);
      if (!step) return;
      reserve(5 * MAX_VARINT);
      unsigned(event.type === 'upstream.chunk' ? LOST_CHUNK : LOST_WRITE);
      unsigned(step.no);
      if (event.type === 'upstream.chunk') return unsigned(event.index);
      step.written += event.bytes.length;
      unsigned(event.bytes.length);
      unsigned(event.events.length);
      unsigned((event.events.at(-1)?.index ?? -1) + 1);
    },
    addWithoutBody(event) {
      if (steps.has(event.stepId)) note({ ...event, body: NOTHING, isBodyLost: true }, NOTHING);
    },
    order: (order) => note(order, undefined),
    get size() {
      return at;
    },
    take() {
      const taken = { buffer: buffer.buffer, size: at };
      const next = spare.pop();
      buffer = next ? Buffer.from(next) : Buffer.allocUnsafeSlow(FIRST_BYTES);
      at = 0;
      return taken;
    },
    giveBack(used) {
      if (used.byteLength <= KEPT_BYTES && spare.length < MAX_SPARE) spare.push(used);
    },
  };
}

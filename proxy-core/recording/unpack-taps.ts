/** The buffer of ./pack-taps.ts back into tap events. Chunks and writes are views into it, good until the next batch only. */
import type { EmittedEvent, TapEvent } from '../protocol/capture/tap-event.ts';
import { asArray, asString, parseJson } from '../protocol/json.ts';
import type { LostTap } from '../recorder/recorder.ts';
import { readFrames } from '../sse/frame-reader.ts';
import type { PackedTaps } from './batch.ts';
import { CHUNK, LOST_CHUNK, LOST_WRITE, NOTE, WRITE, type Note, type Order, type WriteEvent } from './packed-taps.ts';

export interface TapReceiver {
  /** @param isLinted false: its findings come from elsewhere. */
  tap(event: TapEvent, isLinted: boolean): void;
  lost(lost: LostTap): void;
  order(order: Order): void;
}

interface KnownStep {
  stepId: string;
  isMessages: boolean;
  isLinted: boolean;
  written: number;
}

const LINE_END = Buffer.from('\n');
const ORDERS: ReadonlySet<string> = new Set<Order['type']>(['findings', 'link', 'forget', 'secret']);

/** Remembers the running steps: all buffers of one packer go through one unpacker, in order. */
export function createTapUnpacker(receiver: TapReceiver): (packed: PackedTaps) => void {
  const steps = new Map<number, KnownStep>();
  const numbers = new Map<string, number>();

  return (packed) => {
    const view = Buffer.from(packed.buffer, 0, packed.size);
    let at = 0;

    function unsigned(): number {
      let value = 0;
      let scale = 1;
      for (;;) {
        const byte = view[at++] as number;
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
        scale *= 0x80;
      }
    }

    function signed(): number {
      const value = unsigned();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }

    function bytes(size: number): Buffer {
      at += size;
      return view.subarray(at - size, at);
    }

    function note(): void {
      const value = parseJson(bytes(unsigned()).toString('utf8')) as Note;
      const size = unsigned();
      // A copy: a body is kept until it is written, and must not keep the whole buffer.
      const body = size === 0 ? undefined : new Uint8Array(bytes(size - 1));
      if (isOrder(value)) return receiver.order(value);
      const { no, isLinted = true, isBodyLost, ...event } = value;
      if (event.type === 'step.started' && no !== undefined) {
        steps.set(no, { stepId: event.stepId, isMessages: event.transport === 'websocket', isLinted, written: 0 });
        numbers.set(event.stepId, no);
      }
      const number = numbers.get(event.stepId) ?? -1;
      const known = steps.get(number);
      if (event.type === 'step.ended') {
        steps.delete(number);
        numbers.delete(event.stepId);
      }
      const whole = body ? { ...event, body } : event;
      receiver.tap(whole as TapEvent, known?.isLinted ?? isLinted);
      if (isBodyLost) receiver.lost({ type: 'body', stepId: event.stepId });
    }

    function write({ stepId, isMessages, written }: KnownStep): WriteEvent {
      const tUs = signed();
      const body = bytes(unsigned());
      const texts = createTexts(body, written, isMessages);
      const events: EmittedEvent[] = [];
      let [index, end, eventUs, cause] = [0, written, tUs, 0];
      for (let left = unsigned(); left > 0; left--) {
        index += signed();
        const offset = end + signed();
        eventUs += signed();
        const length = unsigned();
        cause += signed();
        end = offset + length;
        const [name, data] = unsigned() === 0 ? texts(offset, length) : elsewhere(bytes(unsigned()).toString('utf8'));
        events.push({ index, name, data, json: undefined, offset, length, tUs: eventUs, chunkIndex: cause === 0 ? null : cause - 1 });
      }
      return { type: 'client.write', stepId, tUs, bytes: body, events };
    }

    function record(kind: number): void {
      if (kind === NOTE) return note();
      const step = steps.get(unsigned());
      if (!step) throw new Error('A packed tap names a step that is not running.');
      const { stepId, isLinted } = step;
      if (kind === CHUNK) {
        const [attempt, index, tUs, size] = [unsigned(), unsigned(), signed(), unsigned()];
        receiver.tap({ type: 'upstream.chunk', stepId, attempt, index, tUs, bytes: bytes(size) }, isLinted);
      } else if (kind === WRITE) {
        const event = write(step);
        step.written += event.bytes.length;
        receiver.tap(event, isLinted);
      } else if (kind === LOST_CHUNK) {
        receiver.lost({ type: 'chunk', stepId, index: unsigned() });
      } else if (kind === LOST_WRITE) {
        const [size, eventCount, nextIndex] = [unsigned(), unsigned(), unsigned()];
        step.written += size;
        receiver.lost({ type: 'write', stepId, size, eventCount, nextIndex });
      } else {
        throw new Error(`There is no kind ${kind} of packed taps.`);
      }
    }

    while (at < view.length) record(unsigned());
  };
}

function isOrder(value: Note): value is Order {
  return ORDERS.has(value.type);
}

type NameAndData = [name: string | null, data: string];

function elsewhere(json: string): NameAndData {
  const [name, data] = asArray(parseJson(json));
  return [asString(name) ?? null, asString(data) ?? ''];
}

/** Finds the events' texts in the bytes of a write, which are decoded once when they are all ASCII. */
function createTexts(bytes: Buffer, start: number, isMessages: boolean): (offset: number, length: number) => NameAndData {
  const whole = bytes.toString('utf8');
  const isAscii = whole.length === bytes.length;
  let lastName = '';

  function nameIn(text: string, from: number, to: number): string {
    if (to - from !== lastName.length || !text.startsWith(lastName, from)) lastName = text.slice(from, to);
    return lastName;
  }

  return (offset, length) => {
    const from = offset - start;
    const text = isAscii ? whole.slice(from, from + length) : bytes.toString('utf8', from, from + length);
    if (isMessages) return [null, text.endsWith('\n') ? text.slice(0, -1) : text];
    const nameEnd = text.startsWith('event: ') ? text.indexOf('\n') : -1;
    const dataAt = nameEnd + 1;
    const lineEnd = text.indexOf('\n', dataAt);
    // Nearly all frames are these one or two lines; anything else is for the parser.
    const isPlain =
      nameEnd !== 7 && text.startsWith('data: ', dataAt) && lineEnd === text.length - 2 && text.endsWith('\n\n') && !text.includes('\r');
    if (isPlain) return [nameEnd === -1 ? null : nameIn(text, 7, nameEnd), text.slice(dataAt + 6, lineEnd)];
    const frameBytes = bytes.subarray(from, from + length);
    // A byte order mark is one at the beginning of the stream only; after a line end nothing is the beginning.
    const [frame] = readFrames(offset === 0 ? frameBytes : Buffer.concat([LINE_END, frameBytes]));
    return [frame?.event ?? null, frame?.data ?? ''];
  };
}

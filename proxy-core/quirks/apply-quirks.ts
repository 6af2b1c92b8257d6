/**
 * Puts quirks around a stream, in the order in which they are named: events first, then bytes and timing.
 * Pure; whoever serves the stream waits, writes and breaks off as the deliveries say.
 */
import { isObject, parseJsonObject } from '../protocol/json.ts';
import type { ResponsesEvent } from '../protocol/responses/wire.ts';
import { createFrameReader, type SseFrame } from '../sse/frame-reader.ts';
import type { Delivery, Quirk, QuirkAnswer, QuirkContext, QuirkDelivery, QuirkRequest, QuirkTransform } from './quirk.ts';

/** The first quirk that answers in the upstream's place. */
export function answerByQuirks(quirks: readonly Quirk[], request: QuirkRequest): QuirkAnswer | undefined {
  for (const quirk of quirks) {
    const answer = quirk.answer?.(request);
    if (answer) return answer;
  }
  return undefined;
}

/** All event changes in a row. Events are numbered anew, unless a quirk is about the numbers. */
export function createQuirkedEvents(quirks: readonly Quirk[], context: QuirkContext): QuirkTransform {
  const transforms = quirks.flatMap((quirk) => quirk.createTransform?.(context) ?? []);
  const keepsNumbers = transforms.length === 0 || quirks.some(({ hasOwnNumbers }) => hasOwnNumbers === true);
  let next: number | undefined;

  function number(event: ResponsesEvent): ResponsesEvent {
    if (keepsNumbers || typeof event.sequence_number !== 'number') return event;
    next ??= event.sequence_number;
    return { ...event, sequence_number: next++ };
  }

  function run(events: ResponsesEvent[], from: number): ResponsesEvent[] {
    return transforms.slice(from).reduce((current, transform) => current.flatMap((event) => transform.push(event)), events);
  }

  return {
    push: (event) => run([event], 0).map(number),
    end: () => transforms.flatMap((transform, index) => run(transform.end(), index + 1)).map(number),
  };
}

/** All changes of bytes and timing in a row; delays add up, also those of bytes that a later quirk holds back. */
export function createQuirkedDelivery(quirks: readonly Quirk[]): QuirkDelivery {
  const deliveries = quirks.flatMap((quirk) => (quirk.createDelivery ? [withDelays(quirk.createDelivery())] : []));
  let isOver = false;

  const pass = (incoming: Delivery[], delivery: DelayedDelivery) => incoming.flatMap((one) => delivery.push(one));

  function cut(outgoing: Delivery[]): Delivery[] {
    if (isOver) return [];
    const at = outgoing.findIndex(({ type }) => type === 'disconnect');
    isOver = at !== -1;
    return at === -1 ? outgoing : outgoing.slice(0, at + 1);
  }

  return {
    push: (bytes) => cut(deliveries.reduce<Delivery[]>(pass, [{ type: 'bytes', bytes, delayMs: 0 }])),
    end: () => cut(deliveries.flatMap((delivery, index) => deliveries.slice(index + 1).reduce(pass, delivery.end()))),
  };
}

/**
 * Both on a stream of SSE bytes that is not ours to make: a passed-through upstream, a recorded file.
 * Frames that hold no event ([DONE], say) go through; comments are lost.
 */
export function createQuirkedStream(quirks: readonly Quirk[], context: QuirkContext): QuirkDelivery {
  const events = createQuirkedEvents(quirks, context);
  const delivery = createQuirkedDelivery(quirks);
  const reader = createFrameReader();

  function toBytes(frames: SseFrame[]): Delivery[] {
    return frames.flatMap((frame) => {
      const json = parseJsonObject(frame.data);
      const isEvent = isObject(json) && typeof json.type === 'string';
      // A quirk that holds events back has to let them go before [DONE].
      const changed = isEvent ? events.push(json as ResponsesEvent) : events.end();
      const own = isEvent ? [] : [toFrame(frame.event, frame.data)];
      const texts = [...changed.map((event) => toFrame(frame.event === null ? null : event.type, JSON.stringify(event))), ...own];
      return texts.flatMap((text) => delivery.push(Buffer.from(text, 'utf8')));
    });
  }

  return {
    push: (bytes) => toBytes(reader.push(bytes)),
    end: () => {
      const last = toBytes(reader.end());
      const held = events.end().flatMap((event) => delivery.push(Buffer.from(toFrame(event.type, JSON.stringify(event)), 'utf8')));
      return [...last, ...held, ...delivery.end()];
    },
  };
}

interface DelayedDelivery {
  push(delivery: Delivery): Delivery[];
  end(): Delivery[];
}

/** Takes what the quirk before it puts out. The first bytes that leave wait for all that came in until then. */
function withDelays(delivery: QuirkDelivery): DelayedDelivery {
  let waitedMs = 0;

  function delayFirst(outgoing: Delivery[]): Delivery[] {
    const [first, ...rest] = outgoing;
    if (first?.type !== 'bytes') return outgoing;
    const delayMs = first.delayMs + waitedMs;
    waitedMs = 0;
    return [{ ...first, delayMs }, ...rest];
  }

  return {
    push(incoming) {
      if (incoming.type === 'disconnect') return [incoming];
      waitedMs += incoming.delayMs;
      return delayFirst(delivery.push(incoming.bytes));
    },
    end: () => delayFirst(delivery.end()),
  };
}

function toFrame(name: string | null, data: string): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`);
  return `${name === null ? '' : `event: ${name}\n`}${lines.join('')}\n`;
}

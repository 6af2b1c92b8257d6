/** The bridge's live feed as a test reads it: waits for one message, however long others take. */
import type { LiveMessage, ReadyObject } from '../../proxy-core/protocol/api/control-api.ts';

type DataOf<Event extends LiveMessage['event']> = Extract<LiveMessage, { event: Event }>['data'];

export interface LiveReader {
  /** The first message of this kind, from now on, that fits; messages before it are dropped. */
  next<Event extends LiveMessage['event']>(event: Event, fits?: (data: DataOf<Event>) => boolean): Promise<DataOf<Event>>;
  /** All bytes so far. */
  text(): string;
  close(): Promise<void>;
}

export async function openLive(ready: ReadyObject): Promise<LiveReader> {
  const gone = new AbortController();
  const reply = await fetch(`${ready.url}/api/live`, { headers: { authorization: `Bearer ${ready.token}` }, signal: gone.signal });
  const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let all = '';
  let rest = '';

  async function nextFrame(): Promise<string> {
    for (;;) {
      const at = rest.indexOf('\n\n');
      if (at >= 0) {
        const frame = rest.slice(0, at);
        rest = rest.slice(at + 2);
        return frame;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error('The live feed ended.');
      const text = decoder.decode(value, { stream: true });
      all += text;
      rest += text;
    }
  }

  return {
    text: () => all,
    async next<Event extends LiveMessage['event']>(event: Event, fits: (data: DataOf<Event>) => boolean = () => true) {
      for (;;) {
        const [head, line = ''] = (await nextFrame()).split('\n');
        if (head !== `event: ${event}`) continue;
        const data = JSON.parse(line.slice('data: '.length)) as DataOf<Event>;
        if (fits(data)) return data;
      }
    },
    async close() {
      gone.abort();
      await reader.cancel().catch(() => undefined); // aborting it is what ends it
    },
  };
}

/**
 * `/api/live` as callbacks: one EventSource for the whole page. The browser reconnects by itself; after
 * a reconnect the page asks again for what it shows, because events may have passed meanwhile.
 */
import type { LiveMessage } from '../../proxy-core/protocol/api/control-api.ts';
import { parseJsonObject } from '../../proxy-core/protocol/json.ts';

export interface LiveFeed {
  close(): void;
}

export function openLiveFeed(options: {
  onMessage: (message: LiveMessage) => void;
  /** `isAgain` is true for every connection after the first. */
  onConnected: (isAgain: boolean) => void;
  onLost: () => void;
}): LiveFeed {
  const source = new EventSource('/api/live');
  let isAgain = false;
  source.addEventListener('open', () => {
    options.onConnected(isAgain);
    isAgain = true;
  });
  source.addEventListener('error', () => options.onLost());
  for (const event of ['session', 'step', 'events', 'recorder', 'deleted'] as const) {
    source.addEventListener(event, (message: MessageEvent<string>) => {
      const data = parseJsonObject(message.data);
      if (data !== undefined) options.onMessage({ event, data } as unknown as LiveMessage);
    });
  }
  return { close: () => source.close() };
}

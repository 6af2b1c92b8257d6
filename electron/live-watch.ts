/**
 * Listens to the bridge's live feed for the tray and for notifications: how many streams are in flight, and
 * which steps ended badly. Tries again for as long as that bridge is the current one.
 */
import type { ReadyObject, Step } from '../proxy-core/protocol/api/control-api.ts';
import { parseJson } from '../proxy-core/protocol/json.ts';

export interface LiveWatchOptions {
  onStreaming: (count: number) => void;
  /** Once per step that failed or has error findings. */
  onTrouble: (step: Step) => void;
}

const RETRY_MS = 1_000;

/** Returns how to stop it. */
export function watchLive(ready: ReadyObject, { onStreaming, onTrouble }: LiveWatchOptions): () => void {
  const stopped = new AbortController();
  const streaming = new Set<string>();
  const told = new Set<string>();

  function take(step: Step): void {
    const before = streaming.size;
    if (step.status === 'streaming') streaming.add(step.id);
    else streaming.delete(step.id);
    if (streaming.size !== before) onStreaming(streaming.size);
    const isBad = step.status === 'failed' || (step.status !== 'streaming' && step.findingCounts.error > 0);
    if (!isBad || told.has(step.id)) return;
    told.add(step.id);
    onTrouble(step);
  }

  async function read(): Promise<void> {
    const reply = await fetch(`${ready.url}/api/live`, { headers: { authorization: `Bearer ${ready.token}` }, signal: stopped.signal });
    if (!reply.ok || !reply.body) throw new Error(`the live feed answered ${reply.status}`);
    const decoder = new TextDecoder();
    let text = '';
    for await (const bytes of reply.body as unknown as AsyncIterable<Uint8Array>) {
      const frames = (text + decoder.decode(bytes, { stream: true })).split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const step = toStep(frame);
        if (step) take(step);
      }
    }
  }

  function again(): void {
    if (stopped.signal.aborted) return;
    read()
      .catch(() => undefined) // the bridge is gone or restarting; whoever started it tells about that
      .finally(() => {
        if (!stopped.signal.aborted) setTimeout(again, RETRY_MS).unref();
      })
      .catch(() => undefined);
  }
  again();
  return () => stopped.abort();
}

function toStep(frame: string): Step | undefined {
  const lines = frame.split('\n');
  if (!lines.includes('event: step')) return undefined;
  const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
  return data === undefined ? undefined : (parseJson(data) as Step | undefined);
}

/** What the tests of the store's faults share: an upstream with a known stream, and clients that compare every byte. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BridgeInfo } from '../../proxy-core/protocol/api/control-api.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';
import { startFakeResponses } from '../helpers/fake-responses.ts';
import type { SpawnedBridge } from '../helpers/spawn-bridge.ts';

/** A Responses stream of this many text deltas; about 200 bytes each. */
export function textStream(deltas: number): Buffer {
  const response = {
    id: 'resp_up',
    object: 'response',
    created_at: 1_700_000_000,
    model: 'm',
    status: 'in_progress',
    output: [],
    usage: null,
  };
  const item = { id: 'msg_up', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const place = { item_id: 'msg_up', output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const words = Array.from({ length: deltas }, (_, i) => `word${i} `);
  const whole = { ...part, text: words.join('') };
  const done = { ...item, status: 'completed', content: [whole] };
  const usage = { input_tokens: 1, output_tokens: deltas, total_tokens: deltas + 1 };
  const events = [
    { type: 'response.created', response },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...place, part },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...place, text: whole.text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part: whole },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [done], usage } },
  ];
  return Buffer.from(
    events.map((event, at) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: at })}\n\n`).join(''),
  );
}

export interface Stage {
  upstreams: UpstreamConfig[];
  bytes: Buffer;
  /** One passed-through and one translated stream; @throws when a byte of the first or the end of the second is wrong. */
  ask(bridge: SpawnedBridge, text?: string): Promise<{ passed: string; translated: string }>;
  close(): Promise<void>;
}

export async function openStage(deltas = 300): Promise<Stage> {
  const bytes = textStream(deltas);
  const upstream = await startFakeResponses({ chunks: [bytes.subarray(0, 5_000), bytes.subarray(5_000)] });

  async function send(bridge: SpawnedBridge, path: string, body: object): Promise<{ step: string; bytes: Buffer }> {
    const reply = await fetch(`${bridge.ready.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { step: reply.headers.get('x-deltascope-step') ?? '', bytes: Buffer.from(await reply.arrayBuffer()) };
  }

  return {
    bytes,
    upstreams: [{ name: 'gw', kind: 'responses', baseURL: upstream.baseURL }],
    async ask(bridge, text = 'Hello') {
      // One after another: at once, the second would pass for a gateway's call that the first one made.
      const passed = await send(bridge, '/v1/responses', { model: 'm', stream: true, input: text });
      const translated = await send(bridge, '/u/demo/v1/responses', { model: 'demo-claude', stream: true, input: text });
      if (!passed.bytes.equals(bytes))
        throw new Error(`The stream did not arrive byte for byte: ${passed.bytes.length} of ${bytes.length}.`);
      if (!translated.bytes.toString('utf8').endsWith('data: [DONE]\n\n') || !translated.bytes.includes('event: response.completed')) {
        throw new Error(`The translated stream was cut: ${translated.bytes.toString('utf8').slice(-300)}`);
      }
      return { passed: passed.step, translated: translated.step };
    },
    close: upstream.close,
  };
}

export async function troubleOf(bridge: SpawnedBridge): Promise<string | null> {
  return (await bridge.api<BridgeInfo>('/api/info')).recorderTrouble;
}

export function makeDir(): string {
  return mkdtempSync(join(tmpdir(), 'deltascope-store-'));
}

/** A small disk of its own (tmpfs), where this user may mount one; undefined elsewhere. */
export function mountSmallDisk(sizeKb: number): { dir: string; remount(options: string): void; remove(): void } | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const dir = makeDir();
  try {
    mount('-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', dir);
  } catch {
    rmSync(dir, { recursive: true });
    return undefined; // root in a container that may not mount
  }
  mkdirSync(join(dir, 'data'), { mode: 0o700 });
  return {
    dir,
    remount: (options) => mount('-o', `remount,${options}`, dir),
    remove() {
      execFileSync('umount', ['-l', dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}

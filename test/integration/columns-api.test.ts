/** The columns of the page say the same as the events and chunks that the contract promises. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChunksPage, EventsPage, SessionsPage, SessionWithSteps, Step } from '../../proxy-core/protocol/api/control-api.ts';
import { unpackChunkColumns, type ChunkColumns } from '../../proxy-core/protocol/columns/chunk-columns.ts';
import { unpackEventColumns, type EventColumns } from '../../proxy-core/protocol/columns/event-columns.ts';
import { toChunkColumns, toEventColumns } from '../../renderer/model/example-rows.ts';
import { capturesFolder } from '../helpers/mock-sessions.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

let product: TestProxy;
const fromUtf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const ALL = 10_000;

beforeAll(async () => {
  product = await startProxy({ withSamples: true });
});
afterAll(() => product.close());

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const { url, token } = product.ready;
  return fetch(`${url}/api${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
}
const json = async <T>(path: string): Promise<T> => (await (await ask(path)).json()) as T;

const eventColumns = async (id: string, after: number, limit: number): Promise<EventColumns> =>
  unpackEventColumns(await (await ask(`/steps/${id}/columns/events?after=${after}&limit=${limit}`)).arrayBuffer(), fromUtf8);
const chunkColumns = async (id: string, after: number, limit: number): Promise<ChunkColumns> =>
  unpackChunkColumns(await (await ask(`/steps/${id}/columns/chunks?after=${after}&limit=${limit}`)).arrayBuffer(), fromUtf8);

/** What the columns say of each event, without the tables of one page. */
function eventFacts(pages: readonly EventColumns[]): unknown[] {
  return pages.flatMap((page) =>
    Array.from({ length: page.count }, (_, at) => ({
      index: page.first + at,
      type: page.types[page.type[at]!],
      id: page.ids[page.id[at]!] ?? null,
      tUs: page.tUs[at],
      outputIndex: page.outputIndex[at],
      chunk: page.chunk[at],
      text: page.text.slice(at === 0 ? 0 : page.textEnd[at - 1], page.textEnd[at]),
      more: page.more.find((more) => more.at === at)?.facts ?? null,
    })),
  );
}
function chunkFacts(pages: readonly ChunkColumns[]): unknown[] {
  return pages.flatMap((page) =>
    Array.from({ length: page.count }, (_, at) => ({ index: page.first + at, tUs: page.tUs[at], says: page.facts[page.fact[at]!] })),
  );
}

/** Compares one step with the contract's own routes, in pages of several sizes. @returns how many events it had. */
async function compare(step: Step): Promise<number> {
  const { events } = await json<EventsPage>(`/steps/${step.id}/events?limit=${ALL}`);
  const { chunks } = await json<ChunksPage>(`/steps/${step.id}/chunks?limit=${ALL}`);
  const wantedEvents = eventFacts([toEventColumns(events)]);
  const wantedChunks = chunkFacts([toChunkColumns(chunks)]);
  for (const limit of [ALL, 7]) {
    const eventPages: EventColumns[] = [];
    for (let after = -1; after + 1 < events.length; after += limit) eventPages.push(await eventColumns(step.id, after, limit));
    expect(eventFacts(eventPages), `${step.id} in pages of ${limit}`).toEqual(wantedEvents);
    const chunkPages: ChunkColumns[] = [];
    for (let after = -1; after + 1 < chunks.length; after += limit) chunkPages.push(await chunkColumns(step.id, after, limit));
    expect(chunkFacts(chunkPages), `${step.id} in pages of ${limit}`).toEqual(wantedChunks);
  }
  return events.length;
}

async function compareSession(id: string): Promise<number> {
  let count = 0;
  for (const step of (await json<SessionWithSteps>(`/sessions/${id}`)).steps) count += await compare(step);
  return count;
}

describe('columns', () => {
  it('equal the events and chunks of the sample sessions, and of a demo that runs through the bridge', async () => {
    await ask('/demo-runs', { method: 'POST' });
    const { sessions } = await json<SessionsPage>('/sessions');
    let count = 0;
    for (const session of sessions) count += await compareSession(session.id);
    expect(count).toBeGreaterThan(20);
  });

  it('are 404 for a step that is not there, and 400 for a limit that is none', async () => {
    expect((await ask('/steps/none/columns/events')).status).toBe(404);
    expect((await ask('/steps/none/columns/others')).status).toBe(404);
    expect((await ask('/steps/none/columns/events?limit=none')).status).toBe(400);
  });
});

const captures = capturesFolder();
describe.skipIf(captures === null)('columns of real captures (skipped without ../shared/captures)', () => {
  it('equal the events and chunks, whatever the upstream or the gateway sent', async () => {
    let examined = 0;
    for (const folder of readdirSync(captures!, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      for (const name of ['emitted.sse', 'upstream.sse']) {
        const file = join(folder.parentPath, folder.name, name);
        if (!existsSync(file)) continue;
        const reply = await ask('/imports', { method: 'POST', headers: { 'x-file-name': name }, body: readFileSync(file) });
        const { sessions } = (await reply.json()) as { sessions: string[] };
        for (const id of sessions) examined += await compareSession(id);
      }
    }
    expect(examined).toBeGreaterThan(0);
  }, 120_000);
});

/**
 * Secrets of many kinds, planted in every place that one can come in by, all at once; then every byte that the
 * bridge keeps or says is searched for them: the data folder, each value in the store unpacked, its search
 * index, stdout and stderr, the live feed, all answers of the control API, bundles and exports.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readZip } from '../../proxy-core/files/read-zip.ts';
import type { Session, SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';
import { openLive, type LiveReader } from '../helpers/live-reader.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, textStream } from './store-stage.ts';

let count = 0;
/** A secret that nothing else could be; the name tells which plant leaked. */
function plant(form: (core: string) => string): string {
  count += 1;
  return form(`Planted${count}x${'k9Zq3Vb7Tn2Lw8Rf5Hd1'.slice(0, 20)}${count}`);
}
const plain = (core: string) => core;

const secrets = {
  clientKey: plant((core) => `sk-proj-${core}`),
  clientXApiKey: plant(plain),
  clientCookie: plant(plain),
  clientProxyAuth: plant(plain),
  clientOwnHeader: plant(plain),
  queryKey: plant(plain),
  queryToken: plant(plain),
  geminiQueryKey: plant((core) => `AIza${core}`),
  pastedKey: plant((core) => `sk-ant-api03-${core}`),
  pastedGithub: plant((core) => `ghp_${core.replace(/\W/g, '')}${'a1'.repeat(8)}`),
  toolHeader: plant(plain),
  configuredKey: plant(plain),
  configuredHeader: plant(plain),
  envKey: plant(plain),
  urlPassword: plant(plain),
  deadUrlPassword: plant(plain),
  deadUrlKey: plant(plain),
  socketKey: plant(plain),
  socketProtocol: plant(plain),
  socketCookie: plant(plain),
  socketQuery: plant(plain),
  answeredCookie: plant(plain),
};
/** A file with a key in it, as a client would attach it. */
const dataUrlKey = plant((core) => `sk-proj-${core}`);
const dataUrl = Buffer.from(`OPENAI_API_KEY=${dataUrlKey}\nANOTHER=1\n`).toString('base64');

let dir: string;
let upstream: Server;
let upstreamUrl: string;
let bridge: SpawnedBridge;
let live: LiveReader;
/** The answer that is held in the middle, inside a key. */
let held: { finish: () => void; begun: Promise<void> };

beforeAll(async () => {
  dir = join(makeDir(), 'data');
  mkdirSync(dir);
  let begin: () => void = () => undefined;
  held = { finish: () => undefined, begun: new Promise((resolve) => (begin = resolve)) };
  upstream = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request.url ?? '', JSON.stringify(request.headers), response, begin));
  });
  upstream.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const config = join(dir, '..', 'config.json');
  const withLogin = upstreamUrl.replace('://', `://user:${secrets.urlPassword}@`);
  writeFileSync(
    config,
    JSON.stringify({
      upstreams: [
        { name: 'open', kind: 'responses', baseURL: `${upstreamUrl}/open/v1` },
        {
          name: 'configured',
          kind: 'responses',
          baseURL: `${upstreamUrl}/open/v1`,
          apiKey: secrets.configuredKey,
          headers: { 'x-gateway-secret': secrets.configuredHeader },
        },
        { name: 'claude', kind: 'anthropic', baseURL: `${upstreamUrl}/refuse`, apiKey: 'env:PLANTED_KEY' },
        { name: 'login', kind: 'openai-chat', baseURL: `${withLogin}/refuse/v1` },
        { name: 'gem', kind: 'gemini', baseURL: `${upstreamUrl}/refuse` },
        { name: 'dead', kind: 'responses', baseURL: `http://user:${secrets.deadUrlPassword}@127.0.0.1:1/v1?api_key=${secrets.deadUrlKey}` },
      ],
    }),
  );
  bridge = await spawnBridge(dir, [], { flags: ['--config', config], env: { PLANTED_KEY: secrets.envKey } });
  live = await openLive(bridge.ready);
});

afterAll(async () => {
  await live.close();
  await bridge.kill();
  upstream.closeAllConnections();
  upstream.close();
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

/** `/open` streams and repeats the client's key; `/refuse` answers 401 with everything it was sent, as careless servers do. */
function answer(url: string, headers: string, response: ServerResponse, begin: () => void): void {
  const own = { 'set-cookie': `session=${secrets.answeredCookie}; Path=/`, 'x-echo-authorization': secrets.clientKey };
  if (url.startsWith('/refuse')) {
    response.writeHead(401, { 'content-type': 'application/json', ...own });
    return void response.end(
      JSON.stringify({ error: { message: `Incorrect API key provided: ${headers} at ${url}`, type: 'invalid_request_error' } }),
    );
  }
  const word = (delta: string) =>
    `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', sequence_number: 1, item_id: 'msg_up', output_index: 0, content_index: 0, delta })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream', ...own });
  if (!url.includes('split')) {
    // The model says the key, whole and in pieces; the last events hold it whole again.
    const pieces = secrets.clientKey.match(/.{1,5}/g) ?? [];
    const all = textStream(3).toString('utf8').replaceAll('word0 ', `word0 ${secrets.clientKey} `);
    return void response.end(`${word(`Your key is ${secrets.clientKey}.`)}${pieces.map(word).join('')}${all}`);
  }
  // Cut in the middle of the key, so that it arrives in two reads.
  const whole = word(`Your key is ${secrets.clientKey}, is it not? ${dataUrlKey} ${secrets.pastedKey}`);
  const cut = whole.indexOf(secrets.clientKey) + 17;
  response.write(whole.slice(0, cut));
  held.finish = () => void response.end(whole.slice(cut) + textStream(3).toString('utf8'));
  begin();
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${bridge.ready.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function plantAll(): Promise<void> {
  const auth = { authorization: `Bearer ${secrets.clientKey}` };
  const ask = async (path: string, body: object, headers: Record<string, string> = auth) =>
    void (await (await post(path, body, headers)).text());
  const input = [
    { role: 'user', content: [{ type: 'input_text', text: `my key is ${secrets.pastedKey}, and ${secrets.pastedGithub}` }] },
    { role: 'user', content: [{ type: 'input_file', filename: 'env.txt', file_data: `data:text/plain;base64,${dataUrl}` }] },
  ];
  const tools = [
    { type: 'mcp', server_label: 'x', server_url: 'https://mcp.example', headers: { Authorization: `Bearer ${secrets.toolHeader}` } },
  ];
  const headers = {
    ...auth,
    'x-api-key': secrets.clientXApiKey,
    cookie: `a=b; session=${secrets.clientCookie}`,
    'proxy-authorization': `Basic ${secrets.clientProxyAuth}`,
    'x-team-token': secrets.clientOwnHeader,
  };
  await ask(
    `/v1/responses?api_key=${secrets.queryKey}&access_token=${secrets.queryToken}&a=1`,
    { model: 'm', stream: true, input, tools },
    headers,
  );
  // Large enough to be packed in the store, and to be taken apart for it.
  for (const words of [4_000, 40_000]) {
    await ask('/v1/responses', { model: 'm', stream: true, input: [...input, { role: 'user', content: 'word '.repeat(words) }], tools });
  }
  await ask('/u/configured/v1/responses', { model: 'm', stream: true, input, tools });
  await ask('/u/claude/v1/responses', { model: 'claude-x', stream: true, input: 'Hello' });
  await ask('/u/claude/v1/messages', { model: 'claude-x', max_tokens: 5, messages: [{ role: 'user', content: secrets.pastedKey }] });
  // An upstream that repeats every header it got, of a request that is passed through.
  await ask('/u/login/v1/chat/completions', { model: 'gpt-x', messages: [] }, headers);
  await ask('/u/login/v1/responses', { model: 'gpt-x', stream: true, input: 'Hello' });
  await ask(
    `/u/gem/v1beta/models/g:generateContent?key=${secrets.geminiQueryKey}`,
    { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
    {},
  );
  await ask('/u/dead/v1/responses', { model: 'm', stream: true, input: 'Hello' });
  await ask('/v1/responses', {
    model: 'demo/demo-claude',
    stream: true,
    store: true,
    input: `Remember ${secrets.pastedKey}`,
    instructions: secrets.clientKey,
  });
  // Not even JSON.
  await (await post('/v1/responses', `{"model": "m", "input": "${secrets.pastedKey}`, auth)).text();
  await plantSplit(auth);
  await plantInSocket();
}

/** The client gets both halves of its key as they come, and the record must not have it whole. */
async function plantSplit(auth: Record<string, string>): Promise<void> {
  const asked = post('/v1/responses?split=1', { model: 'm', stream: true, input: 'and split' }, auth);
  await held.begun;
  const reader = ((await asked).body as ReadableStream<Uint8Array>).getReader();
  let text = Buffer.from((await reader.read()).value ?? []).toString('utf8');
  // It is in the store by now, cut as it came.
  await bridge.api('/api/sessions');
  held.finish();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += Buffer.from(part.value).toString('utf8');
  expect(text).toContain(secrets.clientKey);
}

function plantInSocket(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(
      `${bridge.ready.url.replace('http', 'ws')}/v1/responses?token=${secrets.socketQuery}`,
      ['realtime', `openai-insecure-api-key.${secrets.socketProtocol}`],
      { headers: { authorization: `Bearer ${secrets.socketKey}`, cookie: `s=${secrets.socketCookie}` } },
    );
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'response.create', model: 'demo/demo-claude', input: `Hello ${secrets.socketKey}` })),
    );
    socket.on('message', (data: Buffer) => {
      if (!/"type":"(response\.(completed|failed)|error)"/.test(data.toString('utf8'))) return;
      socket.close();
      resolve();
    });
    socket.on('error', reject);
  });
}

/** Everything to be searched, by name. */
type Places = Map<string, Buffer>;

async function apiAnswers(): Promise<Places> {
  const places: Places = new Map();
  const get = async (path: string): Promise<Buffer> => {
    const reply = await fetch(`${bridge.ready.url}${path}`, { headers: { authorization: `Bearer ${bridge.ready.token}` } });
    const bytes = Buffer.concat([Buffer.from(JSON.stringify([...reply.headers])), Buffer.from(await reply.arrayBuffer())]);
    places.set(`GET ${path}`, bytes);
    return bytes;
  };
  await get('/api/info');
  await get('/api/sessions?limit=500');
  const { sessions } = await bridge.api<{ sessions: Session[] }>('/api/sessions?limit=500');
  expect(sessions.length).toBeGreaterThan(5);
  for (const { id } of sessions) {
    await get(`/api/sessions/${id}`);
    await get(`/api/sessions/${id}/export?format=har`);
    await get(`/api/sessions/${id}/export?format=jsonl`);
    await get(`/api/sessions/${id}/bundle/preview`);
    const reply = await fetch(`${bridge.ready.url}/api/sessions/${id}/bundle`, {
      headers: { authorization: `Bearer ${bridge.ready.token}` },
    });
    for (const [name, bytes] of await readZip(Buffer.from(await reply.arrayBuffer()), () => true))
      places.set(`bundle of ${id}: ${name}`, Buffer.from(bytes));
    const { steps } = await bridge.api<SessionWithSteps>(`/api/sessions/${id}`);
    for (const step of steps) {
      for (const part of [
        '',
        '/events?limit=10000',
        '/chunks?limit=10000',
        '/emitted',
        '/upstream',
        '/upstream?attempt=0',
        '/findings',
        '/verdicts',
      ]) {
        await get(`/api/steps/${step.id}${part}`);
      }
    }
  }
  return places;
}

function storedFiles(): Places {
  const places: Places = new Map();
  for (const name of readdirSync(dir)) places.set(`file ${name}`, readFileSync(join(dir, name)));
  return places;
}

/** Each value of each row, unpacked, and the words of the search index. */
function storedValues(): Places {
  const db = new Sqlite(join(dir, 'deltascope.db'), { readonly: true });
  const places: Places = new Map();
  const tables = db.prepare<[], { name: string }>("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'virtual'").all();
  for (const { name } of tables) {
    const values: Buffer[] = [];
    for (const row of db.prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`).all()) {
      for (const value of Object.values(row)) {
        if (typeof value === 'string') values.push(Buffer.from(value));
        else if (value instanceof Uint8Array) values.push(Buffer.from(value), inflate(value));
      }
    }
    places.set(`table ${name}`, Buffer.concat(values));
  }
  db.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'row')");
  places.set(
    'search index',
    Buffer.from(
      db
        .prepare<[], { term: string }>('SELECT term FROM words')
        .all()
        .map(({ term }) => term)
        .join('\n'),
    ),
  );
  db.close();
  return places;
}

function inflate(bytes: Uint8Array): Buffer {
  const view = Buffer.from(bytes);
  // Around blobs: a mark, a count, and eight bytes for each.
  const start = view[0] === 7 && view.length > 5 ? 5 + view.readUInt32LE(1) * 8 : 0;
  try {
    return inflateRawSync(view.subarray(start));
  } catch {
    return Buffer.alloc(0); // not packed
  }
}

/** Each secret as it stands, in the ways that it may be written, and the part of it that a search index would hold as a word. */
function formsOf(secret: string): string[] {
  const core = /Planted\d+x\w+/.exec(secret)?.[0] ?? secret;
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, ''), core, core.toLowerCase()];
}

function findLeaks(places: Places, allowed: (place: string, name: string) => boolean = () => false): string[] {
  const all = { ...secrets, dataUrlKey, dataUrl, token: bridge.ready.token };
  const leaks: string[] = [];
  for (const [place, bytes] of places) {
    const text = bytes.toString('latin1');
    for (const [name, secret] of Object.entries(all)) {
      if (formsOf(secret).some((form) => text.includes(form)) && !allowed(place, name)) leaks.push(`${name} in ${place}`);
    }
  }
  return leaks;
}

describe('planted secrets', () => {
  it('are found nowhere, while the bridge runs and after it', async () => {
    await plantAll();
    const answers = await apiAnswers();
    await live.next('session');
    answers.set('live feed', Buffer.from(live.text()));
    expect(answers.size).toBeGreaterThan(60);
    expect(findLeaks(answers)).toEqual([]);

    // The file that tells `run` and the desktop app of the bridge holds its token; only its owner reads it.
    const isBridgeFile = (place: string, name: string) => place === 'file bridge.json' && name === 'token';
    const running = storedFiles();
    expect([...running.keys()]).toContain('file deltascope.db-wal');
    expect(findLeaks(running, isBridgeFile)).toEqual([]);

    expect(await bridge.stop()).toBe(0);
    expect(findLeaks(storedFiles())).toEqual([]);
    const values = storedValues();
    expect(values.size).toBeGreaterThan(10);
    expect(findLeaks(values)).toEqual([]);
    // The ready object is for whoever started the bridge, and says how to reach it.
    const output = bridge
      .output()
      .split('\n')
      .filter((line) => !line.startsWith('{"type":"ready"'))
      .join('\n');
    expect(findLeaks(new Map([['output', Buffer.from(output)]]))).toEqual([]);
    // The search itself works: what is no secret is found, in the store and in the answers.
    expect(values.get('table bodies')?.includes('my key is ')).toBe(true);
    expect(values.get('search index')?.includes('remember')).toBe(true);
  });

  it('do not come out when the bridge can not start', async () => {
    const bad = { name: 'bad name', kind: 'responses', baseURL: `http://u:${secrets.urlPassword}@x/v1`, apiKey: secrets.configuredKey };
    const outputs: string[] = [];
    for (const upstreams of [
      [bad],
      [{ ...bad, name: 'x', kind: 'other' }],
      [{ ...bad, name: 'x', baseURL: `ftp://u:${secrets.urlPassword}@x` }],
    ]) {
      await spawnBridge(join(dir, 'none'), upstreams as never, { env: { OPENAI_API_KEY: secrets.envKey } }).catch((error: unknown) =>
        outputs.push(String(error)),
      );
    }
    expect(outputs).toHaveLength(3);
    expect(findLeaks(new Map(outputs.map((output, i) => [`output ${i}`, Buffer.from(output)])))).toEqual([]);
  });
});

import { buffer as collect } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { textStream } from '../protocol/lint/example-streams.ts';
import { toCaseEvents } from '../protocol/lint/run-case.ts';
import { readStreams } from './read-streams.ts';
import { readZip } from './read-zip.ts';
import { readZipStreams } from './zip-streams.ts';

const events = toCaseEvents(textStream());
const sse = events.map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`).join('');
const bytes = (text: string): Uint8Array => Buffer.from(text);

async function zip(members: Record<string, string | Uint8Array>): Promise<Uint8Array> {
  const file = new ZipFile();
  for (const [name, content] of Object.entries(members)) file.addBuffer(Buffer.from(content), name);
  file.end();
  return collect(file.outputStream as NodeJS.ReadableStream as AsyncIterable<Uint8Array> & NodeJS.ReadableStream);
}

const harEntry = (mimeType: string, text: string | undefined, url = 'https://api.openai.com/v1/responses', encoding?: string) => ({
  request: { method: 'POST', url, postData: { mimeType: 'application/json', text: '{"model":"m","input":"Hi"}' } },
  response: { status: 200, content: { size: 10, mimeType, ...(text === undefined ? {} : { text }), ...(encoding ? { encoding } : {}) } },
});
const har = (...entries: object[]): Uint8Array => bytes(JSON.stringify({ log: { version: '1.2', creator: { name: 'x' }, entries } }));

describe('readStreams', () => {
  it('takes a raw stream as it is', async () => {
    const { streams } = await readStreams('a.sse', bytes(sse));
    expect(streams).toEqual([{ name: 'a.sse', bytes: bytes(sse) }]);
  });

  it('strips the headers of curl -i, also those of a redirect before', async () => {
    const dump = `HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\n\r\nHTTP/2 200 \r\ncontent-type: text/event-stream\r\n\r\n${sse}`;
    const { streams } = await readStreams('dump.txt', bytes(dump));
    expect(Buffer.from(streams[0]?.bytes ?? []).toString()).toBe(sse);
  });

  it('strips what curl -v prints between', async () => {
    const dump = `* Connected to 127.0.0.1\n> POST /v1/responses HTTP/1.1\n> Host: x\n>\n{ [5 bytes data]\n< HTTP/1.1 200 OK\n< content-type: text/event-stream\n<\n${sse}* Connection closed\n`;
    const { streams } = await readStreams('dump.txt', bytes(dump));
    expect(Buffer.from(streams[0]?.bytes ?? []).toString()).toBe(sse);
  });

  it('finds the streams of a HAR with their requests, base64 too, and says what it left out', async () => {
    const { streams, skipped } = await readStreams(
      'a.har',
      har(
        harEntry('text/html', '<p>'),
        harEntry('text/event-stream', sse),
        harEntry('text/event-stream; charset=utf-8', Buffer.from(sse).toString('base64'), undefined, 'base64'),
        harEntry('text/event-stream', undefined),
        harEntry('text/event-stream', 'data: {"choices":[]}\n\n', 'https://api.openai.com/v1/chat/completions'),
      ),
    );
    expect(streams.map(({ name }) => name)).toEqual([
      'entries/1 POST https://api.openai.com/v1/responses',
      'entries/2 POST https://api.openai.com/v1/responses',
    ]);
    expect(streams.map((stream) => Buffer.from(stream.bytes).toString())).toEqual([sse, sse]);
    expect(streams[0]?.request).toEqual({ model: 'm', input: 'Hi' });
    expect(skipped.map(({ name }) => name.slice(0, 9))).toEqual(['entries/3', 'entries/4']);
  });

  it('reads a WebSocket recording with one message a line', async () => {
    const { streams } = await readStreams('ws.jsonl', bytes(events.map(({ data }) => data).join('\n')));
    expect(streams[0]?.messages).toHaveLength(events.length);
  });

  it('reads the steps of a bundle with request and upstream beside them, in order', async () => {
    const { streams } = await readStreams(
      'bundle.zip',
      await zip({
        'manifest.json': '{}',
        'steps/10/emitted.sse': sse,
        'steps/2/emitted.sse': sse,
        'steps/2/request.json': '{"model":"m","input":"Hi"}',
        'steps/2/upstream.sse': 'data: {"type":"message_start"}\n\n',
        'steps/10/request.json': '{"method":"POST","headers":[],"body":{"model":"n","input":"Hi"}}',
      }),
    );
    expect(streams.map(({ name, step, request }) => [name, step, request?.['model']])).toEqual([
      ['steps/2/emitted.sse', 2, 'm'],
      ['steps/10/emitted.sse', 10, 'n'],
    ]);
    expect(streams[0]?.upstream).toBeDefined();
  });

  it.each([
    ['nothing', ''],
    ['plain text', 'Internal Server Error'],
    ['a JSON error', '{"error":{"message":"no"}}'],
    ['a HAR without streams', '{"log":{"entries":[]}}'],
    ['headers without a body', 'HTTP/1.1 502 Bad Gateway\r\n\r\n'],
  ])('refuses %s', async (_, text) => {
    await expect(readStreams('x', bytes(text))).rejects.toThrow(/found in it|empty|none of the entries/);
  });
});

describe('zip limits', () => {
  it('refuses an archive that unpacks to too much', async () => {
    const bomb = await zip({ 'a.sse': Buffer.alloc(1_000_000, 32) });
    const limits = { maxMembers: 10, maxMemberBytes: 100_000, maxTotalBytes: 1_000_000 };
    await expect(readZipStreams(bomb, limits)).rejects.toThrow('unpacks to more than is allowed (member a.sse)');
  });

  it('refuses too many members', async () => {
    const many = await zip(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}.txt`, 'x'])));
    await expect(readZip(many, () => false, { maxMembers: 10, maxMemberBytes: 1, maxTotalBytes: 1 })).rejects.toThrow(
      'more than 10 members',
    );
  });

  it('refuses names that lead out of the archive', async () => {
    const sound = Buffer.from(await zip({ 'aa/evil.sse': sse }));
    const evil = Buffer.from(sound.toString('latin1').replaceAll('aa/evil.sse', '../evil.sse'), 'latin1');
    await expect(readStreams('x.zip', evil)).rejects.toThrow(/can't be read: invalid relative path/);
  });

  it('refuses a member that is longer than it says', async () => {
    const sound = Buffer.from(await zip({ 'a.sse': Buffer.alloc(5000, 32) }));
    // The uncompressed size in the central directory (offset 24 of its record).
    const record = sound.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    sound.writeUInt32LE(10, record + 24);
    await expect(readStreams('x.zip', sound)).rejects.toThrow("can't be read");
  });

  it('refuses a damaged archive', async () => {
    await expect(readStreams('x.zip', (await zip({ 'a.sse': sse })).subarray(0, 60))).rejects.toThrow("can't be read");
  });
});

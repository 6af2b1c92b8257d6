/**
 * A provider that talks at its own pace, over Anthropic's protocol and over Responses: a prompt of
 * `talk on` gets words until the connection ends, any other a short answer. For tests that cut it short.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asArray, asObject, asString, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';

export interface TalkingUpstream {
  origin: string;
  /** What the users said in the history of each Anthropic request, newest request last. */
  heard: string[][];
  close(): Promise<void>;
}

const TALK_ON = 'talk on';
const SHORT_WORDS = 6;
const PACE_MS = 2;

export async function startTalkingUpstream(): Promise<TalkingUpstream> {
  const heard: string[][] = [];
  let count = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = asObject(parseJson(Buffer.concat(parts).toString('utf8')));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const id = `${++count}`;
      if (request.url === '/v1/messages') {
        const texts = userTexts(body);
        heard.push(texts);
        talk(response, anthropicStream(id), texts.at(-1) === TALK_ON);
      } else talk(response, responsesStream(id), body['input'] === TALK_ON);
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The frames of one answer of a single text, piece by piece. */
export interface TalkFrames {
  begin: string;
  word: (text: string) => string;
  end: (words: string) => string;
}

/** Words come one by one and in bursts, so that writes of all sizes are cut. */
function talk(response: ServerResponse, frames: TalkFrames, isEndless: boolean): void {
  response.write(frames.begin);
  let index = 0;
  let words = '';
  const timer = setInterval(() => {
    const burst = index % 50 === 49 ? 20 : 1;
    let text = '';
    for (let i = 0; i < burst; i++) {
      const word = `wörd-${index++} `;
      text += frames.word(word);
      words += word;
    }
    if (isEndless || index < SHORT_WORDS) return void response.write(text);
    clearInterval(timer);
    response.end(text + frames.end(words));
  }, PACE_MS);
  response.on('close', () => clearInterval(timer));
}

const toFrame = (data: JsonObject): string => `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`;

export function anthropicStream(id: string): TalkFrames {
  const message = {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: 'c',
    content: [],
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  return {
    begin:
      toFrame({ type: 'message_start', message }) +
      toFrame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    word: (text) => toFrame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    end: () =>
      toFrame({ type: 'content_block_stop', index: 0 }) +
      toFrame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }) +
      toFrame({ type: 'message_stop' }),
  };
}

export function responsesStream(id: string): TalkFrames {
  const itemId = `msg_${id}`;
  const place = { item_id: itemId, output_index: 0, content_index: 0 };
  const item = { id: itemId, type: 'message', role: 'assistant', status: 'in_progress', content: [] as unknown[] };
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const response = {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1,
    model: 'm',
    status: 'in_progress',
    output: [] as unknown[],
    usage: null,
  };
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3, input_tokens_details: { cached_tokens: 0 } };
  let sequence = 0;
  const frame = (event: JsonObject) => toFrame({ ...event, sequence_number: sequence++ });
  return {
    begin:
      frame({ type: 'response.created', response }) +
      frame({ type: 'response.output_item.added', output_index: 0, item }) +
      frame({ type: 'response.content_part.added', ...place, part }),
    word: (delta) => frame({ type: 'response.output_text.delta', ...place, delta, logprobs: [] }),
    end(text) {
      const done = { ...item, status: 'completed', content: [{ ...part, text }] };
      return (
        frame({ type: 'response.output_text.done', ...place, text, logprobs: [] }) +
        frame({ type: 'response.content_part.done', ...place, part: { ...part, text } }) +
        frame({ type: 'response.output_item.done', output_index: 0, item: done }) +
        frame({ type: 'response.completed', response: { ...response, status: 'completed', output: [done], usage } })
      );
    },
  };
}

function userTexts(body: JsonObject): string[] {
  return asArray(body['messages'])
    .map(asObject)
    .filter(({ role }) => role === 'user')
    .map(
      ({ content }) =>
        asString(content) ??
        asArray(content)
          .map((part) => asString(asObject(part)['text']) ?? '')
          .join(''),
    );
}

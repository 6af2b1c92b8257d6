/** `.sse` files, curl dumps and WebSocket recordings as somebody's terminal left them. */
import type { FuzzTarget } from '../fuzz-target.ts';
import { responsesSeeds, sharedFiles } from '../seed-files.ts';
import { startImport } from './import.ts';

const HEAD = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/2 200 \r\ncontent-type: text/event-stream\r\n\r\n';
const VERBOSE = '* Connected to 127.0.0.1\n> POST /v1/responses HTTP/1.1\n> Host: x\n>\n* upload done\n< HTTP/1.1 200 OK\n<\n';

export const dumps: FuzzTarget = {
  name: 'dumps',
  seeds() {
    const streams = [...responsesSeeds(), ...sharedFiles('captures', /\.(?:log|txt|jsonl)$/)];
    const messages = Buffer.from(
      '{"type":"response.created","response":{"id":"resp_1"}}\n{"type":"response.completed","response":{"id":"resp_1"}}\n',
    );
    return [
      messages,
      ...streams,
      ...streams.slice(0, 5).flatMap((stream) => [HEAD, VERBOSE].map((head) => Buffer.concat([Buffer.from(head), stream]))),
    ];
  },
  cases: 200,
  start: startImport,
};

/**
 * The load generator, a process of its own. Told by messages what to send (Load), it answers with what it
 * saw (LoadReport). It reads bytes and looks at no event, so that its own work stays out of the result; only
 * `countDeltas` reads the text, to show that nothing is missing.
 */
import { Agent, request as send } from 'node:http';
import { isObject } from '../../proxy-core/protocol/json.ts';

export interface Load {
  url: string;
  headers: Record<string, string>;
  body: string;
  streams: number;
  /** Streams in flight at any time. */
  concurrency: number;
  /** What a whole answer contains, and a cut one does not. */
  marker: string;
  countDeltas?: boolean;
}

export interface LoadReport {
  elapsedMs: number;
  /** Per stream: from sending to the last byte, and to the first one of the body. */
  totalMs: number[];
  firstMs: number[];
  bytes: number;
  deltas: number;
  /** Answers that were not whole, in words. */
  faults: string[];
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

async function run(load: Load): Promise<LoadReport> {
  const report: LoadReport = { elapsedMs: 0, totalMs: [], firstMs: [], bytes: 0, deltas: 0, faults: [] };
  let left = load.streams;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) await one(load, report);
  };
  await Promise.all(Array.from({ length: Math.min(load.concurrency, load.streams) }, worker));
  report.elapsedMs = performance.now() - startedAt;
  return report;
}

function one({ url, headers, body, marker, countDeltas }: Load, report: LoadReport): Promise<void> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let firstAt = 0;
    let tail: Buffer = Buffer.alloc(0);
    let isWhole = false;
    const all: Buffer[] = [];
    const fail = (why: string): void => {
      report.faults.push(why);
      resolve();
    };
    const request = send(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } }, (reply) => {
      reply.on('data', (chunk: Buffer) => {
        if (firstAt === 0) firstAt = performance.now();
        report.bytes += chunk.length;
        if (countDeltas) all.push(chunk);
        // A marker that two reads share is found in the joint of both.
        isWhole ||= chunk.includes(marker) || Buffer.concat([tail, chunk.subarray(0, marker.length)]).includes(marker);
        tail = chunk.subarray(-marker.length);
      });
      reply.on('end', () => {
        const now = performance.now();
        if (reply.statusCode !== 200) return fail(`status ${reply.statusCode}`);
        if (!isWhole) return fail(`the answer ended without ${marker}`);
        report.totalMs.push(now - startedAt);
        report.firstMs.push(firstAt - startedAt);
        if (countDeltas) report.deltas += Buffer.concat(all).toString('utf8').split('_text.delta"').length - 1;
        resolve();
      });
      reply.on('error', (error) => fail(error.message));
    });
    request.on('error', (error) => fail(error.message));
    request.end(body);
  });
}

process.on('message', (message: unknown) => {
  if (!isObject(message)) return;
  void run(message as unknown as Load).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit(0));

/** One JSON body to the client, tapped like everything else. */
import type { ClientSink } from './client-sink.ts';
import type { Step } from './step.ts';

export interface JsonTarget {
  sink: ClientSink;
  step: Step;
  headers: () => Record<string, string>;
}

export async function sendJson(
  { sink, step, headers }: JsonTarget,
  status: number,
  value: unknown,
  extraHeaders: Record<string, string> = {},
): Promise<void> {
  const all = { ...extraHeaders, ...headers(), 'content-type': 'application/json; charset=utf-8' };
  sink.head(status, all);
  step.head(status, all);
  const bytes = Buffer.from(JSON.stringify(value), 'utf8');
  const drained = sink.write(bytes);
  step.write(bytes, []);
  await drained;
  sink.end();
}

/** A recorded body as the judge and the client models see it. */
import type { ExpectedContent } from '../protocol/repair/expected-content.ts';
import { readExpectedContent } from '../protocol/repair/expected-content.ts';
import { toRecordedEvents } from '../protocol/client-models/recorded-event.ts';
import { readFrames } from '../sse/frame-reader.ts';

export interface RecordedStep {
  bytes: Uint8Array;
  /** The decoded body; a byte order mark is kept, because some clients stumble over it. */
  text: string;
  expected: ExpectedContent;
}

export function readStep(bytes: Uint8Array): RecordedStep {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return { bytes, text, expected: readExpectedContent(toRecordedEvents(readFrames(bytes))) };
}

/**
 * The steps that a client goes through which does all right: the stream, its recorded second step when
 * it calls tools, and a plain answer as long as the last one still calls.
 */
export function toSteps(first: Uint8Array, second: Uint8Array | undefined): RecordedStep[] {
  const steps = [readStep(first)];
  const hasCalls = (): boolean => (steps.at(-1)?.expected.calls.length ?? 0) > 0;
  if (second && hasCalls()) steps.push(readStep(second));
  if (hasCalls()) steps.push(readStep(Buffer.from(PLAIN_ANSWER)));
  return steps;
}

/** A whole, clean answer: what comes after the recording is not under test. */
const PLAIN_ANSWER = writePlainAnswer('That is all.');

function writePlainAnswer(text: string): string {
  const id = 'msg_after_recording';
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  const item = { id, type: 'message', status: 'completed', role: 'assistant', content: [part] };
  const response = {
    ...{ id: 'resp_after_recording', object: 'response', created_at: 1760000000, status: 'in_progress', error: null },
    ...{
      incomplete_details: null,
      instructions: null,
      metadata: {},
      model: 'recorded',
      output: [] as unknown[],
      parallel_tool_calls: true,
    },
    ...{ temperature: 1, text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], top_p: 1, usage: null as unknown },
  };
  const usage = {
    ...{ input_tokens: 1, input_tokens_details: { cached_tokens: 0 }, output_tokens: 1 },
    ...{ output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 2 },
  };
  const at = { item_id: id, output_index: 0, content_index: 0 };
  const events: { type: string; [field: string]: unknown }[] = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...at, delta: text, logprobs: [] },
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
  ];
  return events.map((event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`).join('');
}

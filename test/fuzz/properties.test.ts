/** Values of any shape where the parsers expect their own: what random bytes rarely come to (fast-check). */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { FuzzTarget } from './fuzz-target.ts';
import { runCase } from './run-cases.ts';
import { config } from './targets/config.ts';
import { devtools } from './targets/devtools.ts';
import { filters } from './targets/filters.ts';
import { lint } from './targets/lint.ts';
import { repair } from './targets/repair.ts';
import { upstreamStream } from './targets/upstream-stream.ts';

/** Always the same, as in ./byte-fuzz.test.ts; fast-check prints it, and the smallest value that fails. */
const seed = Number(process.env['DELTASCOPE_FUZZ_SEED'] ?? 1);
const numRuns = 150;

const text = fc.string({ unit: 'binary', maxLength: 12 });
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 1, -1, 2 ** 53));
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.constantFrom('message', 'function_call', 'reasoning', 'x_1'));

/** Objects with the keys of a protocol and values that may or may not be right. */
function objectOf(keys: readonly string[], depth = 3): fc.Arbitrary<unknown> {
  const value: fc.Arbitrary<unknown> =
    depth === 0 ? scalar : fc.oneof(scalar, objectOf(keys, depth - 1), fc.array(objectOf(keys, depth - 1), { maxLength: 3 }));
  return fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });
}

function frames(types: readonly string[], keys: readonly string[]): fc.Arbitrary<Uint8Array> {
  const event = fc
    .tuple(fc.constantFrom(...types), objectOf(keys))
    .map(([type, fields]) => `data: ${JSON.stringify({ ...(fields as object), type })}\n\n`);
  return fc.array(event, { maxLength: 12 }).map((all) => Buffer.from(all.join('')));
}

const RESPONSES_TYPES = [
  'created',
  'in_progress',
  'completed',
  'failed',
  'output_item.added',
  'output_item.done',
  'content_part.added',
  'content_part.done',
].concat([
  'output_text.delta',
  'output_text.done',
  'function_call_arguments.delta',
  'function_call_arguments.done',
  'reasoning_summary_text.delta',
  'x',
]);
const responses = frames(
  RESPONSES_TYPES.map((type) => `response.${type}`),
  [
    'response',
    'item',
    'part',
    'item_id',
    'id',
    'output',
    'output_index',
    'content_index',
    'summary_index',
    'delta',
    'text',
    'status',
    'usage',
    'call_id',
    'name',
    'content',
    'summary',
  ],
);
const anthropic = frames(
  [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
    'error',
    'ping',
    'text_delta',
  ],
  [
    'message',
    'index',
    'content_block',
    'delta',
    'text',
    'thinking',
    'partial_json',
    'signature',
    'stop_reason',
    'usage',
    'output_tokens',
    'error',
    'id',
    'name',
    'content',
  ],
);
const chat = frames(
  ['chunk'],
  [
    'choices',
    'delta',
    'content',
    'reasoning_content',
    'tool_calls',
    'function',
    'name',
    'arguments',
    'index',
    'id',
    'finish_reason',
    'usage',
    'error',
    'message',
  ],
);
const gemini = frames(
  ['chunk'],
  [
    'candidates',
    'content',
    'parts',
    'text',
    'thought',
    'functionCall',
    'name',
    'args',
    'finishReason',
    'usageMetadata',
    'promptFeedback',
    'error',
    'groundingMetadata',
  ],
);
const toJson = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Uint8Array> => value.map((one) => Buffer.from(JSON.stringify(one)));

const cases: readonly (readonly [target: FuzzTarget, bytes: fc.Arbitrary<Uint8Array>])[] = [
  [lint, responses],
  [repair, responses],
  [upstreamStream('anthropic'), anthropic],
  [upstreamStream('openai-chat'), chat],
  [upstreamStream('gemini'), gemini],
  [
    config,
    toJson(
      objectOf(['upstreams', 'name', 'kind', 'baseURL', 'apiKey', 'headers', 'quirks', 'port', 'host', 'otel', 'keepSize', 'keepDays']),
    ),
  ],
  [
    devtools,
    toJson(
      objectOf(['runs', 'steps', 'id', 'run_id', 'raw_chunks', 'raw_request', 'log', 'entries', 'request', 'response', 'content', 'text']),
    ),
  ],
  [
    filters,
    fc
      .string({ unit: fc.constantFrom('type:', 'text:', 'event:', 'index:', '-', '"', '*', ' ', '..', '(', '\\', 'é', '9', 'a') })
      .map((one) => Buffer.from(one)),
  ],
];

describe('values of any shape', () => {
  it.each(cases.map(([target, bytes]) => [target.name, target, bytes] as const))(
    'are read or refused in words: %s',
    async (_name, target, bytes) => {
      const running = await target.start();
      await fc.assert(
        fc.asyncProperty(bytes, fc.nat(), (file, cuts) => runCase(running, file, cuts)),
        { seed, numRuns },
      );
      await running.stop?.();
    },
  );
});

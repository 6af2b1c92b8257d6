/**
 * What a reader does for a file four times as long is about four times as much. Counted in steps that V8 itself
 * counts (how often each block of our code ran), not in seconds; work inside one built-in call is not seen.
 */
import { Session, type Profiler } from 'node:inspector/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { translateRecorded } from '../../proxy-core/exchange/translate-recorded.ts';
import { lintStreams } from '../../proxy-core/linter/lint-streams.ts';
import { repairBytes } from '../../proxy-core/repair/repair-stream.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';

const SMALL = 500;
const TIMES = 4;
/** Four times the input may cost this many times the steps: logarithms and growing lists are no fault. */
const AT_MOST = 6;

type Wire = (count: number) => string;
const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const many = (count: number, one: (index: number) => string): string => Array.from({ length: count }, (_, index) => one(index)).join('');

const item = (index: number, id = `msg_${index}`): object => ({
  type: 'message',
  id,
  status: 'in_progress',
  role: 'assistant',
  content: [],
});
const added = (index: number, id?: string): string =>
  frame({ type: 'response.output_item.added', output_index: index, item: item(index, id) });
const done = (index: number): string => frame({ type: 'response.output_item.done', output_index: index, item: item(index) });
const delta = (id: string, index: number): string =>
  frame({ type: 'response.output_text.delta', item_id: id, output_index: index, content_index: 0, delta: 'x' });
const created = frame({ type: 'response.created', response: { id: 'resp_1', output: [] } });
const completed = (count: number, from = 0): string =>
  frame({
    type: 'response.completed',
    response: { id: 'resp_1', output: Array.from({ length: count }, (_, index) => item(index + from)) },
  });

const responses: Record<string, Wire> = {
  'deltas of one item': (count) => created + added(0) + many(count, () => delta('msg_0', 0)),
  'items that end': (count) => created + many(count, (index) => added(index) + done(index)) + completed(count),
  'items that never end': (count) => created + many(count, (index) => added(index) + delta(`msg_${index}`, index)),
  'items of one id': (count) => created + many(count, (index) => added(index, 'msg_same') + delta('msg_same', index)),
  'deltas of ids that nobody announced': (count) => created + many(count, (index) => delta(`chatcmpl-${index}`, index)),
  'deltas of ids that change': (count) => created + added(0) + many(count, (index) => delta(`chatcmpl-${index}`, 0)),
  'a final output of other ids': (count) => created + many(count, (index) => added(index) + done(index)) + completed(count, count),
  'types that nobody knows': (count) => many(count, (index) => frame({ type: `response.x${index}` })),
  'frames that are no JSON': (count) => added(0) + many(count, () => 'data: {\n\n'),
};

const anthropicBlock = (index: number): string =>
  frame({ type: 'content_block_start', index, content_block: { type: 'tool_use', id: `toolu_${index}`, name: 'n', input: {} } });
const upstreams: Record<'anthropic' | 'openai-chat' | 'gemini', Record<string, Wire>> = {
  anthropic: {
    'blocks that end': (count) => many(count, (index) => anthropicBlock(index) + frame({ type: 'content_block_stop', index })),
    'blocks that never end': (count) =>
      many(count, anthropicBlock) +
      many(count, (index) => frame({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: '1' } })),
    'deltas of blocks that never began': (count) =>
      many(count, (index) => frame({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: 'x' } })),
    citations: (count) =>
      frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      many(count, () =>
        frame({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: { type: 'x', cited_text: 'y' } } }),
      ),
  },
  'openai-chat': {
    'parallel calls': (count) =>
      many(count, (index) =>
        frame({
          choices: [{ index: 0, delta: { tool_calls: [{ index, id: `call_${index}`, function: { name: 'n', arguments: '{}' } }] } }],
        }),
      ),
    'deltas of text and reasoning in turn': (count) =>
      many(
        count,
        () =>
          frame({ choices: [{ index: 0, delta: { reasoning_content: 'r' } }] }) +
          frame({ choices: [{ index: 0, delta: { content: 'x' } }] }),
      ),
  },
  gemini: {
    'calls in one chunk': (count) =>
      frame({ candidates: [{ content: { parts: Array.from({ length: count }, () => ({ functionCall: { name: 'n', args: {} } })) } }] }),
    'text and thoughts in turn': (count) =>
      many(count, (index) => frame({ candidates: [{ content: { parts: [{ text: 'x', thought: index % 2 === 0 }] } }] })),
  },
};

const session = new Session();
beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
});
afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
});

/** How often blocks of our own code run while `work` does. */
async function countSteps(work: () => unknown): Promise<number> {
  await session.post('Profiler.takePreciseCoverage');
  work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ours = result.filter(({ url }) => url.includes('/proxy-core/'));
  return ours.flatMap(({ functions }) => functions.flatMap(toCounts)).reduce((sum, count) => sum + count, 0);
}

function toCounts({ ranges }: Profiler.FunctionCoverage): number[] {
  return ranges.map(({ count }) => count);
}

async function expectProportion(wire: Wire, read: (bytes: Uint8Array) => unknown): Promise<void> {
  const [small, large] = [SMALL, SMALL * TIMES].map((count) => Buffer.from(wire(count))) as [Buffer, Buffer];
  read(small);
  const few = await countSteps(() => read(small));
  const many = await countSteps(() => read(large));
  expect(few).toBeGreaterThan(SMALL);
  expect(many / few).toBeLessThan(AT_MOST);
}

describe('the work grows as the bytes do', () => {
  it.each(Object.entries(responses))('in lint: %s', (_name, wire) =>
    expectProportion(wire, (bytes) => lintStreams([{ name: 'x.sse', bytes }])),
  );
  it.each(Object.entries(responses))('in repair: %s', (_name, wire) =>
    expectProportion(wire, (bytes) => repairBytes(bytes, { createdAt: 1 })),
  );
  for (const kind of ['anthropic', 'openai-chat', 'gemini'] as const) {
    it.each(Object.entries(upstreams[kind]))(`in ${kind}: %s`, (_name, wire) =>
      expectProportion(wire, (bytes) => translateRecorded({ bytes, translator: translators[kind] })),
    );
  }
});

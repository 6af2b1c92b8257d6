/** Random legal Anthropic streams: what goes in comes out, in order, each block closed, one end. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { createPlaybook } from '../shared/playbook.ts';
import type { UpstreamFrame } from '../upstream.ts';
import { createAnthropicStreamMachine } from './stream.ts';

const pieces = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 4 });
const block = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pieces }),
  fc.record({ kind: fc.constant('thinking' as const), pieces }),
  fc.record({ kind: fc.constant('tool_use' as const), pieces }),
  fc.record({ kind: fc.constant('redacted_thinking' as const), pieces: fc.constant([] as string[]) }),
  fc.record({ kind: fc.constant('container_upload' as const), pieces: fc.constant([] as string[]) }),
);
type Block = { kind: string; pieces: string[] };

const frame = (type: string, data: JsonObject): UpstreamFrame => ({ event: type, data: JSON.stringify({ type, ...data }) });

function toFrames(blocks: Block[], stopReason: string): UpstreamFrame[] {
  const body = blocks.flatMap(({ kind, pieces: parts }, index) => [
    frame('content_block_start', {
      index,
      content_block: { type: kind, id: `toolu_${index}`, name: 'tool', data: 'X', text: '', thinking: '' },
    }),
    ...parts.map((part) => frame('content_block_delta', { index, delta: toDelta(kind, part) })),
    ...(kind === 'thinking' ? [frame('content_block_delta', { index, delta: { type: 'signature_delta', signature: `sig${index}` } })] : []),
    frame('ping', {}),
    frame('content_block_stop', { index }),
  ]);
  return [
    frame('message_start', { message: { id: 'msg_1', usage: { input_tokens: 1, output_tokens: 1 } } }),
    ...body,
    frame('message_delta', { delta: { stop_reason: stopReason }, usage: { output_tokens: 2 } }),
    frame('message_stop', {}),
  ];
}

function toDelta(kind: string, part: string): JsonObject {
  if (kind === 'text') return { type: 'text_delta', text: part };
  return kind === 'thinking' ? { type: 'thinking_delta', thinking: part } : { type: 'input_json_delta', partial_json: part };
}

function run(frames: UpstreamFrame[]): StreamEvent[] {
  const request = { model: 'claude', body: {}, items: [], tools: [], toolChoice: { type: 'auto' as const } };
  const machine = createAnthropicStreamMachine({ request, built: { body: {}, warnings: [] } });
  return createPlaybook(machine)
    .send(...frames)
    .end().outputs;
}

/** Neighbouring texts are one. */
function expectedContent(blocks: Block[]): string[] {
  const content: [string, string][] = [];
  for (const { kind, pieces: parts } of blocks) {
    const last = content.at(-1);
    if (kind === 'text' && last?.[0] === 'text') last[1] += parts.join('');
    else content.push([kind, parts.join('')]);
  }
  return content.filter(([kind]) => kind !== 'container_upload').map(([kind, value]) => `${kind.replace('redacted_', '')}:${value}`);
}

it('keeps all content, in order, and closes every block exactly once before the one finish', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 7 }), fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'refusal'), (blocks, reason) => {
      const events = run(toFrames(blocks, reason));
      const open = new Map<string, string>();
      const seen: string[] = [];
      for (const event of events) {
        if (!('key' in event)) continue;
        const kind = event.type.startsWith('text') ? 'text' : event.type.startsWith('reasoning') ? 'thinking' : 'tool_use';
        if (event.type.endsWith('-start')) {
          expect(open.has(event.key)).toBe(false);
          open.set(event.key, '');
        } else if (event.type.endsWith('-end')) {
          seen.push(`${kind}:${open.get(event.key) ?? 'never started'}`);
          open.delete(event.key);
        } else if (event.type === 'text-delta' || event.type === 'reasoning-delta')
          open.set(event.key, `${open.get(event.key)}${event.text}`);
        else if (event.type === 'tool-input-delta') open.set(event.key, `${open.get(event.key)}${event.delta}`);
      }
      expect(seen).toEqual(expectedContent(blocks));
      expect(open.size).toBe(0);
      expect(events.filter((event) => event.type === 'finish' || event.type === 'error')).toHaveLength(1);
      expect(events.at(-1)?.type).toBe('finish');
    }),
    { numRuns: 300 },
  );
});

it('a stream that is cut anywhere before its stop reason never finishes', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 5 }), fc.nat(), (blocks, cut) => {
      const frames = toFrames(blocks, 'end_turn').slice(0, -2);
      const events = run(frames.slice(0, cut % (frames.length + 1)));
      expect(events.filter((event) => event.type === 'finish')).toEqual([]);
      expect(events.at(-1)?.type).toBe('error');
    }),
  );
});

/**
 * Every recorded Anthropic stream through the stream machine, against a reading of the same bytes that knows
 * nothing of it; and every recorded client request through the request builder, against the rules of the API.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findFault } from '../../proxy-core/demo/demo-request.ts';
import { toInputItems } from '../../proxy-core/history/input-items.ts';
import { resolveTools } from '../../proxy-core/history/tools.ts';
import { asArray, asNumber, asObject, asString, parseJson, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import type { StreamEvent } from '../../proxy-core/protocol/stream/stream-event.ts';
import { createFrameReader, type SseFrame } from '../../proxy-core/sse/frame-reader.ts';
import { anthropicUpstream } from '../../proxy-core/upstreams/anthropic/index.ts';
import { hasShared, readCorpus, readCorpusFile, sharedPath } from '../helpers/shared-data.ts';

/** `[kind, content]` of each block in order; text that follows text is one. */
type Content = [kind: string, content: string][];

function addTo(content: Content, kind: string, value: string): void {
  const last = content.at(-1);
  if (kind === 'text' && last?.[0] === 'text') last[1] += value;
  else content.push([kind, value]);
}

/** Straight from the frames: what the provider said, block by block. */
function readUpstream(frames: SseFrame[]): Content {
  const blocks: { kind: string; content: string }[] = [];
  const open = new Map<number, { kind: string; content: string }>();
  for (const frame of frames) {
    const data = parseJsonObject(frame.data) ?? {};
    // Three recordings hold several answers one behind the other; a stream is over at its message_stop.
    if (data.type === 'message_stop') break;
    const index = asNumber(data.index) ?? 0;
    const block = asObject(data.content_block);
    const delta = asObject(data.delta);
    if (data.type === 'content_block_start') {
      const kind = asString(block.type) ?? '';
      const started = { kind, content: asString(block.text) ?? asString(block.thinking) ?? '' };
      blocks.push(started);
      open.set(index, started);
    }
    const current = open.get(index);
    if (data.type === 'content_block_delta' && current) {
      current.content += asString(delta.text) ?? asString(delta.thinking) ?? asString(delta.partial_json) ?? '';
    }
  }
  const content: Content = [];
  for (const { kind, content: value } of blocks) {
    if (kind === 'text' || kind === 'thinking' || kind === 'tool_use') addTo(content, kind, value);
    else if (kind === 'redacted_thinking') addTo(content, 'thinking', '');
    else addTo(content, 'other', '');
  }
  return content.filter(([kind, value]) => kind !== 'other' && (kind !== 'text' || value !== ''));
}

function readEvents(events: StreamEvent[]): Content {
  const blocks = new Map<string, [kind: string, content: string]>();
  for (const event of events) {
    if (event.type === 'text-start') blocks.set(event.key, ['text', '']);
    if (event.type === 'reasoning-start') blocks.set(event.key, ['thinking', '']);
    if (event.type === 'tool-input-start') blocks.set(event.key, ['tool_use', '']);
    const block = 'key' in event ? blocks.get(event.key) : undefined;
    if (block && (event.type === 'text-delta' || event.type === 'reasoning-delta')) block[1] += event.text;
    if (block && event.type === 'tool-input-delta') block[1] += event.delta;
  }
  return [...blocks.values()].filter(([kind, value]) => kind !== 'text' || value !== '');
}

describe.skipIf(!hasShared('corpus'))('the Anthropic corpus', () => {
  it('every stream arrives whole, in order, and ends exactly once', () => {
    const entries = readCorpus('anthropic');
    expect(entries.length).toBeGreaterThan(0);
    const notTranslated: Record<string, number> = {};
    const ends: Record<string, number> = {};
    for (const entry of entries) {
      const reader = createFrameReader();
      const frames = [...reader.push(readCorpusFile(entry)), ...reader.end()];
      const request = { model: 'claude', body: {}, items: [], tools: [], toolChoice: { type: 'auto' as const } };
      const machine = anthropicUpstream.createStreamMachine({ request, built: { body: {}, warnings: [] } });
      let state = machine.initialState();
      const events: StreamEvent[] = [];
      for (const frame of frames) events.push(...machine.step(state, frame).outputs);
      ({ state } = machine.end(state, { type: 'completed' }));
      // A second end says nothing more.
      events.push(...machine.end(state, { type: 'completed' }).outputs);

      const terminal = events.filter(({ type }) => type === 'finish' || type === 'error' || type === 'pause');
      expect(terminal, entry.file).toHaveLength(1);
      expect(events.at(-1), entry.file).toBe(terminal[0]);
      expect(readEvents(events), entry.file).toEqual(readUpstream(frames));
      const end = terminal[0]?.type === 'finish' ? terminal[0].reason : (terminal[0]?.type ?? 'none');
      ends[end] = (ends[end] ?? 0) + 1;
      for (const event of events) {
        if (event.type !== 'warning') continue;
        const what = `${event.code} ${/\ba (\S+(?: \(\S+\))?) block/.exec(event.message)?.[1] ?? ''}`.trim();
        notTranslated[what] = (notTranslated[what] ?? 0) + 1;
      }
    }
    console.log(`anthropic corpus: ${entries.length} streams, ends ${JSON.stringify(ends)}, warnings ${JSON.stringify(notTranslated)}`);
  });
});

describe.skipIf(!hasShared('client-requests'))('the requests of real clients', () => {
  it('every body is accepted and becomes one that Anthropic takes', () => {
    const folder = sharedPath('client-requests');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    const warnings: Record<string, number> = {};
    for (const file of files) {
      const recorded = asObject(parseJson(readFileSync(`${folder}/${file}`, 'utf8')));
      const body = asObject(recorded.body ?? recorded);
      // References need the store of the session they come from; here the rest of the request is what counts.
      const items = toInputItems(body.input, (prefix) => `${prefix}_1`).filter((item) => item.type !== 'item_reference');
      const { tools, toolChoice } = resolveTools(body);
      for (const model of ['claude-opus-5', 'claude-sonnet-4-5', 'claude-3-haiku-20240307']) {
        const built = anthropicUpstream.buildRequest(
          { model, body, items: items.map((item) => ({ item, source: 'input' })), tools, toolChoice },
          {
            config: { name: 'anthropic', kind: 'anthropic', baseURL: 'http://127.0.0.1:1' },
            capabilities: undefined,
            createId: (prefix) => `${prefix}_1`,
          },
        );
        expect(findFault(built.body, '2026-10-21'), `${file} for ${model}`).toBeUndefined();
        for (const tool of asArray(built.body.tools).map(asObject)) expect(asObject(tool.input_schema).type, file).toBe('object');
        for (const { code, param } of built.warnings) warnings[`${code} ${param ?? ''}`] = (warnings[`${code} ${param ?? ''}`] ?? 0) + 1;
      }
    }
    console.log(`client requests: ${files.length} bodies for 3 models, warnings ${JSON.stringify(warnings)}`);
  });
});

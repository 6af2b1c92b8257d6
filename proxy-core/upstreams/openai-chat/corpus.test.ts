/**
 * Every recorded Chat Completions stream of the shared corpus goes through the machine: what comes out is
 * what the file holds, in the file's order, with exactly one end. The reference reader below knows nothing
 * of the machine. Skipped, with a reason, where the corpus is not there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { readFrames, type SseFrame } from '../../sse/frame-reader.ts';
import { createChatStreamMachine } from './stream.ts';

const CORPUS = resolve(import.meta.dirname, '../../../../shared/corpus');
const isThere = existsSync(join(CORPUS, 'index.json'));
if (!isThere) console.log('corpus of chat streams: skipped, ../shared/corpus is not there');

const readFiles = (): string[] =>
  asArray(parseJson(readFileSync(join(CORPUS, 'index.json'), 'utf8')))
    .map(asObject)
    .filter((entry) => entry.api === 'openai-chat')
    .map((entry) => entry.file as string);

/** `reasoning Hm.`, `text Hi`, `call f {"x":1}` in the order in which they begin. */
interface Piece {
  kind: string;
  name: string;
  text: string;
}
const toLines = (pieces: Piece[]): string[] =>
  pieces.filter(({ kind, text }) => kind === 'call' || text !== '').map(({ kind, name, text }) => `${kind} ${name}${text}`);

/** What the file holds, read as simply as possible. */
function readExpected(frames: SseFrame[]): { lines: string[]; isWhole: boolean } {
  const pieces: Piece[] = [];
  const calls = new Map<string, Piece>();
  let finishReason: unknown;
  let hasError = false;
  let isDone = false;
  const add = (kind: string, text: string): void => {
    if (text === '') return;
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, name: '', text });
  };
  for (const { data, event } of frames) {
    if (data.trim() === '[DONE]') isDone = true;
    const payload = asObject(parseJson(data));
    if (event === 'error' || isObject(payload.error)) hasError = true;
    const choice = asArray(payload.choices)
      .map(asObject)
      .find(({ index }) => (index ?? 0) === 0);
    const delta = asObject(choice?.delta);
    finishReason = choice?.finish_reason || finishReason;
    const details = asArray(delta.reasoning_details).map((one) => asString(asObject(one).text) ?? asString(asObject(one).summary) ?? '');
    add('reasoning', asString(delta.reasoning_content) || asString(delta.reasoning) || details.join(''));
    if (typeof delta.content === 'string') add('text', delta.content);
    for (const block of asArray(delta.content).map(asObject)) {
      for (const one of asArray(block.thinking)) add('reasoning', asObject(one).text as string);
      add('text', asString(block.text) ?? '');
    }
    add('refusal', asString(delta.refusal) ?? '');
    for (const [position, one] of asArray(delta.tool_calls).map(asObject).entries()) addCall(one, position);
    if (isObject(delta.function_call)) addCall({ index: 0, function: delta.function_call }, 0);
  }
  return { lines: toLines(pieces), isWhole: !hasError && (finishReason !== undefined || isDone) };

  function addCall(call: JsonObject, position: number): void {
    const target = asObject(call.function);
    // In this corpus an index names one call, except at Mistral, which repeats index 0 with whole calls.
    const last = [...calls.keys()].at(-1);
    const byId = call.id && call.index === undefined ? `id ${asString(call.id)}` : undefined;
    let key = byId ?? (call.index === undefined ? (last ?? `at ${position}`) : `index ${JSON.stringify(call.index)}`);
    const known = calls.get(key);
    if (known && target.name && known.name !== `${asString(target.name)} `) key += ` ${asString(target.name)}`;
    let piece = calls.get(key);
    if (!piece) {
      piece = { kind: 'call', name: `${asString(target.name)} `, text: '' };
      calls.set(key, piece);
      pieces.push(piece);
    }
    const text = isObject(target.arguments) ? JSON.stringify(target.arguments) : (asString(target.arguments) ?? '');
    piece.text += text;
  }
}

function translate(frames: SseFrame[]): StreamEvent[] {
  const request = { model: 'm', body: {}, items: [], tools: [], toolChoice: { type: 'auto' as const } };
  const machine = createChatStreamMachine({ request, built: { body: {}, warnings: [] } });
  let state = machine.initialState();
  const events = frames.flatMap((frame) => {
    const result = machine.step(state, frame);
    state = result.state;
    return result.outputs;
  });
  return [...events, ...machine.end(state, { type: 'completed' }).outputs];
}

function readActual(events: StreamEvent[]): string[] {
  const pieces = new Map<string, Piece>();
  for (const event of events) {
    if (!('key' in event)) continue;
    if (event.type === 'tool-input-start') pieces.set(event.key, { kind: 'call', name: `${event.name} `, text: '' });
    else if (event.type.endsWith('-start')) pieces.set(event.key, { kind: event.type.slice(0, -'-start'.length), name: '', text: '' });
    const piece = pieces.get(event.key);
    if (piece && 'text' in event) piece.text += event.text;
    if (piece && event.type === 'tool-input-delta') piece.text += event.delta;
  }
  return toLines([...pieces.values()]);
}

describe.skipIf(!isThere)('corpus of chat streams', () => {
  it('translates every file to what it holds, with one end', () => {
    let examined = 0;
    const failed: string[] = [];
    for (const file of readFiles()) {
      const frames = readFrames(readFileSync(join(CORPUS, file)));
      const expected = readExpected(frames);
      const events = translate(frames);
      const ends = events.filter((event) => event.type === 'finish' || event.type === 'error');
      expect(ends, file).toHaveLength(1);
      expect(events.at(-1), file).toBe(ends[0]);
      expect(ends[0]?.type, file).toBe(expected.isWhole ? 'finish' : 'error');
      expect(readActual(events), file).toEqual(expected.lines);
      const openAtOnce = countOpenAtOnce(events);
      expect(openAtOnce, file).toBeLessThanOrEqual(1);
      if (ends[0]?.type === 'error') failed.push(file);
      examined += 1;
    }
    expect(examined).toBeGreaterThan(0);
    console.log(`corpus of chat streams: ${examined} examined; ended by an error or cut: ${failed.join(', ')}`);
  });
});

/** Blocks follow each other; the emitter need not hold anything back. */
function countOpenAtOnce(events: StreamEvent[]): number {
  let open = 0;
  let most = 0;
  for (const { type } of events) {
    if (type.endsWith('-start')) most = Math.max(most, ++open);
    if (type.endsWith('-end')) open -= 1;
  }
  return most;
}

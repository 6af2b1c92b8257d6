/** Every recorded Gemini stream goes through the machine; what comes out is compared with a plain reading of the file. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import type { BridgeRequest } from '../upstream.ts';
import { createGeminiStreamMachine } from './stream.ts';

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const hasCorpus = existsSync(`${CORPUS}index.json`);
if (!hasCorpus) console.log(`skipped: no recorded streams at ${CORPUS}`);

/** ['text', …], ['thought', …] and ['call', name, arguments], in the order of the stream. */
type Content = [kind: string, ...fields: string[]];

function filesOf(api: string): string[] {
  const index = asArray(parseJson(readFileSync(`${CORPUS}index.json`, 'utf8'))).map(asObject);
  return index.filter((entry) => entry.api === api).map((entry) => asString(entry.file) ?? '');
}

function translate(bytes: Uint8Array): StreamEvent[] {
  const request: BridgeRequest = { model: 'gemini', body: {}, items: [], tools: [], toolChoice: { type: 'auto' } };
  const machine = createGeminiStreamMachine({ request, built: { body: {}, warnings: [] } });
  let state = machine.initialState();
  const events: StreamEvent[] = [];
  for (const frame of readFrames(bytes)) {
    const result = machine.step(state, frame);
    state = result.state;
    events.push(...result.outputs);
  }
  return [...events, ...machine.end(state, { type: 'completed' }).outputs];
}

function contentOf(events: StreamEvent[]): Content[] {
  const contents: Content[] = [];
  const byKey = new Map<string, Content>();
  const open = (key: string, content: Content) => {
    contents.push(content);
    byKey.set(key, content);
  };
  for (const event of events) {
    if (event.type === 'text-start') open(event.key, ['text', '']);
    if (event.type === 'reasoning-start') open(event.key, ['thought', '']);
    if (event.type === 'tool-input-start') open(event.key, ['call', event.name, '']);
    const content = 'key' in event ? byKey.get(event.key) : undefined;
    const last = (content?.length ?? 0) - 1;
    if (content && (event.type === 'text-delta' || event.type === 'reasoning-delta')) content[last] += event.text;
    if (content && event.type === 'tool-input-delta') content[last] += event.delta;
  }
  // An empty reasoning block is only the carrier of a signature.
  return contents.filter(([kind, text]) => kind !== 'thought' || text !== '');
}

/** The same from the file, read line by line with nothing of the machine. */
function readContent(text: string): Content[] {
  const contents: Content[] = [];
  let args: JsonObject | undefined;
  const append = (kind: string, piece: string) => {
    const last = contents.at(-1);
    if (piece === '') return;
    if (last?.[0] === kind) last[1] += piece;
    else contents.push([kind, piece]);
  };
  for (const line of text.split(/\r?\n/).filter((one) => one.startsWith('data:'))) {
    for (const candidate of asArray(asObject(parseJson(line.slice(5))).candidates).map(asObject)) {
      for (const part of asArray(asObject(candidate.content).parts).map(asObject)) {
        if (typeof part.text === 'string') append(part.thought === true ? 'thought' : 'text', part.text);
        if (!isObject(part.functionCall)) continue;
        const call = part.functionCall;
        if (asString(call.name)) {
          args = asObject(call.args);
          contents.push(['call', asString(call.name) ?? '', '']);
        }
        for (const piece of asArray(call.partialArgs).map(asObject)) addPiece(args ?? {}, piece);
        (contents.at(-1) as Content)[2] = JSON.stringify(args);
      }
    }
  }
  return contents;
}

function addPiece(root: JsonObject, piece: JsonObject): void {
  const steps = (asString(piece.jsonPath) ?? '').split(/[$.[\]]+/).filter(Boolean);
  const last = steps.pop() ?? '';
  let place = root as Record<string, unknown>;
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1] ?? last;
    place = (place[step] ??= /^\d+$/.test(next) ? [] : {}) as Record<string, unknown>;
  }
  place[last] = `${asString(place[last]) ?? ''}${asString(piece.stringValue) ?? ''}`;
}

describe.skipIf(!hasCorpus)('gemini stream: recorded streams', () => {
  const files = hasCorpus ? filesOf('gemini') : [];

  it('finds recorded streams', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  for (const file of files) {
    it(`keeps all content of ${file}`, () => {
      const bytes = readFileSync(CORPUS + file);
      const events = translate(bytes);
      expect(contentOf(events)).toEqual(readContent(bytes.toString('utf8')));
      const ends = events.filter(({ type }) => type === 'finish' || type === 'error');
      // The corpus has messages of the Live API too; no answer of generateContent can be made of those.
      const isGenerateContent = bytes.toString('utf8').includes('"candidates"');
      expect(ends.map(({ type }) => type)).toEqual([isGenerateContent ? 'finish' : 'error']);
      expect(events.at(-1)).toBe(ends[0]);
    });
  }

  it('gives every citation of recorded streams the place that Gemini says it has', () => {
    let checked = 0;
    for (const file of files) {
      const bytes = readFileSync(CORPUS + file);
      const quoted = new Set(quotedSegments(bytes.toString('utf8')));
      const events = translate(bytes);
      for (const event of events) {
        if (event.type !== 'text-annotation' || event.annotation.type !== 'url_citation') continue;
        const text = events.map((one) => (one.type === 'text-delta' && one.key === event.key ? one.text : '')).join('');
        expect(quoted).toContain(text.slice(Number(event.annotation.start_index), Number(event.annotation.end_index)));
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(0);
  });
});

function quotedSegments(text: string): string[] {
  const supports = text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .flatMap((line) => asArray(asObject(parseJson(line.slice(5))).candidates).map(asObject))
    .flatMap((candidate) => asArray(asObject(candidate.groundingMetadata).groundingSupports).map(asObject));
  return supports.map((support) => asString(asObject(support.segment).text) ?? '');
}

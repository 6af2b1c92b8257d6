import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import type { EndCause } from '../../protocol/stream/machine.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { decodeEnvelope } from '../shared/reasoning-envelope.ts';
import type { BridgeRequest } from '../upstream.ts';
import { createGeminiStreamMachine } from './stream.ts';

const COMPLETED: EndCause = { type: 'completed' };

/** Chunks in, lines out: one line an event, as a dialogue can be read. */
function play(chunks: unknown[], cause: EndCause = COMPLETED): string[] {
  return eventsOf(chunks, cause).map(toLine);
}

function eventsOf(chunks: unknown[], cause: EndCause = COMPLETED): StreamEvent[] {
  const request: BridgeRequest = { model: 'gemini-3-pro', body: {}, items: [], tools: [], toolChoice: { type: 'auto' } };
  const machine = createGeminiStreamMachine({ request, built: { body: {}, warnings: [] } });
  let state = machine.initialState();
  const events: StreamEvent[] = [];
  for (const chunk of chunks) {
    const result = machine.step(state, { event: null, data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) });
    state = result.state;
    events.push(...result.outputs);
  }
  events.push(...machine.end(state, cause).outputs);
  return events;
}

function toLine(event: StreamEvent): string {
  switch (event.type) {
    case 'metadata':
      return `metadata ${[event.upstreamId, event.model, event.serviceTier].filter(Boolean).join(' ')}`;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return `${event.key} "${event.text}"`;
    case 'text-annotation':
      return `${event.key} ${JSON.stringify(event.annotation)}`;
    case 'text-end':
      return `${event.key} end${event.replay ? ` replay ${JSON.stringify(event.replay)}` : ''}`;
    case 'reasoning-end':
      return `${event.key} end ${JSON.stringify(blocksOf(event.encryptedContent))}`;
    case 'tool-input-start':
      return `${event.key} start ${event.name} ${event.callId}`;
    case 'tool-input-delta':
      return `${event.key} ${event.delta}`;
    case 'tool-input-end':
      return `${event.key} end${event.replay ? ` replay ${JSON.stringify(event.replay)}` : ''}`;
    case 'usage':
      return `usage ${JSON.stringify(event.usage)}`;
    case 'warning':
      return `warning ${event.code}`;
    case 'finish':
      return `finish ${event.reason}`;
    case 'error':
      return `error ${event.error.code}: ${event.error.message}`;
    default:
      return 'key' in event ? `${event.key} ${event.type.split('-').at(-1)}` : 'other';
  }
}

function blocksOf(encryptedContent: string | undefined): unknown[] {
  const decoded = decodeEnvelope(encryptedContent ?? '');
  if (!decoded.ok) throw new Error(`an envelope is missing: ${decoded.reason}`);
  return decoded.envelope.blocks;
}

const parts = (...list: JsonObject[]) => ({ candidates: [{ content: { role: 'model', parts: list } }] });
const stop = (finishReason = 'STOP', more: JsonObject = {}) => ({ candidates: [{ content: { parts: [] }, finishReason, ...more }] });
const thought = (text: string) => ({ text, thought: true });
const call = (name: string, args: JsonObject = {}, more: JsonObject = {}) => ({ functionCall: { name, args, ...more } });

describe('gemini stream: what becomes of each part', () => {
  it('tells thought, signed call, second call and usage as mapping W5 shows', () => {
    expect(
      play([
        { ...parts(thought('Let me look.')), responseId: 'r1', modelVersion: 'gemini-3-pro' },
        parts({ ...call('a', { city: 'Rome' }), thoughtSignature: 'SIG' }, call('b', { city: 'Oslo' })),
        {
          candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 9, thoughtsTokenCount: 18 },
        },
      ]),
    ).toEqual([
      'metadata r1 gemini-3-pro',
      'reasoning-0 start',
      'reasoning-0 "Let me look."',
      'reasoning-0 end [{"sig":"SIG","at":"functionCall"}]',
      'call-1 start a null',
      'call-1 {"city":"Rome"}',
      'call-1 end replay {"signature":"SIG"}',
      'call-2 start b null',
      'call-2 {"city":"Oslo"}',
      'call-2 end',
      'usage {"inputTokens":12,"reasoningTokens":18,"outputTokens":27}',
      'finish tool-calls',
    ]);
  });

  it('opens an empty reasoning block for a signed call without thoughts', () => {
    expect(play([parts({ ...call('a'), thoughtSignature: 'SIG' }), stop()])).toEqual([
      'reasoning-0 start',
      'reasoning-0 end [{"sig":"SIG","at":"functionCall"}]',
      'call-1 start a null',
      'call-1 {}',
      'call-1 end replay {"signature":"SIG"}',
      'finish tool-calls',
    ]);
  });

  it('closes text before a signed call and keeps the signature out of the call id (pitfall 33)', () => {
    expect(play([parts({ text: 'Hm. ' }), parts({ ...call('a', {}, { id: 'c1' }), thoughtSignature: 'S+/=' }), stop()])).toEqual([
      'text-0 start',
      'text-0 "Hm. "',
      'text-0 end',
      'reasoning-1 start',
      'reasoning-1 end [{"sig":"S+/=","at":"functionCall"}]',
      'call-2 start a c1',
      'call-2 {}',
      'call-2 end replay {"id":"c1","signature":"S+/="}',
      'finish tool-calls',
    ]);
  });

  it('passes the same call id twice on, so that the emitter can tell the calls apart (pitfall 32)', () => {
    const lines = play([parts(call('a', {}, { id: 'call_0' }), call('b', {}, { id: 'call_0' })), stop()]);
    expect(lines.filter((line) => line.includes('start'))).toEqual(['call-0 start a call_0', 'call-1 start b call_0']);
  });

  it('starts a new text after a call and a new reasoning after text', () => {
    expect(play([parts(thought('a'), { text: 'b' }, call('c'), { text: 'd' }, thought('e'), { text: 'f' }), stop()])).toEqual([
      'reasoning-0 start',
      'reasoning-0 "a"',
      'reasoning-0 end []',
      'text-1 start',
      'text-1 "b"',
      'text-1 end',
      'call-2 start c null',
      'call-2 {}',
      'call-2 end',
      'text-3 start',
      'text-3 "d"',
      'text-3 end',
      'reasoning-4 start',
      'reasoning-4 "e"',
      'reasoning-4 end []',
      'text-5 start',
      'text-5 "f"',
      'text-5 end',
      'finish tool-calls',
    ]);
  });

  it('keeps thoughts of many chunks in one block', () => {
    expect(play([parts(thought('a')), parts(thought('b')), parts(thought('c')), stop()])).toEqual([
      'reasoning-0 start',
      'reasoning-0 "a"',
      'reasoning-0 "b"',
      'reasoning-0 "c"',
      'reasoning-0 end []',
      'finish stop',
    ]);
  });

  it('keeps the signature of a text and whether it came on an empty part behind it', () => {
    expect(play([parts({ text: 'Hi', thoughtSignature: 'S1' }), stop()])).toContain(
      'text-0 end replay {"signature":"S1","isTrailing":false}',
    );
    expect(play([parts({ text: 'Hi' }), parts({ text: '', thoughtSignature: 'S2' }), stop()])).toContain(
      'text-0 end replay {"signature":"S2","isTrailing":true}',
    );
    expect(play([parts(thought('x')), parts({ text: '', thoughtSignature: 'S3' }), stop()])).toContain(
      'reasoning-0 end [{"sig":"S3","at":"text"}]',
    );
  });

  it('says so when a signature has no part to go with', () => {
    expect(play([parts({ text: '', thoughtSignature: 'S' }), stop()])).toEqual(['warning signature_dropped', 'finish stop']);
  });

  it('warns once of parts that Responses has no item for and goes on', () => {
    const code = { executableCode: { language: 'PYTHON', code: '1' } };
    expect(play([parts(code), parts(code, { text: 'done' }), stop()])).toEqual([
      'warning unsupported_part',
      'text-0 start',
      'text-0 "done"',
      'text-0 end',
      'finish stop',
    ]);
  });

  it('reads the first candidate only', () => {
    const second = { index: 1, content: { parts: [{ text: 'no' }] }, finishReason: 'SAFETY' };
    expect(play([{ candidates: [second, { index: 0, content: { parts: [{ text: 'yes' }] }, finishReason: 'STOP' }] }])).toEqual([
      'text-0 start',
      'text-0 "yes"',
      'text-0 end',
      'finish stop',
    ]);
  });
});

describe('gemini stream: arguments in fragments', () => {
  const fragment = (partialArgs: JsonObject[], willContinue = true) => ({
    functionCall: willContinue ? { partialArgs, willContinue } : { partialArgs },
  });

  it('puts strings, numbers, flags and lists together and closes at the empty call', () => {
    expect(
      play([
        parts({ functionCall: { name: 'cook', willContinue: true }, thoughtSignature: 'S' }),
        parts(fragment([{ jsonPath: '$.recipe.steps[0].text', stringValue: 'Boil ', willContinue: true }])),
        parts(fragment([{ jsonPath: '$.recipe.steps[0].text', stringValue: 'water' }])),
        parts({ functionCall: { willContinue: true } }),
        parts(fragment([{ jsonPath: '$.recipe.steps[1].text', nullValue: 'NULL_VALUE' }])),
        parts(
          fragment([
            { jsonPath: '$.servings', numberValue: 4 },
            { jsonPath: "$['is hot']", boolValue: true },
          ]),
        ),
        parts({ functionCall: {} }),
        stop(),
      ]),
    ).toEqual([
      'reasoning-0 start',
      'reasoning-0 end [{"sig":"S","at":"functionCall"}]',
      'call-1 start cook null',
      'call-1 {"recipe":{"steps":[{"text":"Boil water"},{"text":null}]},"servings":4,"is hot":true}',
      'call-1 end replay {"signature":"S"}',
      'finish tool-calls',
    ]);
  });

  it('closes an open call when the next one begins', () => {
    expect(play([parts({ functionCall: { name: 'a', willContinue: true } }), parts(call('b', { x: 1 })), stop()])).toEqual([
      'call-0 start a null',
      'call-0 {}',
      'call-0 end',
      'call-1 start b null',
      'call-1 {"x":1}',
      'call-1 end',
      'finish tool-calls',
    ]);
  });

  it('leaves the last brace out when the stream stops inside a call', () => {
    const open = [parts({ functionCall: { name: 'a', willContinue: true } }), parts(fragment([{ jsonPath: '$.x', stringValue: 'par' }]))];
    expect(play([...open, stop('MAX_TOKENS')])).toEqual([
      'call-0 start a null',
      'call-0 {"x":"par"',
      'call-0 end',
      'finish max-output-tokens',
    ]);
  });

  it('does not follow hostile paths', () => {
    const lines = play([
      parts({ functionCall: { name: 'a', willContinue: true } }),
      parts(
        fragment([
          { jsonPath: '$.list[4000000000]', numberValue: 1 },
          { jsonPath: '$.__proto__.polluted', numberValue: 1 },
        ]),
      ),
      parts(fragment([{ jsonPath: 'nonsense', numberValue: 1 }], false)),
      stop(),
    ]);
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual(['warning unreadable_argument', 'warning unreadable_argument']);
    expect(lines).toContain('call-0 {"list":[],"__proto__":{"polluted":1}}');
    expect(({} as JsonObject).polluted).toBeUndefined();
  });

  it('warns of a fragment without a call', () => {
    expect(play([parts({ functionCall: {} }), stop()])).toEqual(['warning call_without_name', 'finish stop']);
  });
});

describe('gemini stream: citations', () => {
  const web = (uri: string) => ({ web: { uri, title: 'T' } });

  it('turns UTF-8 byte places into UTF-16 places within the message', () => {
    const grounding = {
      groundingChunks: [web('https://a.example'), web('https://b.example')],
      groundingSupports: [{ segment: { startIndex: 5, endIndex: 11 }, groundingChunkIndices: [1] }],
    };
    // "🌦 " is 5 bytes and 3 UTF-16 units, "hëißt" 7 bytes and 5 units.
    const lines = play([parts({ text: '🌦 hëiß' }), stop('STOP', { groundingMetadata: grounding })]);
    expect(lines).toContain('text-0 {"type":"url_citation","url":"https://b.example","title":"T","start_index":3,"end_index":7}');
  });

  it('keeps the last of repeated lists, and counts within the second of two messages', () => {
    const grounding = (end: number) => ({
      groundingMetadata: { groundingChunks: [web('https://a.example')], groundingSupports: [support(4, end)] },
    });
    const support = (startIndex: number, endIndex: number) => ({ segment: { startIndex, endIndex }, groundingChunkIndices: [0] });
    const lines = play([
      parts({ text: 'One ' }, call('c')),
      { candidates: [{ content: { parts: [{ text: 'two' }] }, ...grounding(6) }] },
      stop('STOP', grounding(7)),
    ]);
    expect(lines.filter((line) => line.includes('url_citation'))).toEqual([
      'text-2 {"type":"url_citation","url":"https://a.example","title":"T","start_index":0,"end_index":3}',
    ]);
  });

  it('says so when a citation comes too late or leads nowhere', () => {
    const groundingMetadata = { groundingChunks: [], groundingSupports: [{ segment: { endIndex: 1 }, groundingChunkIndices: [0] }] };
    expect(play([parts({ text: 'ab' }), stop('STOP', { groundingMetadata })])).toContain('warning citation_dropped');
    expect(play([parts({ text: 'ab' }, call('c')), stop('STOP', { groundingMetadata })])).toContain('warning late_citation');
  });
});

describe('gemini stream: usage and metadata', () => {
  it('keeps fields that a later chunk leaves out', () => {
    const lines = play([
      { usageMetadata: { promptTokenCount: 5, cachedContentTokenCount: 2, serviceTier: 'standard' } },
      {
        ...stop(),
        usageMetadata: { promptTokenCount: 6, candidatesTokenCount: 3, toolUsePromptTokenCount: 10, cachedContentTokenCount: null },
      },
    ]);
    expect(lines[1]).toBe('metadata default');
    expect(lines.filter((line) => line.startsWith('usage')).at(-1)).toBe('usage {"inputTokens":16,"cachedTokens":2,"outputTokens":3}');
  });
});

describe('gemini stream: how it ends', () => {
  for (const reason of ['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'IMAGE_OTHER']) {
    it(`tells ${reason} as content filter`, () => {
      expect(play([parts({ text: 'Hel' }), stop(reason)]).at(-1)).toBe('finish content-filter');
    });
  }

  for (const reason of [
    'MALFORMED_FUNCTION_CALL',
    'UNEXPECTED_TOOL_CALL',
    'TOO_MANY_TOOL_CALLS',
    'MISSING_THOUGHT_SIGNATURE',
    'OTHER',
    'MALFORMED_RESPONSE',
  ]) {
    it(`tells ${reason} as a failure with Gemini's words (pitfall 26)`, () => {
      const lines = play([parts({ text: 'Hel' }), stop(reason, { finishMessage: 'It went wrong.' })]);
      expect(lines.slice(-2)).toEqual(['text-0 "Hel"', `error server_error: Gemini stopped with ${reason}: It went wrong.`]);
    });
  }

  it('tells an unknown reason as incomplete, with a warning', () => {
    expect(play([stop('NO_IMAGE')])).toEqual(['warning unknown_finish_reason', 'finish unknown']);
  });

  it('tells a blocked prompt as content filter without output (pitfall 49)', () => {
    expect(play([{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 3 } }])).toEqual([
      'usage {"inputTokens":3}',
      'finish content-filter',
    ]);
  });

  it("shows Gemini's explanation of a block as a refusal", () => {
    expect(play([{ promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'Not this.' } }])).toEqual([
      'refusal-0 start',
      'refusal-0 "Not this."',
      'refusal-0 end',
      'finish content-filter',
    ]);
  });

  it('tells an error frame at any place as an error and nothing after it (pitfall 25)', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    const whole = [parts(thought('a')), parts({ text: 'b' }), parts(call('c')), stop()];
    for (let at = 0; at <= whole.length; at++) {
      const lines = play([...whole.slice(0, at), error, ...whole.slice(at)]);
      expect(lines.at(-1)).toBe('error server_error: Gemini stopped with an error: UNAVAILABLE: The model is overloaded.');
      expect(lines.filter((line) => /^(finish|error)/.test(line))).toHaveLength(1);
    }
    expect(play([{ error: { code: 429, message: 'Quota.', status: 'RESOURCE_EXHAUSTED' } }])).toEqual([
      'error rate_limit_exceeded: Gemini stopped with an error: RESOURCE_EXHAUSTED: Quota.',
    ]);
  });

  it('tells a stream that is cut at any chunk as an error (pitfall 24)', () => {
    const whole = [parts(thought('a')), parts({ text: 'b' }), parts({ functionCall: { name: 'c', willContinue: true } }), stop()];
    for (let at = 0; at < whole.length; at++) {
      const lines = play(whole.slice(0, at));
      expect(lines.at(-1)).toMatch(/^error server_error: Gemini closed the stream (before any event|after \d chunks?)/);
      // What was open stays open, so that it shows as cut.
      const starts = lines.filter((line) => / start/.test(line)).length;
      expect(lines.filter((line) => / end/.test(line))).toHaveLength(Math.max(starts - 1, 0));
    }
  });

  it('names the broken connection, and leaves causes that are not Gemini’s to the caller', () => {
    expect(play([parts({ text: 'b' })], { type: 'upstream-error', detail: 'ECONNRESET' }).at(-1)).toBe(
      'error server_error: The connection to Gemini broke after 1 chunk, without a finishReason: ECONNRESET',
    );
    for (const cause of [{ type: 'client-gone' }, { type: 'shutdown' }, { type: 'timeout', detail: 'idle' }] as const) {
      expect(play([parts({ text: 'b' })], cause)).toEqual(['text-0 start', 'text-0 "b"']);
    }
  });

  it('is not thrown off by frames that are no chunk', () => {
    expect(play(['', 'not json', '[DONE]', { serverContent: {} }, '[1]', [{ ...stop() }]])).toEqual([
      'warning unknown_upstream_event',
      'warning unknown_upstream_event',
      'warning unknown_upstream_event',
      'finish stop',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { StepDetail } from '../protocol/api/control-api.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { cleanSpans } from './clean-spans.ts';
import { toStepSpan, type StepSpan } from './step-span.ts';
import { parseTraceparent, toSpanId, toTraceId } from './trace-ids.ts';

const CLIENT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent: [string, string] = ['traceparent', `00-${CLIENT.traceId}-${CLIENT.spanId}-01`];

function stepOf(changes: Partial<StepDetail> = {}, headers: [string, string][] = []): StepDetail {
  return {
    ...{
      id: 'step_1',
      sessionId: 'sess_1',
      index: 0,
      responseId: 'resp_1',
      previousResponseId: null,
      upstream: 'u',
      model: 'm',
      stream: true,
    },
    ...{ status: 'completed', httpStatus: 200, startedAt: 1_000_000, firstEventMs: 5, durationMs: 20, chunkCount: 1, eventCount: 9 },
    ...{ findingCounts: { error: 0, warning: 0, note: 0 }, usage: null, responseIdAliases: [], upstreamKind: 'responses', method: 'POST' },
    ...{ path: '/v1/responses', linkedBy: null, error: null, gap: null, innerOf: null, gateway: null, warnings: [], upstreamRequests: [] },
    request: { method: 'POST', path: '/v1/responses', headers, body: { model: 'm', input: 'hi' } },
    response: null,
    ...changes,
  } as StepDetail;
}
const spanOf = (step: StepDetail, more: { findings?: Finding[]; outer?: StepSpan } = {}) =>
  toStepSpan({ step, findings: more.findings ?? [], eventTimesUs: new Map([[3, 7]]), outer: more.outer ?? null });

describe('trace ids', () => {
  it('are the same for the same session and step, and never equal for others', () => {
    expect(toTraceId('sess_1')).toMatch(/^[0-9a-f]{32}$/);
    expect(toSpanId('step_1')).toMatch(/^[0-9a-f]{16}$/);
    expect(toTraceId('sess_1')).toBe(toTraceId('sess_1'));
    expect(toTraceId('sess_1')).not.toBe(toTraceId('sess_2'));
  });

  it.each([
    `00-${'0'.repeat(32)}-${CLIENT.spanId}-01`,
    `00-${CLIENT.traceId}-${'0'.repeat(16)}-01`,
    `ff-${CLIENT.traceId}-${CLIENT.spanId}-01`,
    `00-${CLIENT.traceId}-${CLIENT.spanId}-01-more`,
    `00-${CLIENT.traceId.toUpperCase()}-${CLIENT.spanId}-01`,
    'nonsense',
  ])('take %s for no traceparent', (text) => expect(parseTraceparent(text)).toBe(undefined));

  it('read later versions of traceparent as far as they are known', () => {
    expect(parseTraceparent(`cc-${CLIENT.traceId}-${CLIENT.spanId}-03-new`)).toEqual({ ...CLIENT, flags: 3 });
  });
});

describe('step span', () => {
  it("hangs a gateway's call below the step that it was made for", () => {
    const outer = spanOf(stepOf());
    const inner = spanOf(stepOf({ id: 'step_2', sessionId: 'sess_2', innerOf: 'step_1' }), { outer });
    expect([inner.traceId, inner.parent?.spanId]).toEqual([outer.traceId, outer.spanId]);
  });

  it('does so too when the gateway hands the header of its caller on, and not when it has a span of its own', () => {
    const outer = spanOf(stepOf({}, [traceparent]));
    const handedOn = spanOf(stepOf({ id: 'step_2' }, [traceparent]), { outer });
    expect([handedOn.traceId, handedOn.parent?.spanId]).toEqual([CLIENT.traceId, outer.spanId]);
    const own = spanOf(stepOf({ id: 'step_2' }, [['traceparent', `00-${CLIENT.traceId}-1111111111111111-01`]]), { outer });
    expect(own.parent?.spanId).toBe('1111111111111111');
  });

  it.each([
    [
      {
        status: 'failed',
        httpStatus: 429,
        response: { status: 429, headers: [], body: { error: { code: 'rate_limit', message: 'slow down' } } },
      },
      'rate_limit',
      'slow down',
    ],
    [{ status: 'failed', httpStatus: 502, response: { status: 502, headers: [], body: 'Bad gateway' } }, '502', 'failed'],
    [{ status: 'failed', error: 'The upstream closed the connection.' }, '_OTHER', 'The upstream closed the connection.'],
    [{ status: 'interrupted' }, 'interrupted', 'interrupted'],
    [{ status: 'cancelled' }, 'cancelled', null],
    [{ status: 'completed' }, undefined, null],
  ] as [Partial<StepDetail>, string | undefined, string | null][])('of %j has the error type %s', (changes, type, error) => {
    const span = spanOf(stepOf(changes));
    expect([span.attributes['error.type'], span.error]).toEqual([type, error]);
  });

  it.each([
    [{ object: 'response', output: [{ type: 'message' }] }, 'completed', ['stop']],
    [{ object: 'response', output: [{ type: 'function_call' }] }, 'completed', ['tool_call']],
    [{ object: 'response', incomplete_details: { reason: 'max_output_tokens' } }, 'incomplete', ['length']],
    [{ object: 'response', incomplete_details: { reason: 'content_filter' } }, 'incomplete', ['content_filter']],
    [{}, 'cancelled', ['error']],
    [{}, 'completed', undefined],
  ] as [object, StepDetail['status'], string[] | undefined][])('says how %j (%s) ended: %j', (body, status, reasons) => {
    const span = spanOf(stepOf({ status, response: { status: 200, headers: [], body } }));
    expect(span.attributes['gen_ai.response.finish_reasons']).toEqual(reasons);
  });

  it('has findings as events at the time of what they are about, and no more than a span may have', () => {
    const finding = {
      rule: 'data-json',
      severity: 'error',
      message: 'The data is not a JSON object: "My grandmother"',
      event: 3,
      sequenceNumber: null,
      outputIndex: 0,
      itemId: null,
      expected: 'x',
      actual: 'My grandmother',
      related: [],
      hop: 'upstream',
      knownIssues: [{ repo: 'a/b', number: 1, title: 't', fixedIn: null }],
    } satisfies Finding;
    const span = spanOf(stepOf(), { findings: [finding, ...Array.from({ length: 200 }, () => ({ ...finding, event: null }))] });
    expect([span.events.length, span.droppedEvents]).toEqual([128, 73]);
    expect(span.events.map(({ atUs }) => atUs).slice(0, 2)).toEqual([1_000_007, 1_020_000]);
    expect(span.events[0]?.attributes).toMatchObject({
      'deltascope.finding.rule': 'data-json',
      'deltascope.finding.hop': 'upstream',
      'deltascope.finding.known_issues': ['a/b#1'],
    });
    expect(JSON.stringify(span)).not.toContain('grandmother');
  });
});

describe('what leaves the house', () => {
  it('holds no credential, wherever a provider repeated it', async () => {
    const key = 'sk-proj-aaaabbbbccccddddeeeeffff0001';
    const shop = 'shpat_0123456789abcdef0123456789abcdef';
    const span = spanOf(stepOf({ status: 'failed', error: `Incorrect API key provided: ${key}`, model: `gpt ${shop}` }));
    const [clean] = await cleanSpans([span]);
    expect(JSON.stringify(span)).toContain(key);
    expect(JSON.stringify(clean)).not.toContain(key);
    expect(JSON.stringify(clean)).not.toContain(shop);
    expect(clean).toMatchObject({ traceId: span.traceId, spanId: span.spanId, attributes: { 'gen_ai.operation.name': 'chat' } });
  });
});

import { describe, expect, it } from 'vitest';
import type { StepEnded } from '../protocol/capture/tap-event.ts';
import { createOtelExporter, type OtelExporterOptions } from './otel-exporter.ts';
import type { StepSpan } from './step-span.ts';

const NEVER_MS = 10_000_000;
const target = {
  url: 'http://collector:4318/v1/traces',
  headers: { authorization: 'Bearer secret-of-the-collector' },
  protocol: 'http/json',
} as const;

function ended(stepId: string): StepEnded {
  return {
    ...{ type: 'step.ended', stepId, tUs: 1, status: 'completed', httpStatus: 200, responseId: null, responseIdAliases: [] },
    ...{ model: null, usage: null, error: null },
  };
}
const spanOf = (stepId: string): StepSpan => ({
  ...{ traceId: 'a'.repeat(32), spanId: stepId, flags: 1, parent: null, traceState: null, name: 'chat', startUs: 0, endUs: 1 },
  ...{ attributes: {}, events: [], droppedEvents: 0, error: null },
});

function create(options: Partial<OtelExporterOptions> = {}) {
  const posted: string[][] = [];
  const notices: string[] = [];
  const exporter = createOtelExporter({
    target,
    flush: () => Promise.resolve(),
    readSpan: spanOf,
    clean: (spans) => Promise.resolve([...spans]),
    post(spans) {
      posted.push(spans.map(({ spanId }) => spanId));
      return Promise.resolve({ accepted: spans.length, complaint: null });
    },
    onNotice: (line) => notices.push(line),
    holdMs: NEVER_MS,
    ...options,
  });
  return { exporter, posted, notices };
}

describe('live export of spans', () => {
  it('sends what waits when the bridge ends, in batches', async () => {
    const { exporter, posted } = create();
    for (let step = 0; step < 70; step++) exporter.observe(ended(`step_${step}`));
    expect(exporter.status()).toMatchObject({ waiting: 70, sent: 0 });
    await exporter.close();
    expect(posted.map((batch) => batch.length)).toEqual([64, 6]);
    expect(exporter.status()).toMatchObject({ waiting: 0, sent: 70, dropped: 0 });
    exporter.observe(ended('too late'));
    expect(exporter.status().waiting).toBe(0);
  });

  it('holds no more than it may, and counts what it drops', async () => {
    const { exporter, posted } = create({ maxQueued: 2 });
    for (const step of ['a', 'b', 'c']) exporter.observe(ended(step));
    await exporter.close();
    expect([posted, exporter.status().dropped]).toEqual([[['a', 'b']], 1]);
  });

  it('leaves out steps that were deleted meanwhile, and survives a record that can not be read', async () => {
    const { exporter, posted, notices } = create({
      readSpan: (stepId) => (stepId === 'deleted' ? undefined : spanOf(stepId)),
    });
    for (const step of ['a', 'deleted']) exporter.observe(ended(step));
    await exporter.close();
    expect(posted).toEqual([['a']]);
    const other = create({
      readSpan: () => {
        throw new Error('the disk is gone');
      },
    });
    other.exporter.observe(ended('bad'));
    await other.exporter.close();
    expect(other.exporter.status()).toMatchObject({ dropped: 1, trouble: 'the disk is gone' });
    expect([notices, other.notices.length]).toEqual([[], 1]);
  });

  it('reads a batch of spans when all is written that waits for the record', async () => {
    const order: string[] = [];
    const { exporter, posted } = create({
      flush: async () => void order.push('flush'),
      readSpan(stepId) {
        order.push(`read ${stepId}`);
        return spanOf(stepId);
      },
    });
    for (const step of ['a', 'b']) exporter.observe(ended(step));
    await exporter.close();
    expect([order, posted]).toEqual([['flush', 'read a', 'read b'], [['a', 'b']]]);
  });

  it('ends although the collector never answers', async () => {
    const { exporter } = create({
      post: (_spans, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    });
    exporter.observe(ended('a'));
    await exporter.close(1);
    expect(exporter.status()).toMatchObject({ dropped: 1, trouble: 'aborted' });
  });

  it('shows an address without credentials', () => {
    const { exporter } = create({ target: { ...target, url: 'https://ada:pass-word@collector/v1/traces?key=abc' } });
    expect(JSON.stringify(exporter.status())).not.toMatch(/pass-word|abc|secret-of/);
  });
});

/**
 * What real LiteLLM does wrong (the table in the measurements) is found by the linter in every capture
 * that shows it. Each row has a naive check of its own, so that the linter is not its own witness.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestBytes } from '../../proxy-core/linter/digest-bytes.ts';
import { asArray, asObject, isObject, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { hasShared, lintFile, sharedDir, skipReason } from './lint-shared.ts';

const captures = join(sharedDir, 'captures');

interface Capture {
  name: string;
  text: string;
  events: JsonObject[];
  upstream: string;
  findings: Finding[];
}

const type = (event: JsonObject): string => String(event['type']);
const responseOf = (event: JsonObject | undefined): JsonObject => asObject(event?.['response']);
const idOf = (value: unknown): unknown => asObject(value)['id'];
const terminalOf = ({ events }: Capture): JsonObject | undefined =>
  events.find((event) => /^response\.(completed|incomplete|failed)$/.test(type(event)));
const addedIds = (events: JsonObject[]): unknown[] =>
  events.filter((event) => type(event) === 'response.output_item.added').map((event) => idOf(event['item']));

function hasUnregistered({ events }: Capture, delta: string): boolean {
  return events.some((event, index) => type(event) === delta && !addedIds(events.slice(0, index)).includes(event['item_id']));
}
const isCut = ({ upstream }: Capture): boolean =>
  upstream !== '' && !/message_stop|finish_reason": ?"|finishReason|response\.(?:completed|failed|incomplete)/.test(upstream);

/** Row of the table, how a capture shows it, and the rules that name it. */
const rows: [row: string, shows: (capture: Capture) => boolean, rules: string[]][] = [
  ['no event: line', ({ text }) => !/^event:/m.test(text), ['event-name']],
  [
    'sequence_number missing on some events',
    ({ events }) => events.some((event) => event['sequence_number'] === undefined && event['type'] !== undefined),
    ['sequence-number-present'],
  ],
  ['text delta with unregistered id', (capture) => hasUnregistered(capture, 'response.output_text.delta'), ['item-id-announced']],
  [
    'reasoning delta with unregistered id',
    (capture) => hasUnregistered(capture, 'response.reasoning_summary_text.delta'),
    ['item-id-announced'],
  ],
  [
    'item closed that was never opened',
    ({ events }) =>
      events.some(
        (event, index) => type(event) === 'response.output_item.done' && !addedIds(events.slice(0, index)).includes(idOf(event['item'])),
      ),
    ['item-added-once', 'item-id-announced'],
  ],
  [
    'response.id changes',
    ({ events }) => new Set(events.flatMap((event) => idOf(event['response']) ?? [])).size > 1,
    ['response-id-stable'],
  ],
  [
    'final output ids ≠ streamed ids',
    (capture) => {
      const streamed = [...addedIds(capture.events), ...capture.events.map((event) => idOf(event['item']))];
      return asArray(responseOf(terminalOf(capture))['output']).some((item) => !streamed.includes(idOf(item)));
    },
    ['item-id-stable'],
  ],
  ['first event not response.created', ({ events }) => type(events[0] ?? {}) !== 'response.created', ['response-created-first']],
  [
    'no terminal event',
    (capture) => terminalOf(capture) === undefined && type(capture.events.at(-1) ?? {}) !== 'error',
    ['single-terminal'],
  ],
  [
    'upstream cut off, client told completed',
    (capture) => isCut(capture) && type(terminalOf(capture) ?? {}) === 'response.completed',
    ['upstream-end-honoured'],
  ],
  [
    'max_tokens reported as completed',
    (capture) =>
      /"max_tokens"|finish_reason": ?"length"|MAX_TOKENS/.test(capture.upstream) &&
      type(terminalOf(capture) ?? {}) === 'response.completed',
    ['upstream-end-honoured', 'terminal-status'],
  ],
  // What 1.109.1 still does wrong.
  [
    'deltas for an item already done',
    ({ events }) =>
      events.some(
        (event, index) =>
          type(event).endsWith('.delta') &&
          events.slice(0, index).some((other) => type(other) === 'response.output_item.done' && idOf(other['item']) === event['item_id']),
      ),
    ['nothing-after-done', 'item-id-announced'],
  ],
  [
    'no reasoning_summary_part.added',
    ({ events }) =>
      events.some((event) => type(event) === 'response.reasoning_summary_text.delta') &&
      !events.some((event) => type(event) === 'response.reasoning_summary_part.added'),
    ['part-added-before-content', 'item-id-announced'],
  ],
  [
    'items left open before response.failed',
    (capture) =>
      type(terminalOf(capture) ?? {}) === 'response.failed' &&
      addedIds(capture.events).some(
        (id) => !capture.events.some((event) => type(event) === 'response.output_item.done' && idOf(event['item']) === id),
      ),
    ['item-done'],
  ],
];

function readCaptures(version: string): Capture[] {
  const dir = join(captures, version);
  return (
    readdirSync(dir)
      .map((scenario) => join(dir, scenario))
      .filter((folder) => existsSync(join(folder, 'emitted.sse')))
      .map((folder): Capture => {
        const bytes = readFileSync(join(folder, 'emitted.sse'));
        const upstreamFile = join(folder, 'upstream.sse');
        const upstream = existsSync(upstreamFile) ? readFileSync(upstreamFile) : Buffer.alloc(0);
        const digest = digestBytes(upstream);
        const frames = readFrames(bytes).filter((frame) => frame.data !== '[DONE]');
        return {
          name: folder,
          text: bytes.toString(),
          events: frames.map((frame) => parseJsonObject(frame.data)).filter(isObject),
          upstream: upstream.toString(),
          findings: lintFile(join(folder, 'emitted.sse'), digest ? { end: { upstream: digest } } : {}),
        };
      })
      // Chat and Messages endpoints were captured too; they are no Responses streams.
      .filter(({ events }) => events.some((event) => type(event).startsWith('response.')))
  );
}

describe.skipIf(!hasShared)('captures of real LiteLLM', () => {
  const versions = hasShared ? readdirSync(captures).filter((name) => /^litellm-\d/.test(name)) : [];
  const shown = new Map<string, number>();

  it.each(versions)('every violation that %s shows is found', (version) => {
    const all = readCaptures(version);
    expect(all.length).toBeGreaterThan(0);
    const missed: string[] = [];
    for (const [row, shows, rules] of rows) {
      const showing = all.filter(shows);
      shown.set(row, (shown.get(row) ?? 0) + showing.length);
      for (const { name, findings } of showing) if (!findings.some(({ rule }) => rules.includes(rule))) missed.push(`${row}: ${name}`);
    }
    console.log(
      `${version}: examined ${all.length} streams; ${rows.map(([row, shows]) => `${row}: ${all.filter(shows).length}`).join(', ')}`,
    );
    expect(missed).toEqual([]);
  });

  it('shows most rows at least once', () => {
    expect([...shown.values()].filter((count) => count > 0).length).toBeGreaterThanOrEqual(10);
  });

  it.each([
    ['c3-loop-think-t2', 41185],
    ['b2-tool-only', 37852],
    ['d2-tool-text', 27671],
    ['k-gemini-think-text', 25336],
    ['a-text', 26167],
  ])('%s of 1.83.14 looks like LiteLLM #%i', (scenario, number) => {
    const file = join(captures, 'litellm-1.83.14', scenario, 'emitted.sse');
    if (!existsSync(file)) return;
    expect(lintFile(file).flatMap((finding) => finding.knownIssues.map((issue) => issue.number))).toContain(number);
  });

  it('blames LiteLLM, not the upstream, for what it made of an Anthropic stream', () => {
    const [capture] = readCaptures('litellm-1.83.14').filter(({ name }) => name.endsWith('c3-loop-think-t2'));
    expect(new Set(capture?.findings.map(({ hop }) => hop))).toEqual(new Set(['bridge']));
  });
});

describe.runIf(!hasShared)('captures of real LiteLLM', () => {
  if (!hasShared) it.skip(skipReason, () => undefined);
});

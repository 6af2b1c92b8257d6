/** Event rows for tests: the two broken shapes of LiteLLM 1.83.14 in small, and plain streams of any length. */
import type { ChunkRow, EventRow } from '../../proxy-core/protocol/api/control-api.ts';
import { createChunkColumns, type ChunkColumns } from '../../proxy-core/protocol/columns/chunk-columns.ts';
import { createEventColumns, toEventEntry, type EventColumns } from '../../proxy-core/protocol/columns/event-columns.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { appendEvents } from './append-events.ts';
import { createStepTrack, type StepTrack } from './step-track.ts';

export type RowSketch = [type: string, tMs: number, id: string | null, outputIndex: number | null, more?: { [key: string]: unknown }];

export function toRows(sketches: readonly RowSketch[]): EventRow[] {
  return sketches.map(([type, tMs, id, outputIndex, more], index) => ({
    index,
    type: `response.${type}`,
    tUs: tMs * 1000,
    sequenceNumber: index,
    itemId: id,
    outputIndex,
    contentIndex: null,
    chunkIndex: index,
    data: { type: `response.${type}`, ...more },
  }));
}

/** The rows as the bridge sends them to the page. */
export function toEventColumns(rows: readonly EventRow[], first = rows[0]?.index ?? 0): EventColumns {
  const end = (rows.at(-1)?.index ?? first - 1) + 1;
  const columns = createEventColumns(first, end - first);
  for (const row of rows) columns.add(row.index, toEventEntry(row));
  return columns.finish(end);
}

export function toChunkColumns(rows: readonly ChunkRow[], first = rows[0]?.index ?? 0): ChunkColumns {
  const end = (rows.at(-1)?.index ?? first - 1) + 1;
  const columns = createChunkColumns(first, end - first, '');
  for (const row of rows) columns.add(row.index, row.tUs, row.text);
  return columns.finish(end);
}

export function toTrack(sketches: readonly RowSketch[], stepId = 'step-1'): StepTrack {
  const track = createStepTrack(stepId);
  appendEvents(track, toEventColumns(toRows(sketches)));
  return track;
}

export const RS = 'rs_28ecc280-01ff-41d3-ae19-75015a1f997d';
export const LEAKED = 'chatcmpl-01beab1d-8760-4226-b06d-6be3dbb25b12';
export const RESPONSE = 'resp_50ece7cc-58c7-4905-9609-48befe25d02d';
/** LiteLLM wraps its response id in base64 at the end. */
export const WRAPPED = `resp_${btoa(`litellm:custom_llm_provider:anthropic;model_id:abc;response_id:${RESPONSE}`)}`;

const response = (id: string, output: unknown[] = []): { [key: string]: unknown } => ({ response: { id, status: 'in_progress', output } });
const item = (id: string, type: string): { [key: string]: unknown } => ({ item: { id, type } });

/** Reasoning deltas with a new id each, then a message that nobody announced. */
export const BROKEN: RowSketch[] = [
  ['created', 10, null, null, response(RESPONSE)],
  ['in_progress', 10, null, null, response(RESPONSE)],
  ['output_item.added', 32, RS, 0, item(RS, 'reasoning')],
  ['reasoning_summary_text.delta', 32, 'rs_6465596845267310449', 0, { delta: 'I' }],
  ['reasoning_summary_text.delta', 40, 'rs_-3706709133065373826', 0, { delta: ' have' }],
  ['reasoning_summary_text.delta', 48, 'rs_677014926835868283', 0, { delta: ' the' }],
  ['reasoning_summary_text.delta', 56, 'rs_-5494688604064834668', 0, { delta: ' result.' }],
  ['reasoning_summary_text.done', 90, RS, 0, { text: 'I have the result.' }],
  ['output_item.done', 90, RS, 0, item(RS, 'reasoning')],
  ['output_text.delta', 90, LEAKED, 0, { delta: 'It' }],
  ['output_text.delta', 98, LEAKED, 0, { delta: ' is 21.' }],
  ['output_item.done', 106, LEAKED, 0, item(LEAKED, 'message')],
  [
    'completed',
    110,
    null,
    null,
    response(WRAPPED, [
      { id: 'rs_-432935941276589070', type: 'reasoning' },
      { id: LEAKED, type: 'message' },
    ]),
  ],
];

/** A clean message of `deltas` deltas, 8 ms apart. */
export function cleanRows(deltas: number, id = 'msg_0a1b2c3d', responseId = 'resp_0001aaaa'): RowSketch[] {
  const rows: RowSketch[] = [
    ['created', 1, null, null, response(responseId)],
    ['output_item.added', 4, id, 0, item(id, 'message')],
    ['content_part.added', 5, id, 0, { part: { type: 'output_text' } }],
  ];
  for (let i = 0; i < deltas; i += 1) rows.push(['output_text.delta', 8 + i * 8, id, 0, { delta: ` word${i}` }]);
  const end = 8 + deltas * 8;
  rows.push(['output_text.done', end, id, 0, { text: 'all' }], ['output_item.done', end, id, 0, item(id, 'message')]);
  rows.push(['completed', end + 1, null, null, response(responseId, [{ id, type: 'message' }])]);
  return rows;
}

export function toFinding(rule: string, event: number | null, more: Partial<Finding> = {}): Finding {
  return {
    rule,
    severity: 'error',
    message: `${rule} is broken`,
    event,
    sequenceNumber: null,
    outputIndex: null,
    itemId: null,
    expected: null,
    actual: null,
    related: [],
    hop: null,
    knownIssues: [],
    ...more,
  };
}

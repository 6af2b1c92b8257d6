/**
 * What an answer hands to the client that the next request may bring back: response ids, item ids, call
 * ids, and the history as it then stands. Read from the taps as the answer passes, because the next
 * request may come the moment the terminal event is out.
 */
import type { EmittedEvent, TapEvent } from '../protocol/capture/tap-event.ts';
import { litellmAliases } from '../protocol/ids/litellm-id.ts';
import { asArray, asObject, asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { TERMINAL_EVENT_TYPES } from '../protocol/responses/wire.ts';
import { type CanonicalItem, extendPrefix, type HashedPrefix, toCanonicalItem } from './canonical-items.ts';
import type { EvidenceKind } from './evidence-rows.ts';
import { isTellingCallId } from './request-evidence.ts';

export interface AnswerEvidence {
  observe(event: TapEvent): void;
}

export interface AnswerEvidenceOptions {
  /** History up to and with the request's input; undefined when it is not known in full. */
  input: HashedPrefix | undefined;
  put: (kind: EvidenceKind, value: string, responseId: string | null) => void;
}

/** An answer that is not a stream is looked at up to this size. */
const MAX_BODY = 8 * 1024 * 1024;

export function createAnswerEvidence({ input, put }: AnswerEvidenceOptions): AnswerEvidence {
  const seen = new Set<string>();
  const done: CanonicalItem[] = [];
  let responseId: string | null = null;
  let body: Uint8Array[] = [];
  let bodySize = 0;

  function putOnce(kind: EvidenceKind, value: string | undefined): void {
    if (value === undefined || value === '' || seen.has(`${kind} ${value}`)) return;
    seen.add(`${kind} ${value}`);
    put(kind, value, responseId);
  }

  function putResponse(id: string | undefined): void {
    if (id === undefined) return;
    responseId = id;
    putOnce('response', id);
    for (const alias of litellmAliases(id)) putOnce('response', alias);
  }

  function putItem(item: JsonObject): void {
    putOnce('item', asString(item['id']));
    const callId = asString(item['call_id']);
    if (callId !== undefined && isTellingCallId(callId)) putOnce('call', callId);
  }

  function putHistory(items: readonly CanonicalItem[]): void {
    const end = input && extendPrefix(input, items).at(-1);
    if (end && end.answers > 0) putOnce('history', end.hash);
  }

  function onEvent(event: EmittedEvent): void {
    event.json ??= parseJsonObject(event.data);
    const { json } = event;
    if (!json) return;
    if (json['response'] !== undefined) onResponse(asObject(json['response']), TERMINAL_EVENT_TYPES.has(String(json['type'])));
    else if (json['item'] !== undefined) onItem(asObject(json['item']), json['type'] === 'response.output_item.done');
  }

  function onItem(item: JsonObject, isDone: boolean): void {
    putItem(item);
    const canonical = isDone ? toCanonicalItem(item) : undefined;
    if (canonical) done.push(canonical);
  }

  /** Gateways whose final output differs from what they streamed: clients send back either. */
  function onResponse(response: JsonObject, isOver: boolean): void {
    putResponse(asString(response['id']));
    if (!isOver) return;
    const output = asArray(response['output']).map(asObject);
    for (const item of output) putItem(item);
    putHistory(done);
    putHistory(output.flatMap((item) => toCanonicalItem(item) ?? []));
  }

  function keepBody(bytes: Uint8Array): void {
    bodySize += bytes.length;
    if (bodySize <= MAX_BODY) body.push(bytes);
    else body = [];
  }

  function onEnd(ended: Extract<TapEvent, { type: 'step.ended' }>): void {
    const isWhole = ended.status === 'completed' || ended.status === 'incomplete';
    if (isWhole && body.length > 0 && bodySize <= MAX_BODY) {
      const response = parseJsonObject(Buffer.concat(body).toString('utf8'));
      if (response) onResponse(response, true);
    }
    putResponse(ended.responseId ?? undefined);
    for (const alias of ended.responseIdAliases) putOnce('response', alias);
  }

  return {
    observe(event) {
      if (event.type === 'client.write') {
        if (event.events.length === 0 && responseId === null) keepBody(event.bytes);
        for (const emitted of event.events) onEvent(emitted);
      } else if (event.type === 'step.ended') {
        onEnd(event);
      }
    },
  };
}

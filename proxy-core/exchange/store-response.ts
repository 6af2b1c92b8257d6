/** Keeps the response store in step with one translated exchange (mapping 4: the write points). */
import type { Emitted, ResponsesEmitter } from '../emitter/responses-emitter.ts';
import type { InputItem } from '../history/input-items.ts';
import { isObject, type JsonObject } from '../protocol/json.ts';
import type { ResponseStore } from '../sessions/response-store.ts';
import type { UpstreamKind } from '../upstreams/upstream.ts';
import { isTerminal } from './event-writer.ts';

export interface StoreResponseOptions {
  store: ResponseStore;
  emitter: ResponsesEmitter;
  body: JsonObject;
  ownInput: InputItem[];
  previousResponseId: string | null;
  sessionId: string;
  stepId: string;
  upstream: { name: string; kind: UpstreamKind; model: string };
  createdAtUs: number;
  onTrouble: (error: unknown) => void;
}

export interface StoredResponseWriter {
  begin(): void;
  /** Called with every event before it leaves. */
  beforeEvent(emitted: Emitted): void;
  /** The exchange ended without a terminal event reaching the client. */
  abandon(): void;
}

export function createStoredResponse(options: StoreResponseOptions): StoredResponseWriter {
  const { store, emitter, ownInput, upstream } = options;
  const { input: _input, ...request } = options.body;
  const id = emitter.response.id;
  let position = ownInput.length;
  let isFinished = false;

  // A store that can't write (disk full, locked) must not take the client's stream down with it.
  function guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      options.onTrouble(error);
    }
  }

  function finish(status: 'completed' | 'incomplete' | 'failed' | 'cancelled'): void {
    if (isFinished) return;
    isFinished = true;
    guarded(() => {
      store.finish(id, { status, response: emitter.response, upstreamId: emitter.upstreamId });
      if (emitter.upstreamId) store.addAlias(emitter.upstreamId, id);
    });
  }

  return {
    begin() {
      guarded(() =>
        store.begin(
          {
            id,
            sessionId: options.sessionId,
            stepId: options.stepId,
            previousResponseId: options.previousResponseId,
            upstream: upstream.name,
            upstreamId: null,
            status: 'in_progress',
            isApiVisible: options.body['store'] !== false,
            request,
            response: null,
            createdAtUs: options.createdAtUs,
          },
          ownInput.map((item, index) => ({ id: item.id, responseId: id, direction: 'input', position: index, item })),
        ),
      );
    },
    beforeEvent(emitted) {
      if (emitted.event.type === 'response.output_item.done') {
        const item = emitted.event['item'];
        if (!isObject(item) || typeof item['id'] !== 'string' || typeof item['type'] !== 'string') return;
        const stored = {
          id: item['id'],
          responseId: id,
          direction: 'output' as const,
          position: position++,
          item: { ...item, type: item['type'] },
        };
        const replay = emitted.replay === undefined ? {} : { replay: { kind: upstream.kind, model: upstream.model, data: emitted.replay } };
        guarded(() => store.addOutputItem({ ...stored, ...replay }));
      } else if (isTerminal(emitted)) {
        const { status } = emitter.response;
        finish(status === 'completed' || status === 'incomplete' ? status : 'failed');
      }
    },
    abandon: () => finish('cancelled'),
  };
}

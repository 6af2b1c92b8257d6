/**
 * The store behind `previous_response_id`, `item_reference` and GET /v1/responses/:id.
 * Not an observer: the exchange writes it before the terminal event goes out, because the client may
 * answer at once with the new id. Rows hold a response's own new input and output, never its history.
 */
import type { JsonObject } from '../protocol/json.ts';
import type { ResponseObject } from '../protocol/responses/wire.ts';
import type { ReplayData } from '../upstreams/upstream.ts';

export interface StoredItem {
  id: string;
  responseId: string;
  direction: 'input' | 'output';
  position: number;
  item: JsonObject & { type: string };
  replay?: ReplayData;
}

export interface StoredResponse {
  id: string;
  sessionId: string;
  stepId: string;
  previousResponseId: string | null;
  upstream: string;
  /** The upstream's own id of the answer (msg_01…, chatcmpl-…); null when it gave none. */
  upstreamId: string | null;
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
  /** `store: false` or deleted: kept for the debugger, not visible through the API, no chain through it. */
  isApiVisible: boolean;
  /** The client's request body without its input, which the items hold. */
  request: JsonObject;
  /** The last known response object; null while the first event has not been made. */
  response: ResponseObject | JsonObject | null;
  createdAtUs: number;
}

export interface ResponseStore {
  /** Inserts the row and its input items, before the upstream is called. */
  begin(response: StoredResponse, input: StoredItem[]): void;
  /** One finished output item, as its output_item.done goes out. */
  addOutputItem(item: StoredItem): void;
  /** Final state; called before the terminal event is written. */
  finish(id: string, patch: Pick<StoredResponse, 'status' | 'response' | 'upstreamId'>): void;
  /** Foreign ids (an upstream's, or a decoded LiteLLM id) that lead to a response. */
  addAlias(foreignId: string, responseId: string): void;

  getResponse(id: string): StoredResponse | undefined;
  resolveAlias(foreignId: string): string | undefined;
  /** Own items of one response in order: input first, then output. */
  getItems(responseId: string): StoredItem[];
  /** By global item id; the newest wins. Items of invisible responses are not found. */
  getItem(id: string, options?: { includeInvisible?: boolean }): StoredItem | undefined;
  /**
   * The newest stored call (function_call or custom_tool_call output item) with that call_id: of the
   * session where it has one, else of any. Short ids (`call_0`) come again in every conversation.
   */
  getCall(callId: string, sessionId?: string): StoredItem | undefined;
  /** Hides the response from the API (the debug record stays). False when it was not visible. */
  hideResponse(id: string): boolean;
}

/**
 * From a client's request to one flat conversation, oldest item first: the chain of previous responses,
 * then this turn's input with its references looked up (mapping 4). Nothing is invented and nothing is
 * dropped silently: what cannot be resolved is a 400 in OpenAI's words, what is dropped is a warning.
 */
import { invalidRequest, notFound, type ProxyError } from '../errors.ts';
import { asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { ResponseStore, StoredItem, StoredResponse } from '../sessions/response-store.ts';
import type { ConversationItem, Warning } from '../upstreams/upstream.ts';
import { openCompaction } from './compaction.ts';
import { toInputItems, type InputItem } from './input-items.ts';
import { isCall, toConversationItem } from './item-kinds.ts';
import { pairCalls } from './pair-calls.ts';
import { restoreReasoning } from './restore-reasoning.ts';

export interface ResolvedHistory {
  items: ConversationItem[];
  /** This turn's own input, references resolved, to be stored with the response. */
  ownInput: InputItem[];
  /** Responses that the chain went through, oldest first. */
  chain: StoredResponse[];
  warnings: Warning[];
}

const MAX_CHAIN_LENGTH = 10_000;

export function resolveHistory(body: JsonObject, store: ResponseStore, createId: (prefix: string) => string): ResolvedHistory {
  const warnings: Warning[] = [];
  const chain = resolveChain(asString(body['previous_response_id']), store);
  const items: ConversationItem[] = chain.flatMap((response) => toChainItems(store.getItems(response.id), warnings));
  const chainIds = new Set(items.map(({ item }) => asString(item['id'])));
  const chainCalls = new Set(items.filter(({ item }) => isCall(item.type)).map(({ item }) => asString(item['call_id'])));
  const ownInput: InputItem[] = [];
  const minted = new Set<string>();
  const mintId = (prefix: string): string => {
    const id = createId(prefix);
    minted.add(id);
    return id;
  };

  for (const item of toInputItems(body['input'], mintId)) {
    if (item.type === 'item_reference') {
      if (chainIds.has(item.id)) continue;
      const stored = store.getItem(item.id);
      if (!stored) throw itemNotFound(item.id);
      items.push(toConversationItem(stored, 'reference'));
      ownInput.push({ ...stored.item, id: stored.id });
      continue;
    }
    const isKnown = chainIds.has(item.id) || (isCall(item.type) && chainCalls.has(asString(item['call_id'])));
    if (isKnown) {
      warnings.push({
        code: 'duplicate_item_dropped',
        param: 'input',
        message: `${item.id} is in the previous response already; the copy in the input was left out.`,
      });
      continue;
    }
    if (item.type === 'compaction') {
      items.push({ item: openCompaction(item), source: 'input' });
      ownInput.push(item);
      continue;
    }
    // An id that was made just now is in no store.
    const stored = minted.has(item.id) ? undefined : store.getItem(item.id, { includeInvisible: true });
    const known = stored?.item.type === item.type ? stored.replay : undefined;
    items.push(known === undefined ? { item, source: 'input' } : { item, source: 'input', replay: known });
    ownInput.push(item);
  }

  const paired = pairCalls(items, store, warnings);
  return { items: restoreReasoning(paired, store, warnings), ownInput, chain, warnings };
}

/** Walks from the named response to the first one. */
function resolveChain(previousId: string | undefined, store: ResponseStore): StoredResponse[] {
  const chain: StoredResponse[] = [];
  let id: string | null = previousId ?? null;
  while (id !== null) {
    const response: StoredResponse | undefined = store.getResponse(id) ?? getByAlias(id, store);
    if (!response || !response.isApiVisible) throw previousNotFound(previousId ?? id);
    if (response.status === 'failed' || response.status === 'cancelled' || response.status === 'in_progress') {
      throw invalidRequest(
        `Previous response with id '${response.id}' has status '${response.status}' and cannot be continued.`,
        'previous_response_id',
      );
    }
    chain.push(response);
    if (chain.length > MAX_CHAIN_LENGTH)
      throw invalidRequest(`The chain of previous responses is longer than ${MAX_CHAIN_LENGTH}.`, 'previous_response_id');
    id = response.previousResponseId;
  }
  return chain.reverse();
}

function getByAlias(id: string, store: ResponseStore): StoredResponse | undefined {
  const target = store.resolveAlias(id);
  return target === undefined ? undefined : store.getResponse(target);
}

function toChainItems(stored: StoredItem[], warnings: Warning[]): ConversationItem[] {
  return stored.flatMap((one) => {
    const { item } = one;
    if (
      one.direction === 'output' &&
      item['status'] === 'incomplete' &&
      item.type === 'function_call' &&
      !parseJsonObject(asString(item['arguments']) ?? '')
    ) {
      warnings.push({
        code: 'incomplete_call_dropped',
        message: `The call ${asString(item['call_id']) ?? one.id} of the previous response was cut in its arguments; it was left out.`,
      });
      return [];
    }
    if (item.type === 'compaction') return [{ item: openCompaction({ ...item, id: one.id }), source: 'chain' as const }];
    return [toConversationItem(one, 'chain')];
  });
}

function previousNotFound(id: string): ProxyError {
  return invalidRequest(`Previous response with id '${id}' not found.`, 'previous_response_id', 'previous_response_not_found');
}

function itemNotFound(id: string): ProxyError {
  return notFound(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    'input',
  );
}

/** What a stream gives away about the software that made it, collected while it passes. Used only to match known issues. */
import { asString } from '../../json.ts';
import type { EventFacts } from '../model/event-facts.ts';
import { decodeResponseId } from '../model/id-names.ts';

export interface StreamTraits {
  /** LiteLLM puts the configured model into every event, or encodes its routing into response ids. */
  isLiteLlm: boolean;
  /** Some item was announced so far. */
  hasItems: boolean;
  hasReasoning: boolean;
  hasCall: boolean;
  /** Some text arrived in deltas. */
  hasTextDelta: boolean;
  /** Ids of hundreds of characters (encrypted blobs). */
  hasGiantIds: boolean;
  observe(facts: EventFacts): void;
}

const GIANT_ID = 150;

export function createTraits(): StreamTraits {
  const traits: StreamTraits = {
    isLiteLlm: false,
    hasItems: false,
    hasReasoning: false,
    hasCall: false,
    hasTextDelta: false,
    hasGiantIds: false,
    observe,
  };

  function observe(facts: EventFacts): void {
    const { spec, item, itemId, response } = facts;
    if (!spec) return;
    if (response) {
      const id = asString(response['id']);
      if (id !== undefined && decodeResponseId(id)?.text.startsWith('litellm:')) traits.isLiteLlm = true;
      return;
    }
    if (typeof facts.json['model'] === 'string') traits.isLiteLlm = true;
    if (spec.role === 'item-added') {
      traits.hasItems = true;
      if (item?.type === 'reasoning') traits.hasReasoning = true;
      if (item?.type === 'function_call' || item?.type === 'custom_tool_call') traits.hasCall = true;
    }
    if (spec.channel === 'text' && spec.role === 'delta') traits.hasTextDelta = true;
    if (itemId !== null && itemId.length > GIANT_ID) traits.hasGiantIds = true;
  }
  return traits;
}

/** What a stream gives away about the software that made it, collected while it passes. Used only to match known issues. */
import { asString } from '../../json.ts';
import type { EventFacts } from '../model/event-facts.ts';
import { decodeResponseId } from '../model/id-names.ts';

export interface StreamTraits {
  /** LiteLLM puts the configured model into every event, or encodes its routing into response ids. */
  isLiteLlm: boolean;
  hasChatcmplIds: boolean;
  /** Item ids of some 400 characters that change with every event. */
  hasGiantIds: boolean;
  observe(facts: EventFacts): void;
}

export function createTraits(): StreamTraits {
  const traits: StreamTraits = { isLiteLlm: false, hasChatcmplIds: false, hasGiantIds: false, observe };
  function observe(facts: EventFacts): void {
    if (!traits.isLiteLlm && facts.response === null && facts.type?.startsWith('response.') && typeof facts.json['model'] === 'string') {
      traits.isLiteLlm = true;
    }
    if (facts.response) {
      const id = asString(facts.response['id']);
      if (id !== undefined && decodeResponseId(id)?.text.startsWith('litellm:')) traits.isLiteLlm = true;
    }
    if (facts.itemId === null) return;
    if (facts.itemId.startsWith('chatcmpl-')) traits.hasChatcmplIds = true;
    if (facts.itemId.length > 200) traits.hasGiantIds = true;
  }
  return traits;
}

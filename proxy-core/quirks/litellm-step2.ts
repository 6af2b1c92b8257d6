import { isLaterStep, itemIdOf, itemOf, mapEvents, withFinalItems, withItemId } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in LiteLLM 1.83.7 and 1.83.14 when an answer begins with thinking or a tool call. */
export const litellmStep2 = defineQuirk({
  id: 'litellm-step2',
  title: 'LiteLLM, step 2: text without an announced item',
  description:
    "From the second step of a tool loop on, messages are never announced (no output_item.added, no content_part.added), and their text comes under the upstream's chatcmpl- id.",
  needs: 'a text in a request that answers tool calls',
  thread: { repo: 'BerriAI/litellm', kind: 'issues', number: 22102 },
  rules: ['item-id-announced'],
  createTransform({ request, createId }) {
    if (!isLaterStep(request)) return mapEvents((event) => [event]);
    const messages = new Set<string>();
    const chunkId = createId('chatcmpl').replace('_', '-');
    return mapEvents((event) => {
      const id = itemIdOf(event);
      if (event.type === 'response.output_item.added' && itemOf(event)?.type === 'message' && id !== undefined) {
        messages.add(id);
        return [];
      }
      if (id !== undefined && messages.has(id)) {
        return event.type === 'response.content_part.added' ? [] : [withItemId(event, chunkId)];
      }
      return [withFinalItems(event, (item) => (item.type === 'message' ? { ...item, id: chunkId } : item))];
    });
  },
});

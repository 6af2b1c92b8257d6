import { isCall, mapEvents, withFinalItems } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in vLLM: the final response was parsed from the text once more, and minted its ids anew. */
export const vllmCallIdSplit = defineQuirk({
  id: 'vllm-call-id-split',
  title: 'vLLM: another call_id in the final response',
  description: 'A call has one call_id in its own events and another one in the output of response.completed.',
  needs: 'a call',
  thread: { repo: 'vllm-project/vllm', kind: 'pull', number: 47916 },
  rules: ['call-id-stable'],
  createTransform: ({ createId }) =>
    mapEvents((event) => [withFinalItems(event, (item) => (isCall(item) ? { ...item, call_id: createId('call') } : item))]),
});

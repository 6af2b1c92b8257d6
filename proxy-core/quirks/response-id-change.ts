import { asString } from '../protocol/json.ts';
import { isTerminal, mapEvents, withResponse } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in LiteLLM 1.83.x: only the last id has its routing encoded, and only that one can be continued. */
export const responseIdChange = defineQuirk({
  id: 'response-id-change',
  title: 'LiteLLM: the response changes its id',
  description: 'response.created and in_progress carry one resp_ id, the terminal event another, longer one.',
  needs: '',
  thread: { repo: 'BerriAI/litellm', kind: 'pull', number: 37956 },
  rules: ['response-id-stable'],
  createTransform: () =>
    mapEvents((event) => [
      isTerminal(event) ? withResponse(event, (response) => ({ ...response, id: encode(asString(response.id) ?? '') })) : event,
    ]),
});

function encode(id: string): string {
  return `resp_${Buffer.from(`litellm:custom_llm_provider:anthropic;model_id:None;response_id:${id}`, 'utf8').toString('base64')}`;
}

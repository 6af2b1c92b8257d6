import { isTerminal, mapEvents, withResponse } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in new-api, LiteLLM, agentgateway and Open WebUI. */
export const emptyFinalOutput = defineQuirk({
  id: 'empty-final-output',
  title: 'Empty output in the final response',
  description: 'The stream is right, but the response in response.completed has output: [].',
  needs: '',
  thread: { repo: 'QuantumNous/new-api', kind: 'issues', number: 4362 },
  rules: ['final-output-equals-stream'],
  createTransform: () =>
    mapEvents((event) => [isTerminal(event) ? withResponse(event, (response) => ({ ...response, output: [] })) : event]),
});

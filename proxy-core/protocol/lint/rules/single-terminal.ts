/** Exactly one terminal event, and nothing after it. */
import { isObject, type JsonObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';

export const singleTerminal = defineRule({
  id: 'single-terminal',
  severity: 'error',
  title: 'No terminal event, or more than one',
  why: 'Only completed, incomplete or failed says how the answer ended. Without it a cut answer looks like a whole one: several clients take the silence for success.',
  source: 'OpenAI streaming guide (Aug 2026); exactly one in 515 of 516 genuine streams, the other one ends with an error event.',
  breaks:
    'openai-python, the Agents SDKs and Codex raise an error; AI SDK, openai-node, langchain and pydantic-ai silently take the answer as complete, and AI SDK stops its tool loop.',
  fix: 'When the upstream ends early, close what is open and send response.failed; send exactly one terminal event and close the connection.',
  example: {
    good: { events: textStream() },
    bad: { events: without(textStream(), 'response.completed') },
  },
  create({ report, model }) {
    let lastType: string | null = null;
    let lastLost: JsonObject | null = null;
    return {
      event(facts) {
        const { terminal } = model;
        lastType = facts.type;
        // An item that was left open and is closed after all is item-done's finding.
        if (facts.spec?.role === 'item-done' && facts.item?.faults.has('item-done')) return;
        if (facts.type === null) lastLost = facts.json;
        if (terminal && terminal.index !== facts.event.index) {
          report({
            facts,
            item: null,
            group: 'stream',
            message:
              facts.spec?.role === 'terminal'
                ? `${facts.type} is a second terminal event; ${terminal.type} in event ${terminal.index} had ended the stream.`
                : `${facts.type ?? 'A frame without a type'} comes after the terminal event ${terminal.type} (event ${terminal.index}).`,
            expected: 'nothing but [DONE]',
            actual: facts.type,
          });
        } else if (terminal && facts.event.isTerminated === false) {
          report({
            facts,
            item: null,
            group: 'stream',
            message: `The stream ends without the empty line after ${facts.type}; clients that follow the SSE specification never see that event.`,
            expected: 'an empty line after the last event',
            actual: 'end of stream',
          });
        }
      },
      end(info) {
        if (model.terminal || lastType === 'error' || info.cause === 'client-gone' || info.answer) return;
        // The last event could not be read, but it was one about the response.
        if (
          lastType === null &&
          lastLost &&
          (isObject(lastLost['response']) || (model.lostAt === model.eventCount - 1 && Object.keys(lastLost).length === 0))
        )
          return;
        report({
          item: null,
          message: `The stream ends ${lastType === null ? 'without any event' : `after ${lastType}`}, without response.completed, response.incomplete or response.failed.`,
          expected: 'a terminal event',
          actual: lastType,
        });
      },
    };
  },
});

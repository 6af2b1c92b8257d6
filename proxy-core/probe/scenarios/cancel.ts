import { expectCompleted, failed, type Scenario } from '../scenario.ts';

export const cancel: Scenario = {
  name: 'cancel',
  title: 'a client that leaves in mid-stream does no harm',
  async run({ ask, model }) {
    const left = await ask(
      { model, input: 'Write a long story about a lighthouse, at least 500 words.', stream: true },
      { leaveAt: 'response.output_text.delta' },
    );
    if (left.status >= 400 || left.events.length === 0) expectCompleted(left, 'The request that was to be cancelled');
    if (!left.hasLeft && left.text === '') throw failed('No text was streamed before the answer ended.');
    const next = await ask({ model, input: 'Say hello.', stream: true });
    expectCompleted(next, 'The request after the cancelled one');
    return 'The connection was broken off at the first text; the next request was answered.';
  },
};

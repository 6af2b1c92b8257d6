import { expectCompleted, failed, type Scenario } from '../scenario.ts';

export const text: Scenario = {
  name: 'text',
  title: 'a streamed text answer',
  async run({ ask, model }) {
    const answer = await ask({ model, input: 'Say hello in one short sentence.', stream: true });
    expectCompleted(answer);
    if (answer.text.trim() === '') throw failed('The answer holds no text.');
    return `${answer.events.length} events, ${answer.text.length} characters of text.`;
  },
};

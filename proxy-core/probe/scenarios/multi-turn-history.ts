import { expectCompleted, type Scenario } from '../scenario.ts';

export const multiTurnHistory: Scenario = {
  name: 'multi-turn-history',
  title: 'a second turn that sends the first one back as input',
  async run({ ask, model }) {
    const question = { role: 'user', content: 'My name is Ada. Say hello.' };
    const first = await ask({ model, input: [question], store: false, stream: true });
    expectCompleted(first, 'The first turn');
    const second = await ask({
      model,
      input: [question, ...first.items, { role: 'user', content: 'What is my name?' }],
      store: false,
      stream: true,
    });
    expectCompleted(second, 'The turn with the history in its input');
    return `The items of the first answer were accepted back (${first.items.length}).`;
  },
};

import { expectCompleted, expectSupported, unsupported, type Scenario } from '../scenario.ts';
import { checkCalls, toOutputs, WEATHER_TOOL } from './tools.ts';

export const tool: Scenario = {
  name: 'tool',
  title: 'a function call, and the answer to its output',
  async run({ ask, model }) {
    const question = { role: 'user', content: 'What is the weather in Paris? Use the tool.' };
    const first = await ask({ model, input: [question], tools: [WEATHER_TOOL], tool_choice: 'auto', stream: true });
    expectSupported(first, 'A request with a function tool');
    if (first.calls.length === 0) throw unsupported('The model answered without calling the tool.');
    checkCalls(first);
    const second = await ask({ model, input: [question, ...first.items, ...toOutputs(first)], tools: [WEATHER_TOOL], stream: true });
    expectCompleted(second, 'The request with the tool output');
    return `${first.calls.length} call(s); the output was accepted.`;
  },
};

import { asString } from '../../protocol/json.ts';
import { expectCompleted, expectSupported, failed, unsupported, type Scenario } from '../scenario.ts';
import { checkCalls, toOutputs, WEATHER_TOOL } from './tools.ts';

export const parallelTools: Scenario = {
  name: 'parallel-tools',
  title: 'several function calls in one answer',
  async run({ ask, model }) {
    const question = { role: 'user', content: 'Compare the weather in Oslo and Rome. Call the tool for both cities at once.' };
    const first = await ask({ model, input: [question], tools: [WEATHER_TOOL], parallel_tool_calls: true, stream: true });
    expectSupported(first, 'A request for parallel calls');
    if (first.calls.length < 2) throw unsupported(`The model made ${first.calls.length} call(s) where two were asked for.`);
    checkCalls(first);
    if (new Set(first.calls.map((call) => asString(call['call_id']))).size < first.calls.length)
      throw failed('Two calls share one call_id.');
    const second = await ask({ model, input: [question, ...first.items, ...toOutputs(first)], tools: [WEATHER_TOOL], stream: true });
    expectCompleted(second, 'The request with both outputs');
    return `${first.calls.length} calls in one answer; their outputs were accepted.`;
  },
};

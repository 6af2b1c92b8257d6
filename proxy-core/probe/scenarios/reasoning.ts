import { asNumber, asObject } from '../../protocol/json.ts';
import { expectSupported, unsupported, type Scenario } from '../scenario.ts';

export const reasoning: Scenario = {
  name: 'reasoning',
  title: 'reasoning with a summary before the answer',
  async run({ ask, model }) {
    const answer = await ask({
      model,
      input: 'Think about it first: what is 17 times 23?',
      reasoning: { effort: 'low', summary: 'auto' },
      stream: true,
    });
    expectSupported(answer, 'A request with reasoning');
    const items = answer.items.filter(({ type }) => type === 'reasoning').length;
    const tokens = asNumber(asObject(asObject(answer.response['usage'])['output_tokens_details'])['reasoning_tokens']) ?? 0;
    if (items === 0 && tokens === 0) throw unsupported('The answer came without a reasoning item and without reasoning tokens.');
    return items > 0 ? `${items} reasoning item(s).` : `${tokens} reasoning tokens, not shown.`;
  },
};

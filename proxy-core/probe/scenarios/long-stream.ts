import { asNumber, asObject } from '../../protocol/json.ts';
import { expectCompleted, failed, type Scenario } from '../scenario.ts';

export const longStream: Scenario = {
  name: 'long-stream',
  title: 'a long answer arrives whole, and piece by piece',
  async run({ ask, model }) {
    const answer = await ask({ model, input: 'Count from 1 to 200, one number per line, nothing else.', stream: true });
    expectCompleted(answer);
    const deltas = answer.events.filter(({ type }) => type === 'response.output_text.delta').length;
    if (deltas === 0) throw failed('The text came without a single delta.');
    const tokens = asNumber(asObject(answer.response['usage'])['output_tokens']);
    return `${answer.text.length} characters in ${deltas} deltas${tokens === undefined ? '' : ` (${tokens} tokens)`}.`;
  },
};

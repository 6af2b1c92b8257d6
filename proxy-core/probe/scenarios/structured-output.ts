import { parseJsonObject } from '../../protocol/json.ts';
import { expectSupported, unsupported, type Scenario } from '../scenario.ts';

export const structuredOutput: Scenario = {
  name: 'structured-output',
  title: 'an answer that follows a JSON schema',
  async run({ ask, model }) {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, country: { type: 'string' } },
      required: ['city', 'country'],
      additionalProperties: false,
    };
    const answer = await ask({
      model,
      input: 'Which city is the capital of France? Answer as JSON with city and country.',
      text: { format: { type: 'json_schema', name: 'capital', schema, strict: true } },
      stream: true,
    });
    expectSupported(answer, 'A request with text.format json_schema');
    const value = parseJsonObject(answer.text);
    if (!value) throw unsupported('text.format is ignored: the answer is not JSON.');
    const missing = schema.required.filter((name) => typeof value[name] !== 'string');
    if (missing.length > 0) throw unsupported(`text.format is ignored: the JSON lacks ${missing.join(' and ')}.`);
    return 'The answer follows the schema.';
  },
};

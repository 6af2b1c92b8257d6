import { asObject, isObject, parseJsonObject } from '../../protocol/json.ts';
import { failed, type Answer, type Scenario } from '../scenario.ts';

export const errors: Scenario = {
  name: 'errors',
  title: 'wrong requests are refused with a readable error',
  async run({ ask, model }) {
    check(await ask({}, { rawBody: '{"model": ', isErrorWanted: true }), 'A body that is no JSON');
    check(await ask({ model, input: 42, stream: true }, { isErrorWanted: true }), 'An input that is a number');
    return 'Both wrong requests got a 4xx with an error object.';
  },
};

function check(answer: Answer, what: string): void {
  if (answer.status < 400) throw failed(`${what} was accepted with ${answer.status}.`);
  if (answer.status >= 500) throw failed(`${what} was answered with ${answer.status}, as if the server were at fault.`);
  const body = parseJsonObject(answer.body);
  const error = asObject(body?.['error']);
  if (!isObject(body?.['error']))
    throw failed(`${what} was refused (${answer.status}) without the object {"error":{…}}: ${answer.body.slice(0, 200)}`);
  if (typeof error['message'] !== 'string' || error['message'] === '') throw failed(`${what} was refused without error.message.`);
}

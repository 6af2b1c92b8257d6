import { asString } from '../../protocol/json.ts';
import { errorOf, expectCompleted, failed, unsupported, type Scenario } from '../scenario.ts';

export const multiTurnPreviousResponseId: Scenario = {
  name: 'multi-turn-previous-response-id',
  title: 'a second turn that continues by previous_response_id',
  async run({ ask, model }) {
    const first = await ask({ model, input: 'My name is Ada. Say hello.', store: true, stream: true });
    expectCompleted(first, 'The first turn');
    const id = asString(first.response['id']);
    if (id === undefined) throw failed('The first answer has no response id.');
    const second = await ask({ model, input: 'What is my name?', previous_response_id: id, store: true, stream: true });
    const said = errorOf(second);
    if (second.status >= 400 && /previous_response_not_found|not found|no response/i.test(`${second.body} ${said}`)) {
      throw failed(`The id that the server had just given (${id}) is unknown to it: ${said}`);
    }
    if ([400, 404, 405, 422, 501].includes(second.status)) throw unsupported(`previous_response_id is refused (${second.status}): ${said}`);
    expectCompleted(second, 'The turn with previous_response_id');
    return 'The server continued its own response by id.';
  },
};

/** The request that continues a paused turn: the same one, with what the model said so far at its end. */
import { asArray, asObject, isObject } from '../../protocol/json.ts';
import type { BuiltRequest } from '../upstream.ts';

export function continuePausedTurn(built: BuiltRequest, content: unknown): BuiltRequest {
  const messages = asArray(built.body.messages).filter(isObject);
  const last = messages.at(-1);
  // A turn that pauses again goes on in the same message.
  const isOpen = last?.role === 'assistant';
  const before = isOpen ? messages.slice(0, -1) : messages;
  const said = [...(isOpen ? asArray(asObject(last).content) : []), ...asArray(content)];
  return { ...built, body: { ...built.body, messages: [...before, { role: 'assistant', content: said }] } };
}

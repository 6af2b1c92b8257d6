/** The request's `input` as items with a type and an id each; nothing is looked up here. */
import { invalidRequest } from '../errors.ts';
import { asArray, asString, isObject, type JsonObject } from '../protocol/json.ts';

export type InputItem = JsonObject & { type: string; id: string };

const ID_PREFIXES: { [type: string]: string } = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  compaction: 'cmp',
};

/**
 * A string is one user message. Items without a type are messages when they have a role, references when
 * they have nothing but an id. Ids are the client's own where it gave one.
 * @throws ProxyError 400 for items that are no objects or have neither type nor role.
 */
export function toInputItems(input: unknown, createId: (prefix: string) => string): InputItem[] {
  if (typeof input === 'string') {
    return [{ type: 'message', id: createId('msg'), role: 'user', content: [{ type: 'input_text', text: input }] }];
  }
  return asArray(input).map((value, index) => {
    if (!isObject(value))
      throw invalidRequest(`Invalid type for 'input[${index}]': expected an object.`, `input[${index}]`, 'invalid_type');
    const type = asString(value['type']) ?? toImpliedType(value);
    if (!type)
      throw invalidRequest(
        `Invalid value for 'input[${index}]': it has neither a type nor a role.`,
        `input[${index}].type`,
        'missing_required_parameter',
      );
    if (type === 'message' && !['user', 'assistant', 'system', 'developer'].includes(asString(value['role']) ?? '')) {
      throw invalidRequest(
        `Invalid value for 'input[${index}].role': expected user, assistant, system or developer.`,
        `input[${index}].role`,
        'invalid_value',
      );
    }
    const id = asString(value['id']) || createId(ID_PREFIXES[type] ?? 'item');
    return { ...value, type, id };
  });
}

function toImpliedType(value: JsonObject): string | undefined {
  if (asString(value['role'])) return 'message';
  return asString(value['id']) && Object.keys(value).every((key) => key === 'id' || key === 'type') ? 'item_reference' : undefined;
}

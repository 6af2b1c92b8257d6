/** What is refused whatever the upstream is: bodies that are no requests, and fields whose loss would change the meaning (mapping 1.1). */
import { invalidRequest } from '../errors.ts';
import { isObject, type JsonObject } from '../protocol/json.ts';

/** @throws ProxyError 400 in OpenAI's words where they are known. */
export function checkRequest(body: unknown): asserts body is JsonObject {
  if (!isObject(body)) throw invalidRequest('We could not parse the JSON body of your request: it must be a JSON object.');
  checkType(body, 'model', 'a string', (value) => typeof value === 'string' && value !== '', true);
  checkType(body, 'input', 'a string or an array of input items', (value) => typeof value === 'string' || Array.isArray(value), false);
  checkType(body, 'instructions', 'a string', (value) => typeof value === 'string' || Array.isArray(value), false);
  checkType(body, 'stream', 'a boolean', (value) => typeof value === 'boolean', false);
  checkType(body, 'store', 'a boolean', (value) => typeof value === 'boolean', false);
  checkType(body, 'previous_response_id', 'a string', (value) => typeof value === 'string', false);
  checkType(body, 'max_output_tokens', 'a positive integer', (value) => Number.isInteger(value) && (value as number) > 0, false);
  checkType(body, 'temperature', 'a number', (value) => typeof value === 'number', false);
  checkType(body, 'top_p', 'a number', (value) => typeof value === 'number', false);
  checkType(body, 'metadata', 'an object', isObject, false);
  checkType(body, 'include', 'an array', Array.isArray, false);
  if (isSet(body['previous_response_id']) && isSet(body['conversation'])) {
    throw invalidRequest(
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one.",
      null,
      'mutually_exclusive_parameters',
    );
  }
  if (!isSet(body['input']) && !isSet(body['previous_response_id']) && !isSet(body['prompt'])) {
    throw invalidRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  }
  refuse(body, 'conversation', 'Deltascope has no conversations; use previous_response_id or send the history.');
  refuse(body, 'prompt', 'Prompt templates live at OpenAI; the upstream cannot see them.');
  if (body['background'] === true) refuse(body, 'background', 'Background responses are not supported on translated routes.');
}

function checkType(body: JsonObject, param: string, expected: string, isRight: (value: unknown) => boolean, isRequired: boolean): void {
  const value = body[param];
  if (!isSet(value)) {
    if (isRequired) throw invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
    return;
  }
  if (!isRight(value)) throw invalidRequest(`Invalid type for '${param}': expected ${expected}.`, param, 'invalid_type');
}

function refuse(body: JsonObject, param: string, why: string): void {
  if (isSet(body[param])) throw invalidRequest(`Unsupported parameter: '${param}'. ${why}`, param, 'unsupported_parameter');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

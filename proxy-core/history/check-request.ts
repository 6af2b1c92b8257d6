/** What is refused whatever the upstream is: bodies that are no requests, and fields whose loss would change the meaning (mapping 1.1). */
import { invalidRequest } from '../errors.ts';
import { isObject, type JsonObject } from '../protocol/json.ts';

interface ParameterType {
  expected: string;
  isRight: (value: unknown) => boolean;
}

const isString = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isBoolean = (value: unknown) => typeof value === 'boolean';

/** Null means "not set" for all of them. */
const PARAMETER_TYPES: { [param: string]: ParameterType } = {
  model: { expected: 'a string', isRight: (value) => isString(value) && value !== '' },
  input: { expected: 'a string or an array of input items', isRight: (value) => isString(value) || Array.isArray(value) },
  instructions: { expected: 'a string', isRight: (value) => isString(value) || Array.isArray(value) },
  stream: { expected: 'a boolean', isRight: isBoolean },
  store: { expected: 'a boolean', isRight: isBoolean },
  previous_response_id: { expected: 'a string', isRight: isString },
  max_output_tokens: { expected: 'a positive integer', isRight: (value) => Number.isInteger(value) && (value as number) > 0 },
  temperature: { expected: 'a number', isRight: isNumber },
  top_p: { expected: 'a number', isRight: isNumber },
  metadata: { expected: 'an object', isRight: isObject },
  include: { expected: 'an array', isRight: Array.isArray },
};

/** @throws ProxyError 400 in OpenAI's words where they are known. */
export function checkRequest(body: unknown): asserts body is JsonObject {
  if (!isObject(body)) throw invalidRequest('We could not parse the JSON body of your request: it must be a JSON object.');
  if (!isSet(body['model'])) throw missing('model');
  for (const [param, { expected, isRight }] of Object.entries(PARAMETER_TYPES)) {
    const value = body[param];
    if (isSet(value) && !isRight(value)) throw invalidRequest(`Invalid type for '${param}': expected ${expected}.`, param, 'invalid_type');
  }
  if (isSet(body['previous_response_id']) && isSet(body['conversation'])) {
    throw invalidRequest(
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one.",
      null,
      'mutually_exclusive_parameters',
    );
  }
  if (!isSet(body['input']) && !isSet(body['previous_response_id']) && !isSet(body['prompt'])) {
    throw missing('input');
  }
  refuse(body, 'conversation', 'Deltascope has no conversations; use previous_response_id or send the history.');
  refuse(body, 'prompt', 'Prompt templates live at OpenAI; the upstream cannot see them.');
  if (body['background'] === true) refuse(body, 'background', 'Background responses are not supported on translated routes.');
}

function missing(param: string) {
  return invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
}

function refuse(body: JsonObject, param: string, why: string): void {
  if (isSet(body[param])) throw invalidRequest(`Unsupported parameter: '${param}'. ${why}`, param, 'unsupported_parameter');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

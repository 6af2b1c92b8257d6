/**
 * text.format for Anthropic (mapping 1.1, 1.8): natively where the model can, by a forced tool whose
 * arguments are the answer where it is the only tool, else by a sentence in the system prompt.
 */
import { invalidRequest } from '../../errors.ts';
import { asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest, Warning } from '../upstream.ts';
import type { ModelTraits } from './models.ts';
import { toolNames, toStrictSchema, type ToolPlan } from './tools.ts';
import type { OutputConfig, Tool } from './wire.ts';

export interface FormatPlan {
  format?: OutputConfig['format'];
  /** The forced tool whose call is the answer's text. */
  answerTool?: Tool;
  systemHint?: string;
  warnings: Warning[];
}

export function planOutputFormat(request: BridgeRequest, toolPlan: ToolPlan, traits: ModelTraits): FormatPlan {
  const format = asObject(asObject(request.body.text).format);
  switch (format.type) {
    case undefined:
    case 'text':
      return { warnings: [] };
    case 'json_object':
      return { systemHint: 'Answer with exactly one JSON object and nothing else.', warnings: [hinted('json_object')] };
    case 'json_schema':
      return planSchema(toSchema(format), asString(format.name) ?? 'the answer', toolPlan, traits);
    default:
      throw invalidRequest(`Unknown text.format type '${String(format.type)}'.`, 'text.format', 'unsupported_parameter');
  }
}

function planSchema(schema: JsonObject, name: string, toolPlan: ToolPlan, traits: ModelTraits): FormatPlan {
  const strict = toStrictSchema(schema);
  if (!strict) {
    const message = 'The schema of text.format has a part without a type, enum or combination, which this upstream cannot enforce.';
    throw invalidRequest(message, 'text.format.schema', 'invalid_json_schema');
  }
  if (traits.structuredOutputs) return { format: { type: 'json_schema', schema: strict }, warnings: [] };
  if (toolPlan.tools === undefined && schema.type === 'object') {
    const answerTool: Tool = {
      name: uniqueName('json_output', toolNames(toolPlan.tools)),
      description: `Gives ${name} in its final form. Call it exactly once.`,
      input_schema: { ...schema, type: 'object' },
    };
    return { answerTool, warnings: [] };
  }
  return {
    systemHint: `Answer with exactly one JSON value and nothing else. It must match this JSON schema:\n${JSON.stringify(schema)}`,
    warnings: [hinted('json_schema')],
  };
}

function toSchema(format: JsonObject): JsonObject {
  if (isObject(format.schema)) return format.schema;
  throw invalidRequest("Missing required parameter: 'text.format.schema'.", 'text.format.schema', 'missing_required_parameter');
}

function hinted(type: string): Warning {
  const message = `This upstream cannot enforce text.format ${type} here; the model was asked for it in the system prompt.`;
  return { code: 'format_by_prompt', message, param: 'text.format' };
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let copy = 2; taken.has(unique); copy += 1) unique = `${name}_${copy}`;
  return unique;
}

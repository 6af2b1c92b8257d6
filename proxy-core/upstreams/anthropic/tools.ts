/**
 * Tools and tool_choice for Anthropic (mapping 1.7). Names, routes and the choice's validity were settled
 * before (history/tools.ts); here schemas get the form that Anthropic takes.
 */
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import { invalidRequest } from '../../errors.ts';
import { asNumber, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest, ToolDefinition, Warning } from '../upstream.ts';
import type { ModelTraits } from './models.ts';
import type { FunctionTool, MessageParam, Tool, ToolChoice } from './wire.ts';

export interface ToolPlan {
  tools?: Tool[];
  toolChoice?: ToolChoice;
  warnings: Warning[];
}

export function planTools(request: BridgeRequest, messages: MessageParam[], traits: ModelTraits): ToolPlan {
  const warnings: Warning[] = [];
  const functions = allowedTools(request, warnings).map((tool) => toTool(tool, traits, warnings));
  const tools: Tool[] = request.webSearch ? [...functions, toWebSearch(request)] : functions;
  if (tools.length === 0) return { ...planForHistory(messages), warnings };
  const toolChoice = toToolChoice(request);
  return toolChoice ? { tools, toolChoice, warnings } : { tools, warnings };
}

/** Anthropic has no allowed_tools: the others are not shown at all. */
function allowedTools({ tools, toolChoice }: BridgeRequest, warnings: Warning[]): ToolDefinition[] {
  if (toolChoice.type !== 'allowed') return tools;
  const allowed = tools.filter((tool) => toolChoice.upstreamNames.includes(tool.upstreamName));
  if (allowed.length < tools.length) {
    const message = `allowed_tools was done by sending ${allowed.length} of ${tools.length} tools, which breaks the prompt cache.`;
    warnings.push({ code: 'tools_filtered', message, param: 'tool_choice' });
  }
  return allowed;
}

/** The client's filters and place mean the same to Anthropic; so does the limit of calls, which is all its own. */
function toWebSearch({ webSearch = {}, body }: BridgeRequest): Tool {
  const domains = asObject(webSearch.filters).allowed_domains;
  const place = webSearch.user_location;
  const limit = asNumber(body.max_tool_calls);
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(Array.isArray(domains) && domains.length > 0 ? { allowed_domains: domains.map(String) } : {}),
    ...(isObject(place) ? { user_location: { ...place, type: 'approximate' as const } } : {}),
    ...(limit === undefined ? {} : { max_uses: limit }),
  };
}

function toTool(tool: ToolDefinition, traits: ModelTraits, warnings: Warning[]): FunctionTool {
  const described = tool.description === null ? {} : { description: tool.description };
  const plain = toInputSchema(tool);
  if (tool.strict !== true) return { name: tool.upstreamName, ...described, input_schema: plain };
  const strict = traits.structuredOutputs ? toStrictSchema(plain) : undefined;
  if (strict) return { name: tool.upstreamName, ...described, input_schema: strict as FunctionTool['input_schema'], strict: true };
  const because = traits.structuredOutputs ? 'its schema cannot be made strict' : 'the model has no strict mode';
  warnings.push({ code: 'strict_dropped', message: `The tool ${tool.upstreamName} was sent without strict: ${because}.`, param: 'tools' });
  return { name: tool.upstreamName, ...described, input_schema: plain };
}

/** The root must say `type: "object"`; a schema of something else cannot be the arguments of a call. */
function toInputSchema({ parameters, upstreamName }: ToolDefinition): FunctionTool['input_schema'] {
  if (parameters === null) return { type: 'object', properties: {} };
  const type = parameters.type;
  if (type !== undefined && type !== 'object') {
    throw invalidRequest(
      `The parameters of the tool '${upstreamName}' must be a JSON schema of type object.`,
      'tools',
      'invalid_function_parameters',
    );
  }
  return { ...parameters, type: 'object' };
}

function toToolChoice({ toolChoice, body }: BridgeRequest): ToolChoice | undefined {
  const single = body.parallel_tool_calls === false ? { disable_parallel_tool_use: true } : undefined;
  switch (toolChoice.type) {
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...single };
    case 'tool':
      return { type: 'tool', name: toolChoice.upstreamName, ...single };
    case 'allowed':
      if (toolChoice.mode === 'required') return { type: 'any', ...single };
      return single && { type: 'auto', ...single };
    case 'auto':
      return single && { type: 'auto', ...single };
  }
}

/** Calls in the history need their tools in the request, even where none may be called any more. */
function planForHistory(messages: MessageParam[]): Pick<ToolPlan, 'tools' | 'toolChoice'> {
  const names = new Set(messages.flatMap(({ content }) => content.flatMap((block) => (block.type === 'tool_use' ? [block.name] : []))));
  if (names.size === 0) return {};
  const tools = [...names].map((name): Tool => ({ name, input_schema: { type: 'object' } }));
  return { tools, toolChoice: { type: 'none' } };
}

/** Undefined when the schema cannot be written in the subset that strict mode takes. */
export function toStrictSchema(schema: JsonObject): JsonObject | undefined {
  try {
    const strict: unknown = transformJSONSchema(schema as Parameters<typeof transformJSONSchema>[0]);
    return isObject(strict) ? strict : undefined;
  } catch {
    return undefined; // the SDK's way to say that a part of the schema has no type
  }
}

export function isToolForced(choice: ToolChoice | undefined): boolean {
  return choice?.type === 'any' || choice?.type === 'tool';
}

export function toolNames(tools: Tool[] | undefined): Set<string> {
  return new Set((tools ?? []).map((tool) => asString(tool.name) ?? ''));
}

/**
 * The request's tools as a flat list under names that every upstream takes, and the tool choice in terms
 * of those names. Function, custom (freeform) and namespace tools are mapped; tools that OpenAI would run
 * itself are dropped with a warning, or refused when the request makes no sense without them (mapping 1.7).
 */
import { invalidRequest } from '../errors.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';
import type { ToolChoice, ToolDefinition, ToolRoute, Warning } from '../upstreams/upstream.ts';

export interface ResolvedTools {
  tools: ToolDefinition[];
  toolChoice: ToolChoice;
  /** The request's web_search tool, when somebody is there to run it. */
  webSearch?: JsonObject;
  warnings: Warning[];
}

export interface ToolOptions {
  /** The upstream runs a web search of its own. */
  hasWebSearch?: boolean;
}

const MAX_NAME_LENGTH = 128;
const CUSTOM_PARAMETERS: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: ['input'],
  additionalProperties: false,
};

/** @throws ProxyError 400 for duplicate or missing names and for choices that cannot be honoured. */
export function resolveTools(body: JsonObject, { hasWebSearch = false }: ToolOptions = {}): ResolvedTools {
  const warnings: Warning[] = [];
  const tools: ToolDefinition[] = [];
  const hosted: string[] = [];
  const taken = new Set<string>();
  let webSearch: JsonObject | undefined;
  const sources = asArray(body['tools']);
  if (body['tools'] !== undefined && body['tools'] !== null && !Array.isArray(body['tools'])) {
    throw invalidRequest("Invalid type for 'tools': expected an array.", 'tools', 'invalid_type');
  }

  function add(source: JsonObject, param: string, namespace?: string): void {
    const type = asString(source['type']);
    if (type === 'namespace') {
      const inner = asString(source['name']);
      if (!inner) throw invalidRequest(`Missing required parameter: '${param}.name'.`, `${param}.name`, 'missing_required_parameter');
      for (const [index, tool] of asArray(source['tools']).entries()) add(asObject(tool), `${param}.tools[${index}]`, inner);
      return;
    }
    if (hasWebSearch && type?.startsWith('web_search')) {
      webSearch = source;
      return;
    }
    if (type !== 'function' && type !== 'custom') {
      hosted.push(type ?? 'unknown');
      warnings.push({ code: 'tool_dropped', param, message: `The upstream has no tool of type ${type ?? 'unknown'}; it was left out.` });
      return;
    }
    const name = asString(source['name']);
    if (!name) throw invalidRequest(`Missing required parameter: '${param}.name'.`, `${param}.name`, 'missing_required_parameter');
    if (tools.some(({ route }) => route.type !== 'text' && route.name === name && route.namespace === namespace)) {
      throw invalidRequest(`Tool names must be unique: '${name}' is defined twice.`, param, 'invalid_value');
    }
    const upstreamName = toUniqueName(namespace === undefined ? name : `${namespace}__${name}`, taken);
    const route: ToolRoute = namespace === undefined ? { type, name } : { type, name, namespace };
    tools.push({
      upstreamName,
      route,
      description: type === 'custom' ? toCustomDescription(source) : (asString(source['description']) ?? null),
      parameters: type === 'custom' ? CUSTOM_PARAMETERS : isObject(source['parameters']) ? source['parameters'] : null,
      strict: type === 'custom' ? null : typeof source['strict'] === 'boolean' ? source['strict'] : null,
      source,
    });
  }

  for (const [index, source] of sources.entries()) add(asObject(source), `tools[${index}]`);
  if (hosted.length > 0 && tools.length === 0 && !webSearch) {
    throw invalidRequest(
      `This upstream cannot run tools of type ${hosted.join(', ')}, and the request has no other tool.`,
      'tools',
      'unsupported_parameter',
    );
  }
  return { ...applyToolChoice(body['tool_choice'], tools, warnings), warnings, ...(webSearch ? { webSearch } : {}) };
}

function applyToolChoice(
  choice: unknown,
  tools: ToolDefinition[],
  warnings: Warning[],
): { tools: ToolDefinition[]; toolChoice: ToolChoice } {
  if (choice === undefined || choice === null) return { tools, toolChoice: { type: 'auto' } };
  if (choice === 'auto' || choice === 'none') return { tools, toolChoice: { type: choice } };
  if (choice === 'required') {
    if (tools.length === 0) throw invalidRequest("tool_choice 'required' needs at least one tool.", 'tool_choice', 'invalid_value');
    return { tools, toolChoice: { type: 'required' } };
  }
  if (!isObject(choice)) throw invalidRequest("Invalid value for 'tool_choice'.", 'tool_choice', 'invalid_value');
  const type = asString(choice['type']);
  if (type === 'function' || type === 'custom') {
    const upstreamName = findTool(tools, choice);
    if (!upstreamName) throw missingTool(choice);
    return { tools, toolChoice: { type: 'tool', upstreamName } };
  }
  if (type === 'allowed_tools') {
    const wanted = asArray(choice['tools']).map(asObject);
    const upstreamNames = wanted.flatMap((one) => {
      if (asString(one['type']) === 'namespace') {
        return tools.filter(({ route }) => route.type !== 'text' && route.namespace === one['name']).map((tool) => tool.upstreamName);
      }
      const name = findTool(tools, one);
      if (!name && (one['type'] === 'function' || one['type'] === 'custom')) throw missingTool(one);
      if (!name)
        warnings.push({
          code: 'tool_dropped',
          param: 'tool_choice',
          message: `The upstream has no tool of type ${asString(one['type']) ?? 'unknown'}; it is not among the allowed ones.`,
        });
      return name ? [name] : [];
    });
    if (upstreamNames.length === 0)
      throw invalidRequest('tool_choice allows no tool that this upstream has.', 'tool_choice', 'invalid_value');
    return { tools, toolChoice: { type: 'allowed', mode: choice['mode'] === 'required' ? 'required' : 'auto', upstreamNames } };
  }
  throw invalidRequest(`This upstream cannot be made to call a tool of type ${type ?? 'unknown'}.`, 'tool_choice', 'unsupported_parameter');
}

function findTool(tools: ToolDefinition[], choice: JsonObject): string | undefined {
  const match = tools.find(
    ({ route }) =>
      route.type !== 'text' &&
      route.name === choice['name'] &&
      (choice['namespace'] === undefined || route.namespace === choice['namespace']),
  );
  return match?.upstreamName;
}

function missingTool(choice: JsonObject) {
  return invalidRequest(`Tool choice '${asString(choice['name']) ?? ''}' not found in 'tools' parameter.`, 'tool_choice', 'invalid_value');
}

/** Grammar and format of a freeform tool cannot be enforced upstream; the model is told instead. */
function toCustomDescription(source: JsonObject): string | null {
  const format = asObject(source['format']);
  const grammar = asString(format['definition']);
  const parts = [asString(source['description'])];
  if (grammar) parts.push(`The input must follow this ${asString(format['syntax']) ?? ''} grammar:\n${grammar}`);
  const text = parts.filter(Boolean).join('\n\n');
  return text === '' ? null : text;
}

function toUniqueName(name: string, taken: Set<string>): string {
  const base = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_NAME_LENGTH);
  let unique = base;
  for (let n = 2; taken.has(unique); n++) unique = `${base.slice(0, MAX_NAME_LENGTH - 4)}_${n}`;
  taken.add(unique);
  return unique;
}

/** The upstream's name of a tool that the client names in a call of the history. */
export function toUpstreamName(tools: readonly ToolDefinition[], name: string, namespace: unknown): string {
  const known = tools.find(({ route }) => route.type !== 'text' && route.name === name && route.namespace === (namespace ?? undefined));
  if (known) return known.upstreamName;
  return toUniqueName(typeof namespace === 'string' ? `${namespace}__${name}` : name, new Set());
}

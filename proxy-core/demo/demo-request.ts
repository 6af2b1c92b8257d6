/**
 * What the demo model looks at in a Messages request: the last question, the tool results since then, the
 * tools. Also the handful of rules by which the real API refuses a request, because a debugging proxy whose
 * demo swallows everything would hide its own faults.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';

export interface DemoRequest {
  model: string;
  isStream: boolean;
  maxTokens: number;
  /** The user's last words, without reminders that a client put in. */
  question: string;
  tools: DemoTool[];
  toolChoice: { type: string; name?: string };
  isParallelAllowed: boolean;
  isThinking: boolean;
  isThinkingShown: boolean;
  /** Rounds of tool results since the question; the last round's results. */
  rounds: number;
  results: DemoResult[];
  /** Names of the tools called since the question. */
  called: string[];
  answerSchema: JsonObject | undefined;
  inputTokens: number;
}
export interface DemoTool {
  name: string;
  description: string;
  schema: JsonObject;
}
export interface DemoResult {
  toolName: string;
  input: JsonObject;
  text: string;
  isError: boolean;
}

/** Anthropic's own words for the faults that a bridge may make; undefined: the request is fine. */
export function findFault(body: JsonObject, version: string): string | undefined {
  if (typeof body.model !== 'string' || body.model === '') return 'model: Field required';
  if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required';
  const messages = asArray(body.messages).map(asObject);
  if (messages.length === 0) return 'messages: at least one message is required';
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  const sampling = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined);
  if (sampling !== undefined && version >= '2026-10-21') return `${sampling}: Extra inputs are not permitted`;
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (blocks.some((block) => block.type === 'text' && asString(block.text) === ''))
      return 'messages: text content blocks must be non-empty';
    const wanted = blocks.filter((block) => block.type === 'tool_use').map((block) => asString(block.id) ?? '');
    const next = blocksOf(messages[index + 1] ?? {})
      .slice(0, wanted.length)
      .map((block) => asString(block.tool_use_id) ?? '');
    const missing = wanted.filter((id) => !next.includes(id));
    if (missing.length > 0) {
      return `messages.${index + 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    }
    const calls = new Set(blocksOf(messages[index - 1] ?? {}).map((block) => block.id));
    const orphan = blocks.find((block) => block.type === 'tool_result' && !calls.has(block.tool_use_id));
    if (orphan)
      return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${asString(orphan.tool_use_id) ?? ''}.`;
  }
  return undefined;
}

export function readRequest(body: JsonObject): DemoRequest {
  const messages = asArray(body.messages).map(asObject);
  const asked = messages.findLastIndex((message) => message.role === 'user' && userText(message) !== '');
  const since = messages.slice(asked + 1);
  const choice = asObject(body.tool_choice);
  const thinking = asObject(body.thinking);
  const uses = messages.flatMap(blocksOf).filter((block) => block.type === 'tool_use');
  return {
    model: asString(body.model) ?? 'demo-claude',
    isStream: body.stream === true,
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : 1024,
    question: asked === -1 ? '' : userText(messages[asked] ?? {}),
    tools: asArray(body.tools).map(asObject).map(toTool),
    toolChoice: {
      type: asString(choice.type) ?? 'auto',
      ...(asString(choice.name) === undefined ? {} : { name: asString(choice.name) ?? '' }),
    },
    isParallelAllowed: choice.disable_parallel_tool_use !== true,
    isThinking: thinking.type === 'adaptive' || thinking.type === 'enabled',
    isThinkingShown: thinking.display !== 'omitted',
    rounds: since.filter((message) => message.role === 'user').length,
    results: resultsOf(messages.at(-1) ?? {}, uses),
    called: since.flatMap(blocksOf).flatMap((block) => (block.type === 'tool_use' ? [asString(block.name) ?? ''] : [])),
    answerSchema: schemaOf(asObject(asObject(body.output_config).format)),
    inputTokens: countTokens(body),
  };
}

/** About what the real counter says for English: a token is four characters. */
export function countTokens(body: JsonObject): number {
  const { messages, system, tools } = body;
  return Math.ceil(JSON.stringify([messages ?? [], system ?? '', tools ?? []]).length / 4);
}

function blocksOf(message: JsonObject): JsonObject[] {
  if (typeof message.content === 'string') return [{ type: 'text', text: message.content }];
  return asArray(message.content).filter(isObject);
}

/** The last of its texts: what is before it (a summary, a note of the program) is context, not the question. */
function userText(message: JsonObject): string {
  const texts = blocksOf(message).map((block) => (block.type === 'text' ? (asString(block.text) ?? '').trim() : ''));
  return texts.findLast((text) => text !== '' && !/^<[a-z_-]+>/i.test(text)) ?? '';
}

function toTool(tool: JsonObject): DemoTool {
  return { name: asString(tool.name) ?? '', description: asString(tool.description) ?? '', schema: asObject(tool.input_schema) };
}

function resultsOf(message: JsonObject, uses: JsonObject[]): DemoResult[] {
  if (message.role !== 'user') return [];
  return blocksOf(message).flatMap((block) => {
    if (block.type !== 'tool_result') return [];
    const use = uses.find((one) => one.id === block.tool_use_id);
    const text =
      typeof block.content === 'string'
        ? block.content
        : blocksOf(block)
            .map((part) => asString(part.text) ?? '')
            .join(' ');
    return [{ toolName: asString(use?.name) ?? '', input: asObject(use?.input), text: text.trim(), isError: block.is_error === true }];
  });
}

function schemaOf(format: JsonObject): JsonObject | undefined {
  return format.type === 'json_schema' && isObject(format.schema) ? format.schema : undefined;
}

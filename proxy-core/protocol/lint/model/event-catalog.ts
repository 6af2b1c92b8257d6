/**
 * The published stream events: what each is about, so that the model and the rules never compare type
 * strings. Source: OpenAI's OpenAPI document (Aug 2026), Open Responses 2026-04-24; `unpublished` marks
 * those that genuine OpenAI traffic carries although no schema has them.
 */
export type EventRole =
  | 'lifecycle'
  | 'terminal'
  | 'error'
  | 'item-added'
  | 'item-done'
  | 'part-added'
  | 'part-done'
  | 'delta'
  | 'content-done'
  | 'annotation'
  /** Says something about an item, carries no content (`web_search_call.searching`, say). */
  | 'progress'
  | 'other';

/** Where content goes: part channels live in a content or summary part, the others in the item itself. */
export type Channel = 'text' | 'refusal' | 'reasoning' | 'summary' | 'arguments' | 'input' | 'code' | 'diff';

export interface EventSpec {
  role: EventRole;
  channel: Channel | null;
  /** Item types the event can be about; empty for any. */
  itemTypes: readonly string[];
  /** Field with the whole content of a content-done event. */
  doneField: string | null;
  hasItemId: boolean;
  isPublished: boolean;
}

const catalog = new Map<string, EventSpec>();
const defaults = { channel: null, itemTypes: [], doneField: null, hasItemId: false, isPublished: true } as const;

function add(type: string, role: EventRole, more: Partial<EventSpec> = {}): void {
  catalog.set(type, { ...defaults, role, ...more });
}

for (const name of ['created', 'queued', 'in_progress']) add(`response.${name}`, 'lifecycle');
for (const name of ['completed', 'incomplete', 'failed']) add(`response.${name}`, 'terminal');
add('error', 'error');
add('keepalive', 'other', { isPublished: false });
add('response.output_item.added', 'item-added');
add('response.output_item.done', 'item-done');

const message = ['message'];
const reasoning = ['reasoning'];
const about = (itemTypes: readonly string[], channel: Channel | null = null, doneField: string | null = null): Partial<EventSpec> => ({
  itemTypes,
  channel,
  doneField,
  hasItemId: true,
});

add('response.content_part.added', 'part-added', about([...message, ...reasoning]));
add('response.content_part.done', 'part-done', about([...message, ...reasoning]));
add('response.output_text.delta', 'delta', about(message, 'text'));
add('response.output_text.done', 'content-done', about(message, 'text', 'text'));
add('response.output_text.annotation.added', 'annotation', about(message, 'text'));
add('response.refusal.delta', 'delta', about(message, 'refusal'));
add('response.refusal.done', 'content-done', about(message, 'refusal', 'refusal'));
add('response.reasoning_summary_part.added', 'part-added', about(reasoning, 'summary'));
add('response.reasoning_summary_part.done', 'part-done', about(reasoning, 'summary'));
add('response.reasoning_summary_text.delta', 'delta', about(reasoning, 'summary'));
add('response.reasoning_summary_text.done', 'content-done', about(reasoning, 'summary', 'text'));
// Open Responses names the raw reasoning events without `_text`.
for (const name of ['reasoning_text', 'reasoning']) {
  add(`response.${name}.delta`, 'delta', about(reasoning, 'reasoning'));
  add(`response.${name}.done`, 'content-done', about(reasoning, 'reasoning', 'text'));
}
add('response.function_call_arguments.delta', 'delta', about(['function_call'], 'arguments'));
add('response.function_call_arguments.done', 'content-done', about(['function_call'], 'arguments', 'arguments'));
add('response.custom_tool_call_input.delta', 'delta', about(['custom_tool_call'], 'input'));
add('response.custom_tool_call_input.done', 'content-done', about(['custom_tool_call'], 'input', 'input'));
add('response.mcp_call_arguments.delta', 'delta', about(['mcp_call'], 'arguments'));
add('response.mcp_call_arguments.done', 'content-done', about(['mcp_call'], 'arguments', 'arguments'));
add('response.code_interpreter_call_code.delta', 'delta', about(['code_interpreter_call'], 'code'));
add('response.code_interpreter_call_code.done', 'content-done', about(['code_interpreter_call'], 'code', 'code'));
add('response.apply_patch_call_operation_diff.delta', 'delta', { ...about(['apply_patch_call'], 'diff'), isPublished: false });
add('response.apply_patch_call_operation_diff.done', 'content-done', {
  ...about(['apply_patch_call'], 'diff', 'diff'),
  isPublished: false,
});

const progress: Record<string, string[]> = {
  web_search_call: ['in_progress', 'searching', 'completed'],
  file_search_call: ['in_progress', 'searching', 'completed'],
  code_interpreter_call: ['in_progress', 'interpreting', 'completed'],
  image_generation_call: ['in_progress', 'generating', 'partial_image', 'completed'],
  mcp_list_tools: ['in_progress', 'completed', 'failed'],
  mcp_call: ['in_progress', 'completed', 'failed'],
};
for (const [itemType, names] of Object.entries(progress)) {
  for (const name of names) add(`response.${itemType}.${name}`, 'progress', about([itemType]));
}
// Shell commands have no item_id; several run under one item by command_index.
for (const name of ['added', 'delta', 'done']) add(`response.shell_call_command.${name}`, 'progress', { itemTypes: ['shell_call'] });
for (const name of ['delta', 'done']) add(`response.shell_call_output_content.${name}`, 'progress', about(['shell_call_output']));
for (const name of ['audio.delta', 'audio.done', 'audio.transcript.delta', 'audio.transcript.done']) add(`response.${name}`, 'other');

export function findEventSpec(type: string): EventSpec | undefined {
  return catalog.get(type);
}

export function isPartChannel(channel: Channel | null): boolean {
  return channel === 'text' || channel === 'refusal' || channel === 'reasoning' || channel === 'summary';
}

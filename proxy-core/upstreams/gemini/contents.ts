/**
 * The turns of a conversation as Gemini contents (mapping 1.3-1.5): one model content per answer with all its
 * calls in it, then one user content that begins with their responses in call order. Thought signatures go
 * back to the part they came with.
 */
import { asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import { callIdOf, isCall, isCallOutput, type AssistantTurn, type ToolResult, type Turn, type UserTurn } from '../shared/conversation.ts';
import { textOf } from '../shared/content-parts.ts';
import { openEnvelope } from '../shared/reasoning-envelope.ts';
import type { ConversationItem, Warning } from '../upstream.ts';
import { createCallIds, type CallIds } from './call-ids.ts';
import { isGemini3 } from './models.ts';
import { toParts } from './parts.ts';
import { callReplayOf, parseSignatureBlock, textReplayOf } from './replay.ts';
import type { GeminiContent, GeminiPart } from './wire.ts';

/** Google's own placeholder for calls that another model made or whose signature was lost. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

export interface BuiltContents {
  contents: GeminiContent[];
  /** Changed id -> the client's. */
  callIds: Record<string, string>;
  warnings: Warning[];
}

interface ContentsContext {
  model: string;
  ids: CallIds;
  warnings: Warning[];
}

export function toContents(turns: Turn[], model: string): BuiltContents {
  const context: ContentsContext = { model, ids: createCallIds(model), warnings: [] };
  const contents: GeminiContent[] = [];
  for (const turn of turns) {
    if (turn.role === 'user') add(contents, 'user', toUserParts(turn, context));
    else add(contents, 'model', toModelParts(turn, context));
  }
  closeGaps(contents, context.warnings);
  return { contents, callIds: context.ids.changed, warnings: context.warnings };
}

function add(contents: GeminiContent[], role: GeminiContent['role'], parts: GeminiPart[]): void {
  const last = contents.at(-1);
  if (parts.length === 0 && role === 'model') return;
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts });
}

/** A conversation begins and ends with the user, and no content is empty. */
function closeGaps(contents: GeminiContent[], warnings: Warning[]): void {
  if (contents[0]?.role === 'model') {
    contents.unshift({ role: 'user', parts: [{ text: '(conversation continues)' }] });
    warnings.push(inputWarning('user_turn_added', 'The conversation begins with the assistant; a short user turn was put before it.'));
  }
  if (contents.at(-1)?.role === 'model') {
    contents.push({ role: 'user', parts: [{ text: 'Continue.' }] });
    warnings.push(inputWarning('user_turn_added', 'The conversation ends with the assistant; a user turn "Continue." was put behind it.'));
  }
  if (contents.length === 0) contents.push({ role: 'user', parts: [] });
  for (const content of contents) if (content.parts.length === 0) content.parts.push({ text: '(empty)' });
}

function toModelParts(turn: AssistantTurn, context: ContentsContext): GeminiPart[] {
  const { model, ids, warnings } = context;
  const parts: GeminiPart[] = [];
  let signature: string | undefined;
  let hasCall = false;
  for (const entry of turn.items) {
    if (entry.item.type === 'reasoning') {
      for (const block of openReasoning(entry, context)) {
        if (block.at === 'functionCall') signature = block.sig;
        else if (block.at === 'text') parts.push({ text: '', thoughtSignature: block.sig });
        else parts.push({ text: block.text ?? '', thought: true, thoughtSignature: block.sig });
      }
    } else if (isCall(entry)) {
      const signed = callReplayOf(entry, model).signature ?? signature ?? (hasCall ? undefined : toPlaceholder(entry, context));
      const functionCall = { id: ids.idOf(entry), name: asString(entry.item.name) ?? '', args: toArgs(entry, warnings) };
      parts.push(signed === undefined ? { functionCall } : { functionCall, thoughtSignature: signed });
      hasCall = true;
      signature = undefined;
    } else if (entry.item.type === 'message') parts.push(...toTextParts(entry, context));
    else warnings.push(dropped(entry));
  }
  return parts;
}

/** Only Gemini 3 insists on a signature, and only on the first call of a turn. */
function toPlaceholder(call: ConversationItem, { model, warnings }: ContentsContext): string | undefined {
  if (!isGemini3(model)) return undefined;
  warnings.push(
    inputWarning('thought_signature_missing', `The call ${callIdOf(call)} has no thought signature of ${model}; a placeholder was sent.`),
  );
  return NO_SIGNATURE;
}

function openReasoning({ item }: ConversationItem, { model, warnings }: ContentsContext) {
  const encrypted = asString(item.encrypted_content);
  const opened = encrypted === undefined ? undefined : openEnvelope(encrypted, 'gemini', model);
  if (opened?.ok) return opened.envelope.blocks.flatMap((block) => parseSignatureBlock(block) ?? []);
  const why = opened ? `its encrypted_content ${opened.reason}` : 'it has no encrypted_content';
  warnings.push(inputWarning('reasoning_dropped', `The reasoning item ${asString(item.id) ?? ''} was not sent on: ${why}.`));
  return [];
}

function toTextParts(entry: ConversationItem, { model, warnings }: ContentsContext): GeminiPart[] {
  const parts = toParts(entry.item.content, warnings);
  const replay = textReplayOf(entry, model);
  const last = parts.at(-1);
  if (!replay || last?.text === undefined) return parts;
  if (replay.isTrailing) return [...parts, { text: '', thoughtSignature: replay.signature }];
  return [...parts.slice(0, -1), { ...last, thoughtSignature: replay.signature }];
}

/** Arguments must be an object; others are kept where the model can see them, never replaced by `{}`. */
function toArgs(call: ConversationItem, warnings: Warning[]): JsonObject {
  const { item } = call;
  if (item.type === 'custom_tool_call') return { input: asString(item.input) ?? '' };
  const raw = asString(item.arguments) ?? '';
  if (raw.trim() === '') return {};
  const args = parseJsonObject(raw);
  if (args) return args;
  warnings.push(
    inputWarning(
      'invalid_arguments',
      `The arguments of the call ${callIdOf(call)} are no JSON object; they were sent as text under _invalid_arguments.`,
    ),
  );
  return { _invalid_arguments: raw };
}

function toUserParts(turn: UserTurn, context: ContentsContext): GeminiPart[] {
  const { warnings } = context;
  const responses = turn.results.map((result) => toFunctionResponse(result, context));
  const parts = [...responses.map(({ part }) => part), ...responses.flatMap(({ behind }) => behind)];
  for (const entry of turn.items) {
    const { item } = entry;
    if (item.type === 'message') parts.push(...toMessageParts(item, warnings));
    else if (isCallOutput(entry)) {
      parts.push({ text: `Output of an earlier tool call (${callIdOf(entry)}):\n${textOf(item.output)}` });
      warnings.push(inputWarning('output_without_call', `The output for ${callIdOf(entry)} has no call; it was sent as user text.`));
    } else warnings.push(dropped(entry));
  }
  return parts;
}

function toMessageParts(item: JsonObject, warnings: Warning[]): GeminiPart[] {
  const parts = toParts(item.content, warnings);
  if (item.role !== 'system' && item.role !== 'developer') return parts;
  const text = parts.map((part) => part.text ?? '').join('\n');
  if (text.trim() === '') return [];
  warnings.push(
    inputWarning('system_moved', `Gemini has no ${item.role} messages inside a conversation; one was sent as marked user text.`),
  );
  return [{ text: `<system-reminder>\n${text}\n</system-reminder>` }];
}

/** `behind`: media that has to follow all responses, since models before Gemini 3 take text only in them. */
function toFunctionResponse(
  { call, output }: ToolResult,
  { model, ids, warnings }: ContentsContext,
): { part: GeminiPart; behind: GeminiPart[] } {
  const functionResponse: NonNullable<GeminiPart['functionResponse']> = {
    id: ids.idOf(call),
    // Required, and not in the output item: it comes from the call, wherever in the chain that is.
    name: asString(call.item.name) ?? '',
    response: {},
  };
  const made = output ? toParts(output.item.output, warnings) : [];
  const texts = made.flatMap((part) => part.text ?? []);
  const media = made.filter((part) => part.text === undefined);
  if (!output) warnings.push(inputWarning('output_missing', `The call ${callIdOf(call)} has no output; Gemini was told so.`));
  const text = output ? texts.join('\n') : '(no output recorded)';
  functionResponse.response = output && output.item.status !== 'incomplete' ? { output: text } : { error: text };
  const inline = media.flatMap(({ inlineData }) => (inlineData ? [{ inlineData }] : []));
  if (isGemini3(model) && inline.length > 0) functionResponse.parts = inline;
  const behind = isGemini3(model) ? media.filter(({ inlineData }) => !inlineData) : media;
  if (behind.length > 0) {
    warnings.push(
      inputWarning('output_media_moved', `Images and files in the output of ${callIdOf(call)} were sent behind the tool outputs.`),
    );
    behind.unshift({ text: `Attached to the output of ${functionResponse.name} (${functionResponse.id}):` });
  }
  return { part: { functionResponse }, behind };
}

function dropped({ item }: ConversationItem): Warning {
  return inputWarning('item_dropped', `An input item of the type ${item.type} has no counterpart at Gemini and was left out.`);
}

function inputWarning(code: string, message: string): Warning {
  return { code, message, param: 'input' };
}

/**
 * The content blocks of one Anthropic message, from start to stop. Each kind has its own small treatment in
 * `KINDS`; this file owns which block is open under which index, and the names (keys) they have downstream.
 *
 * Text that follows text directly is one text: web-search answers come as dozens of cited pieces. So the
 * `text-end` of a text block waits until something else begins.
 */
import { asArray, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { encodeEnvelope } from '../shared/reasoning-envelope.ts';
import { toAnnotations } from './citations.ts';

export interface Blocks {
  model: string;
  open: Map<number, OpenBlock>;
  nextKey: number;
  /** Calls of the client's tools so far. */
  callCount: number;
  /** A text whose last block has stopped but that may go on; `length` counts UTF-16 units, as annotations do. */
  waitingText: { key: string; length: number } | null;
  /** Searches that the provider has begun and not answered yet, by tool_use id. */
  searches: Map<string, Search>;
  reported: Set<string>;
}
interface Search {
  key: string;
  block: JsonObject;
}

type OpenBlock =
  | { kind: 'text'; key: string; start: number; length: number; citations: unknown[] }
  | { kind: 'thinking'; key: string; thinking: string; signature: string }
  | { kind: 'redacted'; key: string; data: string }
  | { kind: 'call'; key: string; given: string; hasDelta: boolean }
  | { kind: 'search'; search: Search; json: string }
  | { kind: 'ignored' };

export function createBlocks(model: string): Blocks {
  return { model, open: new Map(), nextKey: 0, callCount: 0, waitingText: null, searches: new Map(), reported: new Set() };
}

export function startBlock(blocks: Blocks, index: number, block: JsonObject, out: StreamEvent[]): void {
  if (blocks.open.has(index)) {
    out.push(warning('block_index_reused', `The upstream started block ${index} again before it had stopped; the first one was closed.`));
    stopBlock(blocks, index, out);
  }
  const type = asString(block.type) ?? '';
  if (type !== 'text') closeText(blocks, out);
  blocks.open.set(index, openBlock(blocks, type, block, out));
}

export function deltaBlock(blocks: Blocks, index: number, delta: JsonObject, out: StreamEvent[]): void {
  const type = asString(delta.type) ?? '';
  const block = blocks.open.get(index) ?? adoptBlock(blocks, index, type, out);
  if (!block || block.kind === 'ignored') return;
  switch (type) {
    case 'text_delta':
      if (block.kind === 'text') return addText(block, asString(delta.text) ?? '', out);
      break;
    case 'citations_delta':
      if (block.kind === 'text') return void block.citations.push(delta.citation);
      break;
    case 'thinking_delta':
      if (block.kind === 'thinking') return addThinking(block, asString(delta.thinking) ?? '', out);
      break;
    case 'signature_delta':
      if (block.kind === 'thinking') return void (block.signature = asString(delta.signature) || block.signature);
      break;
    case 'input_json_delta':
      if (block.kind === 'call') return addInput(block, asString(delta.partial_json) ?? '', out);
      if (block.kind === 'search') return void (block.json += asString(delta.partial_json) ?? '');
      break;
  }
  report(blocks, out, {
    code: 'unexpected_delta',
    what: type,
    message: `The upstream sent a ${type} in a block of another kind; it is only recorded.`,
  });
}

export function stopBlock(blocks: Blocks, index: number, out: StreamEvent[]): void {
  const block = blocks.open.get(index);
  if (!block) return;
  blocks.open.delete(index);
  switch (block.kind) {
    case 'text':
      for (const annotation of toAnnotations(block.citations, block.start, block.start + block.length)) {
        out.push({ type: 'text-annotation', key: block.key, annotation });
      }
      // Parallel text blocks do not happen; if they do, the one that stopped last goes on.
      if (blocks.waitingText && blocks.waitingText.key !== block.key) closeText(blocks, out);
      blocks.waitingText = { key: block.key, length: block.start + block.length };
      return;
    case 'thinking':
      return stopThinking(blocks, block, out);
    case 'redacted':
      return stopReasoning(blocks, block.key, { type: 'redacted_thinking', data: block.data }, out);
    case 'call':
      if (!block.hasDelta && block.given !== '') out.push({ type: 'tool-input-delta', key: block.key, delta: block.given });
      out.push({ type: 'tool-input-end', key: block.key });
      return;
    case 'search':
      block.search.block = { ...block.search.block, input: parseJsonObject(block.json) ?? asObject(block.search.block.input) };
      return;
    case 'ignored':
      return;
  }
}

/** Ends the text that waits for more; nothing to do when none does. */
export function closeText(blocks: Blocks, out: StreamEvent[], replay?: JsonObject): void {
  if (!blocks.waitingText) return;
  out.push({ type: 'text-end', key: blocks.waitingText.key, ...(replay === undefined ? {} : { replay }) });
  blocks.waitingText = null;
}

/** The message is over: closes whatever the upstream forgot to. Text of a refusal is marked, not to be replayed. */
export function closeBlocks(blocks: Blocks, { isRefused }: { isRefused: boolean }, out: StreamEvent[]): void {
  for (const index of blocks.open.keys()) stopBlock(blocks, index, out);
  closeText(blocks, out, isRefused ? { isRefused: true } : undefined);
}

function openBlock(blocks: Blocks, type: string, block: JsonObject, out: StreamEvent[]): OpenBlock {
  switch (type) {
    case 'text':
      return openText(blocks, block, out);
    case 'thinking': {
      const opened = { kind: 'thinking' as const, key: newKey(blocks), thinking: '', signature: asString(block.signature) ?? '' };
      out.push({ type: 'reasoning-start', key: opened.key });
      addThinking(opened, asString(block.thinking) ?? '', out);
      return opened;
    }
    case 'redacted_thinking': {
      const key = newKey(blocks);
      out.push({ type: 'reasoning-start', key });
      return { kind: 'redacted', key, data: asString(block.data) ?? '' };
    }
    case 'tool_use':
      return openCall(blocks, block, out);
    case 'server_tool_use':
      if (block.name === 'web_search') return openSearch(blocks, block, out);
      break;
    case 'web_search_tool_result':
      return answerSearch(blocks, block, out);
  }
  const what = type === 'server_tool_use' ? `${type} (${asString(block.name) ?? 'unnamed'})` : type;
  report(blocks, out, {
    code: 'block_not_translated',
    what,
    message: `The upstream sent a ${what} block, which the Responses API has no item for; it is only recorded.`,
  });
  return { kind: 'ignored' };
}

function openText(blocks: Blocks, block: JsonObject, out: StreamEvent[]): OpenBlock {
  const waiting = blocks.waitingText;
  const key = waiting?.key ?? newKey(blocks);
  if (!waiting) out.push({ type: 'text-start', key });
  blocks.waitingText = null;
  const opened: Extract<OpenBlock, { kind: 'text' }> = {
    kind: 'text',
    key,
    start: waiting?.length ?? 0,
    length: 0,
    citations: [...asArray(block.citations)],
  };
  addText(opened, asString(block.text) ?? '', out);
  return opened;
}

function addText(block: Extract<OpenBlock, { kind: 'text' }>, text: string, out: StreamEvent[]): void {
  if (text === '') return;
  block.length += text.length;
  out.push({ type: 'text-delta', key: block.key, text });
}

function addThinking(block: Extract<OpenBlock, { kind: 'thinking' }>, text: string, out: StreamEvent[]): void {
  if (text === '') return;
  block.thinking += text;
  out.push({ type: 'reasoning-delta', key: block.key, text });
}

function stopThinking(blocks: Blocks, block: Extract<OpenBlock, { kind: 'thinking' }>, out: StreamEvent[]): void {
  const { key, thinking, signature } = block;
  if (signature !== '') return stopReasoning(blocks, key, { type: 'thinking', thinking, signature }, out);
  report(blocks, out, {
    code: 'thinking_unsigned',
    message: 'The upstream sent thinking without a signature; it is shown but cannot be sent back later.',
  });
  out.push({ type: 'reasoning-end', key });
}

/** The block goes to the client sealed, and stays in the store as it is. */
function stopReasoning(blocks: Blocks, key: string, block: JsonObject, out: StreamEvent[]): void {
  const encryptedContent = encodeEnvelope({ provider: 'anthropic', model: blocks.model, blocks: [block] });
  out.push({ type: 'reasoning-end', key, encryptedContent, replay: { blocks: [block] } });
}

function openCall(blocks: Blocks, block: JsonObject, out: StreamEvent[]): OpenBlock {
  const key = newKey(blocks);
  blocks.callCount += 1;
  out.push({ type: 'tool-input-start', key, callId: asString(block.id) || null, name: asString(block.name) ?? '' });
  // Some servers give the whole input here; Anthropic itself an empty object.
  const given = isObject(block.input) && Object.keys(block.input).length > 0 ? JSON.stringify(block.input) : (asString(block.input) ?? '');
  return { kind: 'call', key, given, hasDelta: false };
}

function addInput(block: Extract<OpenBlock, { kind: 'call' }>, delta: string, out: StreamEvent[]): void {
  if (delta === '') return;
  block.hasDelta = true;
  out.push({ type: 'tool-input-delta', key: block.key, delta });
}

function openSearch(blocks: Blocks, block: JsonObject, out: StreamEvent[]): OpenBlock {
  const search: Search = { key: newKey(blocks), block };
  blocks.searches.set(asString(block.id) ?? search.key, search);
  out.push({ type: 'hosted-start', key: search.key, itemType: 'web_search_call', item: {} });
  return { kind: 'search', search, json: '' };
}

function answerSearch(blocks: Blocks, block: JsonObject, out: StreamEvent[]): OpenBlock {
  const id = asString(block.tool_use_id) ?? '';
  const search = blocks.searches.get(id);
  if (!search) {
    report(blocks, out, {
      code: 'result_without_search',
      what: id,
      message: `The upstream sent the result of a search (${id}) that it had not announced; it is only recorded.`,
    });
    return { kind: 'ignored' };
  }
  blocks.searches.delete(id);
  const sources = asArray(block.content).flatMap((one) => {
    const url = asString(asObject(one).url);
    return url === undefined ? [] : [{ type: 'url', url }];
  });
  const hasFailed = isObject(block.content);
  if (hasFailed) {
    out.push(
      warning(
        'web_search_failed',
        `The upstream's web search failed: ${asString(asObject(block.content).error_code) ?? 'unknown reason'}.`,
      ),
    );
  }
  out.push({
    type: 'hosted-end',
    key: search.key,
    item: {
      status: hasFailed ? 'failed' : 'completed',
      action: { type: 'search', query: asString(asObject(search.block.input).query) ?? '', sources },
    },
    replay: { blocks: [search.block, block] },
  });
  return { kind: 'ignored' };
}

/** A delta for a block that was never started: its kind is clear from the delta, only a call's name is not. */
function adoptBlock(blocks: Blocks, index: number, deltaType: string, out: StreamEvent[]): OpenBlock | undefined {
  const type = deltaType === 'text_delta' ? 'text' : deltaType === 'thinking_delta' ? 'thinking' : undefined;
  out.push(
    warning(
      'delta_without_block',
      `The upstream sent a ${deltaType} for block ${index}, which is not open${type ? '' : '; it is only recorded'}.`,
    ),
  );
  if (type === undefined) return undefined;
  startBlock(blocks, index, { type }, out);
  return blocks.open.get(index);
}

function newKey(blocks: Blocks): string {
  blocks.nextKey += 1;
  return `b${blocks.nextKey}`;
}

/** Once for each code and thing (`what`) in a stream. */
function report(blocks: Blocks, out: StreamEvent[], { code, what = '', message }: { code: string; what?: string; message: string }): void {
  if (blocks.reported.has(`${code} ${what}`)) return;
  blocks.reported.add(`${code} ${what}`);
  out.push(warning(code, message));
}

function warning(code: string, message: string): StreamEvent {
  return { type: 'warning', code, message };
}

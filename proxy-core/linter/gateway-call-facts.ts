/**
 * What a request and an answer have in them that survives a gateway's translation: the user's words, call
 * ids, tool names, the answer's own words. One reader for all wire formats, by the looks of each object;
 * ./gateway-match.ts compares what is found. Pure.
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';

export interface RequestFacts {
  model: string | null;
  /** The user's words, turn by turn, with white space evened out; the newest is last. */
  userTexts: string[];
  /** Ids of calls whose outputs are sent back. */
  callIds: string[];
  /** What those calls gave, as words: for formats without call ids (Gemini). */
  outputs: string[];
  toolNames: string[];
}

export interface AnswerFacts {
  callIds: Set<string>;
  /** Neighbouring words of text, reasoning and tool input, as pairs: comparable in whatever pieces they came. */
  pairs: Set<string>;
  words: Set<string>;
}

const MAX_TEXT = 200_000;
const MAX_TURNS = 200;

/** @param model of the path where the body names none (Gemini). */
export function toRequestFacts(body: JsonObject, model: string | null): RequestFacts {
  const facts: RequestFacts = { model: asString(body['model']) ?? model, userTexts: [], callIds: [], outputs: [], toolNames: [] };
  const turns = body['input'] ?? body['messages'] ?? body['contents'];
  if (typeof turns === 'string') addText(facts, turns);
  for (const turn of asArray(turns).slice(-MAX_TURNS)) readTurn(facts, asObject(turn));
  for (const tool of asArray(body['tools'])) readTool(facts, asObject(tool));
  return facts;
}

function readTurn(facts: RequestFacts, turn: JsonObject): void {
  // Responses and Chat Completions: an output is a turn of its own.
  if (turn['type'] === 'function_call_output') return addOutput(facts, turn['call_id'], turn['output']);
  if (turn['role'] === 'tool') return addOutput(facts, turn['tool_call_id'], turn['content']);
  const content = turn['content'] ?? turn['parts'];
  for (const part of asArray(content).map(asObject)) {
    // Gemini gives them the role of the user, of a function, or none.
    const { name, response } = asObject(part['functionResponse'] ?? part['function_response']);
    if (name !== undefined) addOutput(facts, undefined, response);
  }
  if (turn['role'] !== 'user') return;
  if (typeof content === 'string') return addText(facts, content);
  const texts: string[] = [];
  for (const part of asArray(content).map(asObject)) {
    if (part['type'] === 'tool_result') addOutput(facts, part['tool_use_id'], part['content']);
    const text = asString(part['text']);
    if (text !== undefined) texts.push(text);
  }
  addText(facts, texts.join(' '));
}

function readTool(facts: RequestFacts, tool: JsonObject): void {
  const name = asString(tool['name']) ?? asString(asObject(tool['function'])['name']);
  if (name !== undefined) facts.toolNames.push(name);
  for (const one of asArray(tool['functionDeclarations'] ?? tool['function_declarations'])) readTool(facts, asObject(one));
}

function addOutput(facts: RequestFacts, callId: unknown, output: unknown): void {
  if (typeof callId === 'string' && callId !== '') facts.callIds.push(callId);
  const text = typeof output === 'string' ? output : JSON.stringify(output ?? '');
  facts.outputs.push((text.slice(0, MAX_TEXT).match(/[\p{L}\p{N}]+/gu) ?? []).join(' '));
}

function addText(facts: RequestFacts, text: string): void {
  const even = text.slice(0, MAX_TEXT).replace(/\s+/g, ' ').trim();
  if (even !== '') facts.userTexts.push(even);
}

/** @param payloads the data of each frame, or one whole JSON answer. */
export function toAnswerFacts(payloads: readonly JsonObject[]): AnswerFacts {
  const said = new Map<string, string>();
  const callIds = new Set<string>();
  const add = (key: string, text: unknown): void => {
    if (typeof text !== 'string' || text === '') return;
    const before = said.get(key) ?? '';
    if (before.length < MAX_TEXT) said.set(key, before + text);
  };
  const addCall = (id: unknown): void => {
    if (typeof id === 'string' && id !== '') callIds.add(id);
  };
  for (const payload of payloads) readPayload(payload, add, addCall);
  const words = [...said.values()].flatMap((text) => [...(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []), '']);
  const pairs = new Set<string>();
  words.forEach((word, i) => {
    const next = words[i + 1];
    if (word !== '' && next) pairs.add(`${word} ${next}`);
  });
  return { callIds, pairs, words: new Set(words.filter((word) => word !== '')) };
}

type Add = (key: string, text: unknown) => void;

function readPayload(json: JsonObject, add: Add, addCall: (id: unknown) => void): void {
  const type = asString(json['type']) ?? '';
  // Responses
  if (type.startsWith('response.')) {
    const key = type.includes('reasoning') ? 'reasoning' : type.includes('output_text') ? 'text' : `call ${String(json['output_index'])}`;
    if (type.endsWith('.delta')) add(key, json['delta']);
    if (type.startsWith('response.output_item.')) addCall(asObject(json['item'])['call_id']);
    return;
  }
  for (const item of asArray(json['output']).map(asObject)) {
    addCall(item['call_id']);
    add('args', item['arguments']);
    for (const part of [...asArray(item['content']), ...asArray(item['summary'])]) add('text', asObject(part)['text']);
  }
  // Anthropic
  const block = asObject(json['content_block']);
  for (const one of [block, ...asArray(json['content']).map(asObject)]) {
    if (one['type'] === 'tool_use') addCall(one['id']);
    if (isObject(one['input']) && Object.keys(one['input']).length > 0) add(`call ${String(one['id'])}`, JSON.stringify(one['input']));
    add(one['type'] === 'thinking' ? 'reasoning' : 'text', one['text'] ?? one['thinking']);
  }
  if (type === 'content_block_delta') {
    const delta = asObject(json['delta']);
    add('text', delta['text']);
    add('reasoning', delta['thinking']);
    add(`call ${String(json['index'])}`, delta['partial_json']);
  }
  // Chat Completions
  for (const choice of asArray(json['choices']).map(asObject)) {
    const delta = asObject(choice['delta'] ?? choice['message']);
    add('text', delta['content']);
    add('reasoning', delta['reasoning_content'] ?? delta['reasoning']);
    asArray(delta['tool_calls']).forEach((call, position) => {
      const { id, index, function: fn } = asObject(call);
      addCall(id);
      add(`call ${asNumber(index) ?? position}`, asObject(fn)['arguments']);
    });
  }
  // Gemini
  for (const candidate of asArray(json['candidates']).map(asObject)) {
    for (const part of asArray(asObject(candidate['content'])['parts']).map(asObject)) {
      add(part['thought'] === true ? 'reasoning' : 'text', part['text']);
      const call = asObject(part['functionCall']);
      if (isObject(call['args'])) add(`call ${String(call['name'])}`, JSON.stringify(call['args']));
    }
  }
}

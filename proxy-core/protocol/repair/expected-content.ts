/**
 * What a recorded stream holds, read from everything that says it: the deltas, the done events, the
 * done items and the terminal output. Ids and indexes are only hints here, because they may be the
 * broken part. A client is judged by this: it has to end with the text, the reasoning and the calls.
 */
import { findEventSpec } from '../lint/model/event-catalog.ts';
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../json.ts';
import { TERMINAL_EVENT_TYPES } from '../responses/wire.ts';
import type { RecordedEvent } from '../client-models/recorded-event.ts';

export interface ExpectedCall {
  /** Every call id that the stream gives this call; empty when it gives none. */
  callIds: string[];
  name: string;
  /** The arguments text, or the input of a custom tool; each source's own when they differ. */
  arguments: string[];
  isCustom: boolean;
}

export interface ExpectedContent {
  /** Accepted texts of the whole response; more than one when the stream contradicts itself. */
  texts: string[];
  /** Accepted texts of the last message alone, which is what some clients call the answer. */
  lastTexts: string[];
  /** Accepted reasoning, all parts joined. */
  reasonings: string[];
  calls: ExpectedCall[];
  /** Tools to offer to the client: those that the response echoes. */
  tools: JsonObject[];
  /** Item ids of the terminal output; empty when there is none. */
  terminalItemIds: string[];
  terminalType: string | null;
  /** The upstream's own words when the stream tells a failure. */
  failure: string | null;
  /** A finished item is there, and none is left open at the end. */
  isWhole: boolean;
}

/** One source's view: what it says is in the response. */
interface Source {
  messages: string[];
  summary: string;
  raw: string;
  calls: ExpectedCall[];
}

const emptySource = (): Source => ({ messages: [], summary: '', raw: '', calls: [] });

export function readExpectedContent(events: readonly RecordedEvent[]): ExpectedContent {
  const terminal = events.find((event) => TERMINAL_EVENT_TYPES.has(event.type) && event.json !== undefined);
  const terminalOutput = asArray(asObject(terminal?.json?.['response'])['output']);
  const doneItems = events.filter((event) => event.type === 'response.output_item.done').map((event) => event.json?.['item']);
  const sources = [readDeltas(events), readDoneEvents(events), readItems(doneItems), readItems(terminalOutput)];
  const refusal = readRefusal(events, doneItems);
  // Some clients show a refusal as text, others keep it apart.
  const withRefusal = (accepted: string[]): string[] =>
    refusal === '' ? accepted : [...accepted, ...accepted.map((text) => text + refusal)];
  const summaries = mostComplete(sources.map((source) => source.summary));
  const raws = mostComplete(sources.map((source) => source.raw));
  return {
    texts: withRefusal(mostComplete(sources.map((source) => source.messages.join('')))),
    lastTexts: withRefusal(mostComplete(sources.map((source) => source.messages.at(-1) ?? ''))),
    reasonings: mergeReasoning(summaries, raws),
    calls: mergeCalls(sources.map((source) => source.calls)),
    tools: readTools(events),
    terminalItemIds: terminalOutput.map((item) => asString(asObject(item)['id']) ?? '').filter((id) => id !== ''),
    terminalType: terminal?.type ?? null,
    failure: readFailure(events),
    isWhole: hasFinishedItem(events) && !hasOpenItem(events),
  };
}

/**
 * The accepted ones of what the sources say. Where most of them agree, one that has more or less of the
 * same (a delta lost or sent twice) is wrong; where none agree, the one that holds the others is right.
 * What is altogether different stays accepted: nobody can tell which is true.
 */
function mostComplete(candidates: readonly string[]): string[] {
  const said = candidates.filter((one) => one !== '');
  const distinct = [...new Set(said)];
  const count = (text: string): number => said.filter((one) => one === text).length;
  const agreed = distinct.toSorted((left, right) => count(right) - count(left))[0];
  if (agreed === undefined) return [''];
  const isVariant = (one: string, other: string): boolean => isSubsequence(one, other) || isSubsequence(other, one);
  if (count(agreed) > 1) return distinct.filter((one) => one === agreed || !isVariant(one, agreed));
  return distinct.filter((one) => !distinct.some((other) => other.length > one.length && isSubsequence(one, other)));
}

/** Hosts that send raw reasoning often send a summary too; a client shows one, the other or both. */
function mergeReasoning(summaries: readonly string[], raws: readonly string[]): string[] {
  if (raws[0] === '') return [...summaries];
  if (summaries[0] === '') return [...raws];
  return [...summaries, ...raws, ...summaries.flatMap((left) => raws.flatMap((right) => [left + right, right + left]))];
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i++) if (whole[i] === part[at]) at += 1;
  return at === part.length;
}

function readDeltas(events: readonly RecordedEvent[]): Source {
  const source = emptySource();
  let lastMessage: unknown;
  const calls = new Map<string, ExpectedCall>();
  let latest: ExpectedCall | undefined;
  for (const { type, json } of events) {
    if (!json) continue;
    if (type === 'response.output_item.added') {
      const item = asObject(json['item']);
      if (item['type'] === 'message') lastMessage = undefined;
      const call = toCall(item);
      if (call) {
        latest = { ...call, arguments: [] };
        source.calls.push(latest);
        const id = asString(item['id']);
        if (id) calls.set(id, latest);
      }
      continue;
    }
    const spec = findEventSpec(type);
    const delta = asString(json['delta']);
    if (spec?.role !== 'delta' || delta === undefined) continue;
    if (spec.channel === 'text') {
      const key = json['output_index'] ?? 0;
      if (source.messages.length === 0 || (lastMessage !== undefined && lastMessage !== key)) source.messages.push(delta);
      else if (lastMessage === undefined && source.messages.length > 0) source.messages.push(delta);
      else source.messages[source.messages.length - 1] += delta;
      lastMessage = key;
    } else if (spec.channel === 'summary') source.summary += delta;
    else if (spec.channel === 'reasoning') source.raw += delta;
    else if (isCallChannel(type)) {
      const call = calls.get(asString(json['item_id']) ?? '') ?? latest;
      if (call) call.arguments = [(call.arguments[0] ?? '') + delta];
    }
  }
  return source;
}

function isCallChannel(type: string): boolean {
  return type.startsWith('response.function_call_arguments.') || type.startsWith('response.custom_tool_call_input.');
}

/** `*.done` events: text and reasoning only; for calls the items say the same and more. */
function readDoneEvents(events: readonly RecordedEvent[]): Source {
  const source = emptySource();
  for (const { type, json } of events) {
    const spec = findEventSpec(type);
    if (!json || spec?.role !== 'content-done' || spec.doneField === null) continue;
    const text = asString(json[spec.doneField]) ?? '';
    if (spec.channel === 'text') source.messages.push(text);
    else if (spec.channel === 'summary') source.summary += text;
    else if (spec.channel === 'reasoning') source.raw += text;
  }
  return source;
}

function readItems(items: readonly unknown[]): Source {
  const source = emptySource();
  for (const value of items) {
    const item = asObject(value);
    if (item['type'] === 'message') source.messages.push(joinTexts(item['content'], 'output_text'));
    if (item['type'] === 'reasoning') {
      source.summary += joinTexts(item['summary'], 'summary_text');
      source.raw += joinTexts(item['content'], 'reasoning_text');
    }
    const call = toCall(item);
    if (call) source.calls.push(call);
  }
  return source;
}

function readRefusal(events: readonly RecordedEvent[], items: readonly unknown[]): string {
  const streamed = events.map(({ type, json }) => (type === 'response.refusal.delta' ? (asString(json?.['delta']) ?? '') : '')).join('');
  if (streamed !== '') return streamed;
  return items.flatMap((item) => asArray(asObject(item)['content']).map((part) => asString(asObject(part)['refusal']) ?? '')).join('');
}

function joinTexts(parts: unknown, type: string): string {
  return asArray(parts)
    .map((part) => (asObject(part)['type'] === type ? (asString(asObject(part)['text']) ?? '') : ''))
    .join('');
}

function toCall(item: JsonObject): ExpectedCall | undefined {
  const isCustom = item['type'] === 'custom_tool_call';
  if (!isCustom && item['type'] !== 'function_call') return undefined;
  // What a length stop cut is no call to carry out.
  if (item['status'] === 'incomplete') return undefined;
  const callId = asString(item['call_id']);
  const text = asString(item[isCustom ? 'input' : 'arguments']);
  return { callIds: callId ? [callId] : [], name: asString(item['name']) ?? '', arguments: text ? [text] : [], isCustom };
}

/** The longest list is the skeleton; the others add their ids and arguments to the call they mean. */
function mergeCalls(lists: readonly ExpectedCall[][]): ExpectedCall[] {
  const base = lists.toSorted((left, right) => right.length - left.length)[0] ?? [];
  const merged = base.map((call) => ({ ...call, callIds: [...call.callIds], arguments: [...call.arguments] }));
  for (const list of lists) {
    if (list === base) continue;
    const free = new Set(merged);
    for (const [position, call] of list.entries()) {
      const target =
        [...free].find((one) => one.callIds.some((id) => call.callIds.includes(id))) ??
        (list.length === merged.length ? merged[position] : [...free][0]);
      if (!target) continue;
      free.delete(target);
      target.callIds.push(...call.callIds.filter((id) => !target.callIds.includes(id)));
      target.arguments.push(...call.arguments);
      if (target.name === '') target.name = call.name;
    }
  }
  for (const call of merged) call.arguments = mostComplete(call.arguments);
  return merged;
}

function readTools(events: readonly RecordedEvent[]): JsonObject[] {
  for (const { json } of events) {
    const tools = asArray(asObject(json?.['response'])['tools']).filter(isObject);
    if (tools.length > 0) return tools;
  }
  return [];
}

function readFailure(events: readonly RecordedEvent[]): string | null {
  for (const { type, json } of events) {
    if (type === 'error') return asString(asObject(json?.['error'])['message']) ?? asString(json?.['message']) ?? 'an error event';
    if (type === 'response.failed') return asString(asObject(asObject(json?.['response'])['error'])['message']) ?? 'response.failed';
  }
  return null;
}

function hasFinishedItem(events: readonly RecordedEvent[]): boolean {
  const answerTypes = new Set(['message', 'function_call', 'custom_tool_call']);
  return events.some(
    ({ type, json }) =>
      type === 'response.output_text.done' ||
      (type === 'response.output_item.done' && answerTypes.has(asString(asObject(json?.['item'])['type']) ?? '')),
  );
}

/** More items were opened than closed: by count, since ids and indexes may be wrong. */
function hasOpenItem(events: readonly RecordedEvent[]): boolean {
  let open = 0;
  let lastDelta = -1;
  let lastDone = -1;
  for (const [at, { type, json }] of events.entries()) {
    if (type === 'response.output_item.added') open += 1;
    else if (type === 'response.output_item.done') {
      open -= 1;
      lastDone = at;
    } else if (type.endsWith('.done')) lastDone = at;
    else if (asNumber(json?.['output_index']) !== undefined && type.endsWith('.delta')) lastDelta = at;
  }
  return open > 0 || lastDelta > lastDone;
}

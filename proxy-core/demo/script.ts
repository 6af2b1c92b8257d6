/**
 * What the demo model answers: a pure function from a request to content blocks and a stop reason. It knows
 * a few words (see `HELP`) by which every shape of an answer can be called up. Same request, same answer.
 */
import { asObject, isObject, parseJson, type JsonObject } from '../protocol/json.ts';
import type { DemoRequest, DemoResult, DemoTool } from './demo-request.ts';
import { adviceFor, findCities, weatherOf } from './places.ts';
import { toSchemaValue, toToolInput } from './tool-input.ts';

export type ScriptBlock =
  | { type: 'thinking'; text: string }
  | { type: 'text'; text: string }
  | { type: 'tool_use'; name: string; input: JsonObject };

export interface Script {
  blocks: ScriptBlock[];
  stopReason: 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal';
  refusal?: string;
  /** overloaded: HTTP 529. error: an error event in the stream. cut: the connection breaks. After half the answer. */
  fault?: 'overloaded' | 'error' | 'cut';
}

const HELP = `I am the demo model that lives inside Deltascope: no key, no cloud, no bill. I answer in Anthropic's real wire format, so what you see on the timeline is what you would see in production. Try me:
- "What is the weather in Lisbon?" – give me a tool and I call it, then use its result.
- "Compare Oslo and Rome" – parallel calls in one answer.
- "Check Paris step by step" – a loop with two rounds of tools.
- "Think about it first" – thinking, with a signature to carry to the next turn.
- "overload", "break off", "cut the line" or "refuse" – the ways in which an answer can fail.`;

const MAX_ROUNDS = 2;

export function writeScript(request: DemoRequest): Script {
  const { question } = request;
  const thinking: ScriptBlock[] = request.isThinking || /\bthink/i.test(question) ? [{ type: 'thinking', text: toThought(request) }] : [];
  if (/\brefuse\b/i.test(question))
    return { blocks: [], stopReason: 'refusal', refusal: 'The demo model was asked to refuse, and refuses gladly.' };
  const fault = toFault(question);
  const calls = fault === undefined ? planCalls(request) : [];
  if (calls.length > 0) {
    const remark: ScriptBlock[] = request.rounds === 0 && thinking.length === 0 ? [{ type: 'text', text: toRemark(calls) }] : [];
    return { blocks: [...thinking, ...remark, ...calls], stopReason: 'tool_use' };
  }
  const text = request.answerSchema ? toJsonAnswer(request, request.answerSchema) : toAnswer(request);
  return { ...limit([...thinking, { type: 'text', text }], request.maxTokens), ...(fault === undefined ? {} : { fault }) };
}

function toFault(question: string): Script['fault'] {
  if (/\boverload/i.test(question)) return 'overloaded';
  if (/\bbreak off\b/i.test(question)) return 'error';
  return /\bcut the (?:line|stream|connection)\b/i.test(question) ? 'cut' : undefined;
}

type CallBlock = Extract<ScriptBlock, { type: 'tool_use' }>;

function planCalls(request: DemoRequest): CallBlock[] {
  const { tools, toolChoice, question, rounds, called } = request;
  if (tools.length === 0 || toolChoice.type === 'none') return [];
  const forced = toolChoice.type === 'tool' ? tools.find((tool) => tool.name === toolChoice.name) : undefined;
  const isForced = forced !== undefined || toolChoice.type === 'any';
  const wantsMore = /\bstep by step\b|\btwice\b|\bthen\b/i.test(question) && rounds < MAX_ROUNDS;
  if (!isForced && rounds > 0 && !wantsMore) return [];
  if (!isForced && isSmallTalk(question)) return [];
  const fresh = tools.filter((tool) => !called.includes(tool.name));
  const tool = forced ?? fittingTool(fresh.length > 0 ? fresh : tools, question);
  return citiesFor(request).map((city) => ({ type: 'tool_use', name: tool.name, input: toToolInput(tool.schema, { question, city }) }));
}

/** One call per city where several are asked for and the client allows parallel calls. */
function citiesFor({ question, isParallelAllowed, rounds }: DemoRequest): string[] {
  const named = findCities(question);
  const cities = /\bcompare\b|\btwo cities\b|\bparallel\b/i.test(question) && named.length < 2 ? [named[0] ?? 'Paris', 'Tokyo'] : named;
  if (cities.length > 1 && isParallelAllowed && rounds === 0) return cities.slice(0, 4);
  return [cities[rounds % Math.max(1, cities.length)] ?? 'Paris'];
}

function isSmallTalk(question: string): boolean {
  return question === '' || /^\s*(?:hi|hello|hey|thanks?|thank you|help|who are you|what can you do)\b[^?]{0,20}\??\s*$/i.test(question);
}

/** The tool whose name and description share most words with the question; the first one of equals. */
function fittingTool(tools: DemoTool[], question: string): DemoTool {
  const asked = new Set(wordsOf(question));
  const score = (tool: DemoTool): number => {
    const inName = wordsOf(tool.name.replaceAll(/[_-]/g, ' ')).filter((word) => asked.has(word)).length;
    return inName * 3 + new Set(wordsOf(tool.description).filter((word) => asked.has(word))).size;
  };
  const [first, ...others] = tools as [DemoTool, ...DemoTool[]];
  return others.reduce((best, tool) => (score(tool) > score(best) ? tool : best), first);
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? []).filter((word) => !STOP_WORDS.has(word));
}
const STOP_WORDS = new Set([
  'the',
  'and',
  'for',
  'with',
  'you',
  'what',
  'that',
  'this',
  'are',
  'how',
  'can',
  'use',
  'tool',
  'get',
  'now',
  'right',
]);

function toThought({ question, tools, results }: DemoRequest): string {
  if (results.length > 0)
    return `The tools have answered (${results.length}). I check that the answer fits the question, then say it in plain words.`;
  const cities = findCities(question);
  const about = cities.length > 0 ? `They ask about ${cities.join(' and ')}.` : 'Let me see what they really want to know.';
  return `${about} ${tools.length > 0 ? 'Guessing would be cheating while I have tools, so I look it up.' : 'I have no tools here, so I answer from what I know.'}`;
}

function toRemark(calls: CallBlock[]): string {
  return calls.length > 1 ? `Let me look up ${calls.length} things at once.` : 'Let me look that up.';
}

function toAnswer(request: DemoRequest): string {
  if (request.results.length > 0) return request.results.map(toFinding).join('\n');
  const { question } = request;
  const cities = findCities(question);
  if (/weather|temperature|rain|sun|cold|warm|compare/i.test(question) && cities.length > 0) {
    const reports = cities.map((city) => {
      const { celsius, sky } = weatherOf(city);
      return `${city}: ${celsius} °C with ${sky}. ${adviceFor(celsius)}`;
    });
    return `${reports.join('\n')}\nMind you, I looked at no window: I am a demo model, and this weather is made up. Give me a tool and I will use it.`;
  }
  if (isSmallTalk(question)) return HELP;
  return `You said: “${question.slice(0, 200)}”. ${HELP}`;
}

/** Says what the tool said, and what to make of it when it is weather. */
function toFinding({ toolName, input, text, isError }: DemoResult): string {
  const city = Object.values(input).find((value) => typeof value === 'string' && findCities(value).length > 0);
  const about = typeof city === 'string' ? city : toolName;
  if (isError) return `${about}: the tool reports a problem (${text === '' ? 'no details' : text}). I would rather say so than guess.`;
  const celsius = toCelsius(text);
  const advice = celsius === undefined ? '' : ` ${adviceFor(celsius)}`;
  return `${about}: ${toWords(text)}.${advice}`;
}

function toWords(text: string): string {
  const value = parseJson(text);
  if (!isObject(value)) return text === '' ? 'the tool gave an empty answer' : text.replace(/[.\s]+$/, '');
  return Object.entries(value)
    .map(([name, one]) => `${name.replaceAll('_', ' ')} ${typeof one === 'string' ? one : JSON.stringify(one)}`)
    .join(', ');
}

function toCelsius(text: string): number | undefined {
  const named = Object.entries(asObject(parseJson(text))).find(([name, one]) => /temp|celsius/i.test(name) && typeof one === 'number');
  if (named) return named[1] as number;
  const written = /(-?\d+(?:\.\d+)?)\s*(?:°\s*C?|degrees|celsius)/i.exec(text)?.[1];
  return written === undefined ? undefined : Number(written);
}

function toJsonAnswer({ question }: DemoRequest, schema: JsonObject): string {
  return JSON.stringify(toSchemaValue(schema, { question, city: findCities(question)[0] ?? 'Paris' }));
}

/** A token is four characters here; what does not fit into max_tokens is cut off, as a real model would. */
function limit(blocks: ScriptBlock[], maxTokens: number): Pick<Script, 'blocks' | 'stopReason'> {
  let left = maxTokens * 4;
  const kept: ScriptBlock[] = [];
  for (const block of blocks) {
    if (block.type === 'tool_use') continue;
    if (block.text.length <= left) kept.push(block);
    else return { blocks: [...kept, { ...block, text: block.text.slice(0, Math.max(1, left)) }], stopReason: 'max_tokens' };
    left -= block.text.length;
  }
  return { blocks: kept, stopReason: 'end_turn' };
}

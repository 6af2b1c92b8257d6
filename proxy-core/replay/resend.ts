/**
 * The recorded requests of a client sent again through the bridge, to the same or another upstream, with the
 * tool outputs that were recorded. What comes back is recorded as a new session by the bridge itself.
 */
import { asObject, asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { emittedBytes, toText, type SessionRecord, type StepRecord } from '../bundle/session-record.ts';
import { mapRequest, type AnsweredStep } from './map-request.ts';

/** The bridge puts requests with this header into the replay's session. */
export const REPLAY_HEADER = 'x-deltascope-replay';

export interface ResendOptions {
  record: SessionRecord;
  replayId: string;
  /** The bridge's own address, without a path. */
  bridgeUrl: string;
  token: string;
  /** Another upstream than the recorded one. */
  upstream: string | undefined;
  /** Names of the configured upstreams: a recorded one that is gone leaves the choice to the model's name. */
  upstreams: readonly string[];
  signal: AbortSignal;
  onStep: (done: number) => void;
}

/** Recorded headers that the new request makes itself, or that were masked. */
const NOT_RESENT =
  /^(?:host|connection|content-length|accept-encoding|transfer-encoding|authorization|cookie|x-api-key|api-key|x-goog-api-key|origin|referer|expect|upgrade|sec-.*|x-deltascope-.*)$/i;

/** @returns what the reader should know about how it went. @throws when the bridge can't be reached. */
export async function resend(options: ResendOptions): Promise<string[]> {
  const notes: string[] = [];
  const answered: AnsweredStep[] = [];
  for (const [index, step] of options.record.steps.entries()) {
    if (options.signal.aborted) return notes;
    const recorded = parseJsonObject(toText(step.request.body));
    if (!recorded || step.request.method !== 'POST' || !/\/responses\/?(?:\?|$)/.test(step.request.path)) {
      notes.push(`Step ${index} is no request for a response; it was not sent.`);
      options.onStep(index + 1);
      continue;
    }
    const mapped = mapRequest(recorded, answered);
    notes.push(...mapped.notes.map((note) => `Step ${index}: ${note}`));
    if (mapped.isOrphan) {
      notes.push(`Stopped before step ${index}: the new answer made none of the calls that this step brings outputs for.`);
      return notes;
    }
    const fresh = await send(step, mapped.body, options);
    answered.push({ recorded: toResponse(emittedBytes(step)), fresh });
    options.onStep(index + 1);
  }
  return notes;
}

async function send(step: StepRecord, body: JsonObject, options: ResendOptions): Promise<JsonObject> {
  const { bridgeUrl, token, replayId, signal } = options;
  const name = options.upstream ?? (options.upstreams.includes(step.step.upstream) ? step.step.upstream : undefined);
  const reply = await fetch(`${bridgeUrl}${name === undefined ? '' : `/u/${encodeURIComponent(name)}`}/v1/responses`, {
    method: 'POST',
    signal,
    headers: {
      ...Object.fromEntries(step.request.headers.filter(([header]) => !NOT_RESENT.test(header))),
      'content-type': 'application/json',
      'x-deltascope-token': token,
      [REPLAY_HEADER]: replayId,
    },
    // Over HTTP a stream has to be asked for; over a WebSocket it goes without saying.
    body: JSON.stringify({ ...withoutPrefix(body, name, step), ...(step.transport === 'websocket' ? { stream: true } : {}) }),
  });
  return toResponse(new Uint8Array(await reply.arrayBuffer()));
}

/** `upstream/model` chose the upstream when it was recorded; under /u/<upstream> the model is never split. */
function withoutPrefix(body: JsonObject, name: string | undefined, { step }: StepRecord): JsonObject {
  const model = asString(body['model']);
  if (name === undefined || model === undefined || !model.startsWith(`${step.upstream}/`)) return body;
  return { ...body, model: model.slice(step.upstream.length + 1) };
}

/** The last response object in an answer, streamed or not. */
function toResponse(bytes: Uint8Array): JsonObject {
  const text = toText(bytes);
  const whole = parseJsonObject(text);
  if (whole?.['object'] === 'response') return whole;
  const texts = readFrames(bytes).map(({ data }) => data);
  const events = (texts.length > 0 ? texts : text.split('\n')).map((data) => parseJsonObject(data) ?? {});
  const last = asObject(events.findLast((event) => event['response'] !== undefined)?.['response']);
  const done = events.filter((event) => event['type'] === 'response.output_item.done').map((event) => event['item']);
  // Gateways that leave the final output empty have sent the items all the same.
  return Array.isArray(last['output']) && last['output'].length > 0 ? last : { ...last, output: done };
}

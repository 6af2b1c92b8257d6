/**
 * `POST /v1/responses/compact` on a translated route: the upstream's model summarises the conversation;
 * the answer keeps the user's messages and carries the summary in a compaction item.
 */
import { ProxyError } from '../errors.ts';
import { COMPACTION_PROMPT, encodeCompaction } from '../history/compaction.ts';
import { asString, type JsonObject } from '../protocol/json.ts';
import { openUpstream } from './open-upstream.ts';
import { prepareStep } from './prepare-step.ts';
import { pumpUpstream } from './pump-upstream.ts';
import type { TranslatedExchange } from './run-translated.ts';
import { sendJson } from './send-json.ts';
import { createStreamTranslator } from './translate-stream.ts';

/** @throws ProxyError for what the upstream refuses, 502 when its answer is no summary. */
export async function runCompact(exchange: TranslatedExchange): Promise<void> {
  const { deps, step, target, translator, body } = exchange;
  const { previous_response_id, instructions, prompt_cache_key } = body;
  const history =
    typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : ((body['input'] as unknown[] | undefined) ?? []);
  const request: JsonObject = {
    model: target.model,
    input: [...history, { role: 'user', content: COMPACTION_PROMPT }],
    store: false,
    ...(previous_response_id === undefined ? {} : { previous_response_id }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(prompt_cache_key === undefined ? {} : { prompt_cache_key }),
  };
  const prepared = prepareStep(exchange, request);
  const { emitter, built } = prepared;
  const stream = createStreamTranslator(translator.createStreamMachine({ request: prepared.request, built }), emitter, {
    reader: translator.createFrameReader?.(),
  });
  const reply = await openUpstream({
    translator,
    config: target.config,
    built,
    model: target.model,
    credential: exchange.credential,
    step,
    abort: exchange.abort,
    idleTimeoutMs: deps.limits.idleTimeoutMs,
  });
  emitter.start();
  const { cause, rest } = await pumpUpstream(reply, { exchange, stream, output: { write: async () => undefined } });
  stream.end(cause);
  await rest;
  const { response } = emitter;
  const summary = response.output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('');
  if (response.status === 'failed' || summary === '') {
    throw new ProxyError(
      `The upstream gave no summary to compact with: ${response.error?.message ?? `its answer is ${response.status} and has no text`}.`,
      { status: 502, type: 'server_error' },
    );
  }
  const kept = prepared.request.items
    .slice(0, -1)
    .filter(({ item }) => item.type === 'message' && item['role'] === 'user')
    .map(({ item }) => toKeptMessage(item, deps.createId));
  const compaction = { id: deps.createId('cmp'), type: 'compaction', encrypted_content: encodeCompaction(summary) };
  await sendJson(exchange, 200, {
    id: response.id,
    object: 'response.compaction',
    created_at: response.created_at,
    output: [...kept, compaction],
    usage: response.usage,
  });
  step.end({
    status: 'completed',
    httpStatus: 200,
    responseId: response.id,
    responseIdAliases: [],
    model: target.model,
    usage: response.usage,
    error: null,
  });
}

/** As an item of an answer: with an id, a status and its content as parts, however the client wrote it. */
function toKeptMessage(item: JsonObject, createId: (prefix: string) => string): JsonObject {
  const content = typeof item['content'] === 'string' ? [{ type: 'input_text', text: item['content'] }] : item['content'];
  return { ...item, id: asString(item['id']) ?? createId('msg'), status: 'completed', content };
}

/** `POST /v1/responses/input_tokens`: what the upstream itself counts for the translated request. */
import { ProxyError } from '../errors.ts';
import { prepareStep } from './prepare-step.ts';
import type { TranslatedExchange } from './run-translated.ts';
import { sendJson } from './send-json.ts';

/** @throws ProxyError 501 when the upstream has no way to count. */
export async function runCountTokens(exchange: TranslatedExchange): Promise<void> {
  const { step, target, translator } = exchange;
  if (!translator.countTokens) {
    throw new ProxyError(`Upstream '${target.config.name}' (${target.config.kind}) has no endpoint that counts tokens.`, {
      status: 501,
      type: 'server_error',
      code: 'unsupported_endpoint',
    });
  }
  const { built } = prepareStep(exchange, exchange.body);
  const inputTokens = await translator.countTokens(built, {
    config: target.config,
    model: target.model,
    credential: exchange.credential,
    signal: exchange.abort.signal,
    onRequest: (request) => step.upstreamRequest(request),
  });
  await sendJson(exchange, 200, { object: 'response.input_tokens', input_tokens: inputTokens });
  step.end({
    status: 'completed',
    httpStatus: 200,
    responseId: null,
    responseIdAliases: [],
    model: target.model,
    usage: null,
    error: null,
  });
}

/**
 * The upstream kind `anthropic`: Anthropic's Messages API, and every server that speaks it.
 *
 * Authentication (mapping 0.1): the key goes out as `Authorization: Bearer`, as the current API wants it;
 * to any other host than api.anthropic.com as `x-api-key` too, which older and compatible servers want.
 * A header configured under one of the two names replaces both. `anthropic-version` is configured the same
 * way: `{"headers": {"anthropic-version": "2023-06-01"}}`, which also lets temperature and top_p through.
 */
import { createAnyFrameReader } from '../shared/json-frame-reader.ts';
import type { TranslatingUpstream } from '../upstream.ts';
import { countInputTokens, fetchModelCapabilities, listModelIds, sendMessages } from './adapter.ts';
import { continuePausedTurn } from './continue-paused.ts';
import { toAnthropicError } from './errors.ts';
import { isKnownModel } from './models.ts';
import { buildAnthropicRequest } from './request.ts';
import { createAnthropicStreamMachine } from './stream.ts';

export const anthropicUpstream: TranslatingUpstream = {
  kind: 'anthropic',
  buildRequest: buildAnthropicRequest,
  send: sendMessages,
  createFrameReader: createAnyFrameReader,
  createStreamMachine: createAnthropicStreamMachine,
  continuePaused: continuePausedTurn,
  toError: toAnthropicError,
  fetchCapabilities: fetchModelCapabilities,
  hasWebSearch: true,
  knowsModel: isKnownModel,
  countTokens: countInputTokens,
  listModels: listModelIds,
};

/**
 * The upstream kind `openai-chat`: OpenAI's Chat Completions API and every server that speaks it. What a
 * single server does differently is data in ./profiles.ts. There is no endpoint that counts tokens or says
 * what a model can do, so neither is offered.
 */
import { createAnyFrameReader } from '../shared/json-frame-reader.ts';
import type { TranslatingUpstream } from '../upstream.ts';
import { listModelIds, sendChatRequest } from './adapter.ts';
import { toError } from './errors.ts';
import { buildChatRequest } from './request.ts';
import { createChatStreamMachine } from './stream.ts';

export const openaiChatUpstream: TranslatingUpstream = {
  kind: 'openai-chat',
  buildRequest: buildChatRequest,
  send: sendChatRequest,
  createFrameReader: createAnyFrameReader,
  createStreamMachine: createChatStreamMachine,
  toError,
  listModels: listModelIds,
};

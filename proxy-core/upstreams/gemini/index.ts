/** The upstream kind `gemini`: Google's Gemini API (v1beta, streamGenerateContent), and servers that speak it. */
import { createAnyFrameReader } from '../shared/json-frame-reader.ts';
import type { TranslatingUpstream } from '../upstream.ts';
import { countInputTokens, fetchModelCapabilities, listModelIds, streamGenerateContent } from './adapter.ts';
import { toGeminiError } from './errors.ts';
import { parseModelName } from './models.ts';
import { buildGeminiRequest } from './request.ts';
import { createGeminiStreamMachine } from './stream.ts';

export const geminiUpstream: TranslatingUpstream = {
  kind: 'gemini',
  buildRequest: buildGeminiRequest,
  send: streamGenerateContent,
  createFrameReader: createAnyFrameReader,
  createStreamMachine: createGeminiStreamMachine,
  toError: toGeminiError,
  fetchCapabilities: fetchModelCapabilities,
  hasWebSearch: true,
  knowsModel: (model) => parseModelName(model).version !== undefined,
  countTokens: countInputTokens,
  listModels: listModelIds,
};

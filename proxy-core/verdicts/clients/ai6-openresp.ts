/** AI SDK 6 with @ai-sdk/open-responses 1. */
import { defineAiSdkClient } from './ai-sdk.ts';
import { connectOpenResponses } from './connect-openai.ts';

export const ai6OpenResponses = defineAiSdkClient({
  name: 'ai6-openresp',
  ai: 'ai6',
  provider: 'ai-sdk-open-responses1',
  connect: connectOpenResponses,
});

/** AI SDK 7 with @ai-sdk/open-responses 2. */
import { defineAiSdkClient } from './ai-sdk.ts';
import { connectOpenResponses } from './connect-openai.ts';

export const ai7OpenResponses = defineAiSdkClient({
  name: 'ai7-openresp',
  ai: 'ai',
  provider: '@ai-sdk/open-responses',
  connect: connectOpenResponses,
});

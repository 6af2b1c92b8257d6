/** AI SDK 5 with @ai-sdk/openai 2. */
import { defineAiSdkClient } from './ai-sdk.ts';
import { connectOpenAi } from './connect-openai.ts';

export const ai5 = defineAiSdkClient({ name: 'ai5', ai: 'ai5', provider: 'ai-sdk-openai2', connect: connectOpenAi });

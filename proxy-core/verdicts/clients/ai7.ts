/** AI SDK 7 with @ai-sdk/openai 4. */
import { defineAiSdkClient } from './ai-sdk.ts';
import { connectOpenAi } from './connect-openai.ts';

export const ai7 = defineAiSdkClient({ name: 'ai7', ai: 'ai', provider: '@ai-sdk/openai', connect: connectOpenAi });

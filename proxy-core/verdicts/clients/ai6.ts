/** AI SDK 6 with @ai-sdk/openai 3. */
import { defineAiSdkClient } from './ai-sdk.ts';
import { connectOpenAi } from './connect-openai.ts';

export const ai6 = defineAiSdkClient({ name: 'ai6', ai: 'ai6', provider: 'ai-sdk-openai3', connect: connectOpenAi });

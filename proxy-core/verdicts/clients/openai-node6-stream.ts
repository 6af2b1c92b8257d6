/** openai-node 6, responses.stream(). */
import { defineOpenAiNodeClient } from './openai-node.ts';
import { readResponseStream } from './read-response-stream.ts';

export const openaiNode6Stream = defineOpenAiNodeClient('openai-node6-stream', 'openai6', readResponseStream);

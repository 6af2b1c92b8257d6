/** openai-node 5, responses.stream(). */
import { defineOpenAiNodeClient } from './openai-node.ts';
import { readResponseStream } from './read-response-stream.ts';

export const openaiNode5Stream = defineOpenAiNodeClient('openai-node5-stream', 'openai5', readResponseStream);

/** openai-node 7, responses.stream(). */
import { defineOpenAiNodeClient } from './openai-node.ts';
import { readResponseStream } from './read-response-stream.ts';

export const openaiNodeStream = defineOpenAiNodeClient('openai-node-stream', 'openai', readResponseStream);

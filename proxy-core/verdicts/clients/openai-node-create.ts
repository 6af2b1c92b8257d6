/** openai-node 7, responses.create({stream: true}). */
import { defineOpenAiNodeClient } from './openai-node.ts';
import { readCreatedStream } from './read-created-stream.ts';

export const openaiNodeCreate = defineOpenAiNodeClient('openai-node-create', 'openai', readCreatedStream);

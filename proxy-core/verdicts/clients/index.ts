/** The clients that really run, in the order of contract 5. */
import type { RealClient } from '../real-client.ts';
import { agentsJs } from './agents-js.ts';
import { ai5 } from './ai5.ts';
import { ai6OpenResponses } from './ai6-openresp.ts';
import { ai6 } from './ai6.ts';
import { ai7OpenResponses } from './ai7-openresp.ts';
import { ai7 } from './ai7.ts';
import { openaiNodeCreate } from './openai-node-create.ts';
import { openaiNodeStream } from './openai-node-stream.ts';
import { openaiNode5Stream } from './openai-node5-stream.ts';
import { openaiNode6Stream } from './openai-node6-stream.ts';

export const realClients: readonly RealClient[] = [
  ai5,
  ai6,
  ai7,
  ai6OpenResponses,
  ai7OpenResponses,
  openaiNodeStream,
  openaiNodeCreate,
  openaiNode6Stream,
  openaiNode5Stream,
  agentsJs,
];

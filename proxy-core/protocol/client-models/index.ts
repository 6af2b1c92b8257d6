/** The modelled clients; one line each. */
import { agentsPy } from './agents-py.ts';
import type { ClientModel } from './client-model.ts';
import { codex } from './codex.ts';
import { langchainPy } from './langchain-py.ts';
import { openaiPyCreate } from './openai-py-create.ts';
import { openaiPyStream } from './openai-py-stream.ts';
import { openaiPy2Stream } from './openai-py2-stream.ts';
import { pydanticPy } from './pydantic-py.ts';

export const clientModels: readonly ClientModel[] = [
  openaiPyStream,
  openaiPyCreate,
  openaiPy2Stream,
  agentsPy,
  langchainPy,
  pydanticPy,
  codex,
];

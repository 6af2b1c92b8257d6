/** What to paste into each client to reach the bridge. Pure text. */
export type SnippetId = 'ai-sdk' | 'openai-node' | 'openai-python' | 'agents' | 'codex' | 'curl' | 'litellm' | 'any';
export interface Snippet {
  id: SnippetId;
  title: string;
  make(options: { apiBase: string; upstream: string }): string;
}

const MODEL: Record<string, string> = { anthropic: 'claude-haiku-4-5', openai: 'gpt-5-mini', gemini: 'gemini-2.5-flash', demo: 'weather' };
const modelOf = (upstream: string): string => `${upstream}/${MODEL[upstream] ?? 'your-model'}`;

const AI_SDK: Snippet = {
  id: 'ai-sdk',
  title: 'AI SDK',
  make: ({ apiBase, upstream }) => `import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'

const openai = createOpenAI({
  baseURL: '${apiBase}',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
})

const result = streamText({
  model: openai.responses('${modelOf(upstream)}'),
  prompt: 'What is the weather in Paris?',
})
for await (const text of result.textStream) process.stdout.write(text)`,
};

export const SNIPPETS: readonly Snippet[] = [
  AI_SDK,
  {
    id: 'openai-node',
    title: 'openai-node',
    make: ({ apiBase, upstream }) => `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: '${apiBase}',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
})

const stream = client.responses.stream({
  model: '${modelOf(upstream)}',
  input: 'What is the weather in Paris?',
})
const response = await stream.finalResponse()
console.log(response.output_text)`,
  },
  {
    id: 'openai-python',
    title: 'openai-python',
    make: ({ apiBase, upstream }) => `from openai import OpenAI

client = OpenAI(
    base_url="${apiBase}",
    api_key="none",
)

with client.responses.stream(
    model="${modelOf(upstream)}",
    input="What is the weather in Paris?",
) as stream:
    for event in stream:
        print(event.type)`,
  },
  {
    id: 'agents',
    title: 'Agents SDK',
    make: ({ apiBase, upstream }) => `import { Agent, run, setDefaultOpenAIClient } from '@openai/agents'
import OpenAI from 'openai'

setDefaultOpenAIClient(new OpenAI({
  baseURL: '${apiBase}',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
}))

const agent = new Agent({ name: 'Weather', model: '${modelOf(upstream)}' })
const result = await run(agent, 'What is the weather in Paris?')
console.log(result.finalOutput)`,
  },
  {
    id: 'codex',
    title: 'Codex',
    make: ({ apiBase, upstream }) => `# ~/.codex/config.toml
model = "${modelOf(upstream)}"
model_provider = "deltascope"

[model_providers.deltascope]
name = "Deltascope"
base_url = "${apiBase}"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
# a retry would hide the fault
request_max_retries = 0
stream_max_retries = 0`,
  },
  {
    id: 'curl',
    title: 'curl',
    make: ({ apiBase, upstream }) => `curl -N ${apiBase}/responses \\
  -H 'content-type: application/json' \\
  -d '{
    "model": "${modelOf(upstream)}",
    "input": "What is the weather in Paris?",
    "stream": true
  }'`,
  },
  {
    id: 'litellm',
    title: 'LiteLLM',
    make: ({ apiBase }) => `# LiteLLM in front: its config.yaml sends everything through here,
# so that both sides of it are recorded
model_list:
  - model_name: claude
    litellm_params:
      model: anthropic/claude-haiku-4-5
      api_base: ${apiBase.replace(/\/v1$/, '')}/u/anthropic
      api_key: os.environ/ANTHROPIC_API_KEY`,
  },
  {
    id: 'any',
    title: 'Any program',
    make: () => `# starts the program with its base URL pointing here
deltascope run -- node my-agent.js
deltascope run -- codex exec "What is the weather in Paris?"
deltascope run --upstream anthropic -- python agent.py`,
  },
];

export function snippetById(id: SnippetId): Snippet {
  return SNIPPETS.find((snippet) => snippet.id === id) ?? AI_SDK;
}

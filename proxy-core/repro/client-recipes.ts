/**
 * How a client is run outside of Deltascope: its packages, and the few lines of a program that talk to
 * `baseURL` and print what the client made of the stream. One recipe per client; clients without one are
 * pointed at the served stream by hand.
 */
import { clientModels } from '../protocol/client-models/index.ts';
import { findPackageVersion } from '../verdicts/load-package.ts';

export interface ClientRecipe {
  language: 'javascript' | 'python';
  /** What is installed, with exact versions: `ai@5.0.277`. */
  packages: string[];
  /** JavaScript: the body of `async function run(baseURL, tools)`. Python: the whole program; `BASE_URL` and `TOOLS` are set. */
  body: string;
}

/** Name in our package.json, name in the registry. */
type PackagePair = readonly [installed: string, published: string];

const OPENAI: PackagePair = ['openai', 'openai'];

/** Undefined for a client that can't be driven by a short program (codex), or that is not known. */
export function toClientRecipe(client: string): ClientRecipe | undefined {
  switch (client) {
    case 'ai5':
      return aiSdk(
        [
          ['ai5', 'ai'],
          ['ai-sdk-openai2', '@ai-sdk/openai'],
        ],
        'stepCountIs',
      );
    case 'ai6':
      return aiSdk(
        [
          ['ai6', 'ai'],
          ['ai-sdk-openai3', '@ai-sdk/openai'],
        ],
        'stepCountIs',
      );
    case 'ai7':
      return aiSdk(
        [
          ['ai', 'ai'],
          ['@ai-sdk/openai', '@ai-sdk/openai'],
        ],
        'isStepCount',
      );
    case 'ai6-openresp':
      return aiSdk(
        [
          ['ai6', 'ai'],
          ['ai-sdk-open-responses1', '@ai-sdk/open-responses'],
        ],
        'stepCountIs',
      );
    case 'ai7-openresp':
      return aiSdk(
        [
          ['ai', 'ai'],
          ['@ai-sdk/open-responses', '@ai-sdk/open-responses'],
        ],
        'isStepCount',
      );
    case 'openai-node-stream':
      return openAiNode(OPENAI, true);
    case 'openai-node-create':
      return openAiNode(OPENAI, false);
    case 'openai-node6-stream':
      return openAiNode(['openai6', 'openai'], true);
    case 'openai-node5-stream':
      return openAiNode(['openai5', 'openai'], true);
    case 'agents-js':
      return agentsJs();
    case 'openai-py-stream':
    case 'openai-py-create':
    case 'openai-py2-stream':
      return openAiPython(client);
    case 'agents-py':
      return { language: 'python', packages: [pin('openai-agents', client)], body: AGENTS_PY };
    case 'langchain-py':
      return { language: 'python', packages: [pin('langchain-openai', client)], body: LANGCHAIN_PY };
    case 'pydantic-py':
      return { language: 'python', packages: [pin('pydantic-ai-slim[openai]', client)], body: PYDANTIC_PY };
    default:
      return undefined;
  }
}

/** The version that the verdict is about. */
function pin(name: string, client: string): string {
  const version = clientModels.find((model) => model.name === client)?.version;
  return version === undefined ? name : `${name}==${version}`;
}

function toSpecs(pairs: readonly PackagePair[]): string[] {
  return pairs.map(([installed, published]) => {
    const version = findPackageVersion(installed);
    return version === undefined ? published : `${published}@${version}`;
  });
}

function aiSdk(pairs: readonly [PackagePair, PackagePair], stepLimit: string): ClientRecipe {
  const isOpenResponses = pairs[1][1].endsWith('open-responses');
  const provider = isOpenResponses
    ? `const { createOpenResponses } = await import('@ai-sdk/open-responses');
  const model = createOpenResponses({ name: 'recorded', url: baseURL + '/responses', apiKey: 'none' })('recorded');`
    : `const { createOpenAI } = await import('@ai-sdk/openai');
  const model = createOpenAI({ baseURL, apiKey: 'none' }).responses('recorded');`;
  return {
    language: 'javascript',
    packages: toSpecs(pairs),
    body: `const { streamText, jsonSchema, ${stepLimit} } = await import('ai');
  ${provider}
  const anything = jsonSchema({ type: 'object', properties: {}, additionalProperties: true });
  const result = streamText({
    model,
    prompt: 'Answer, with the tools where they help.',
    tools: Object.fromEntries(tools.map((name) => [name, { description: name, inputSchema: anything, execute: () => '{"answer":"from the recorded tool"}' }])),
    stopWhen: ${stepLimit}(5),
    maxRetries: 0,
    onError: () => undefined,
  });
  let streamed = '';
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') streamed += part.text;
    if (part.type === 'error') console.log('ERROR PART    ', String(part.error?.message ?? part.error));
  }
  console.log('STREAMED TEXT ', JSON.stringify(streamed));
  console.log('RESULT TEXT   ', JSON.stringify(await result.text));`,
  };
}

function openAiNode(pair: PackagePair, isStream: boolean): ClientRecipe {
  const read = isStream
    ? `const response = await client.responses.stream(body).finalResponse();`
    : `let response;
    for await (const event of await client.responses.create({ ...body, stream: true })) {
      if (event.type === 'error') throw new Error(event.message);
      if (event.response && /completed|incomplete|failed/.test(event.type)) response = event.response;
    }
    if (!response) throw new Error('the stream ended without response.completed');`;
  return {
    language: 'javascript',
    packages: toSpecs([pair]),
    body: `const { default: OpenAI } = await import('openai');
  const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
  const input = [{ role: 'user', content: 'Answer, with the tools where they help.' }];
  for (let step = 0; step < 5; step += 1) {
    const body = { model: 'recorded', input, tools: tools.map((name) => ({ type: 'function', name, parameters: { type: 'object' }, strict: false })) };
    ${read}
    console.log('OUTPUT TEXT   ', JSON.stringify(response.output_text));
    console.log('OUTPUT ITEMS  ', response.output.map((item) => item.type + ' ' + item.id).join(', '));
    const calls = response.output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return;
    input.push(...response.output, ...calls.map((call) => ({ type: 'function_call_output', call_id: call.call_id, output: '{"answer":"from the recorded tool"}' })));
  }`,
  };
}

function agentsJs(): ClientRecipe {
  return {
    language: 'javascript',
    packages: toSpecs([['@openai/agents', '@openai/agents'], OPENAI]),
    body: `const { Agent, run: runAgent, tool, OpenAIResponsesModel, setTracingDisabled } = await import('@openai/agents');
  const { default: OpenAI } = await import('openai');
  setTracingDisabled(true);
  const model = new OpenAIResponsesModel(new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 }), 'recorded');
  const parameters = { type: 'object', properties: {}, required: [], additionalProperties: true };
  const agent = new Agent({
    name: 'repro',
    model,
    tools: tools.map((name) => tool({ name, description: name, parameters, strict: false, execute: () => '{"answer":"from the recorded tool"}' })),
  });
  const result = await runAgent(agent, 'Answer, with the tools where they help.', { stream: true });
  for await (const event of result) void event;
  await result.completed;
  console.log('FINAL OUTPUT  ', JSON.stringify(result.finalOutput));`,
  };
}

function openAiPython(client: string): ClientRecipe {
  const read =
    client === 'openai-py-create'
      ? `response = None
    for event in client.responses.create(**request, stream=True):
        if event.type in ("response.completed", "response.incomplete", "response.failed"):
            response = event.response
    if response is None:
        raise RuntimeError("the stream ended without response.completed")`
      : `with client.responses.stream(**request) as stream:
        response = stream.get_final_response()`;
  return {
    language: 'python',
    packages: [pin('openai', client)],
    body: `from openai import OpenAI

client = OpenAI(base_url=BASE_URL, api_key="none", max_retries=0)
tools = [{"type": "function", "name": name, "parameters": {"type": "object"}, "strict": False} for name in TOOLS]
history = [{"role": "user", "content": "Answer, with the tools where they help."}]
for _ in range(5):
    request = {"model": "recorded", "input": history, "tools": tools}
    ${read}
    print("OUTPUT TEXT ", repr(response.output_text))
    print("OUTPUT ITEMS", ", ".join(f"{item.type} {item.id}" for item in response.output))
    calls = [item for item in response.output if item.type == "function_call"]
    if not calls:
        break
    history += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in response.output]
    history += [{"type": "function_call_output", "call_id": call.call_id, "output": ANSWER} for call in calls]
`,
  };
}

const AGENTS_PY = `import asyncio
from agents import Agent, FunctionTool, OpenAIResponsesModel, Runner, set_tracing_disabled
from openai import AsyncOpenAI

set_tracing_disabled(True)
model = OpenAIResponsesModel("recorded", AsyncOpenAI(base_url=BASE_URL, api_key="none", max_retries=0))


async def answer(_context, _arguments):
    return ANSWER


def to_tool(name):
    schema = {"type": "object", "properties": {}, "additionalProperties": True}
    return FunctionTool(name=name, description=name, params_json_schema=schema, on_invoke_tool=answer, strict_json_schema=False)


async def main():
    agent = Agent(name="repro", model=model, tools=[to_tool(name) for name in TOOLS])
    result = Runner.run_streamed(agent, "Answer, with the tools where they help.", max_turns=5)
    async for _event in result.stream_events():
        pass
    print("FINAL OUTPUT", repr(result.final_output))


asyncio.run(main())
`;

const LANGCHAIN_PY = `from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="recorded", base_url=BASE_URL, api_key="none", max_retries=0, use_responses_api=True)
if TOOLS:
    schema = {"type": "object", "properties": {}}
    model = model.bind_tools([{"type": "function", "function": {"name": name, "description": name, "parameters": schema}} for name in TOOLS])
messages = [HumanMessage("Answer, with the tools where they help.")]
for _ in range(5):
    answer = None
    for chunk in model.stream(messages):
        answer = chunk if answer is None else answer + chunk
    if answer is None:
        raise RuntimeError("the stream brought nothing")
    print("STREAMED TEXT", repr(str(answer.text) if isinstance(answer.text, str) else answer.text()))
    if not answer.tool_calls:
        break
    messages += [answer, *[ToolMessage(ANSWER, tool_call_id=call["id"]) for call in answer.tool_calls]]
`;

const PYDANTIC_PY = `import asyncio
from openai import AsyncOpenAI
from pydantic_ai import Agent, Tool
from pydantic_ai.models.openai import OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

provider = OpenAIProvider(openai_client=AsyncOpenAI(base_url=BASE_URL, api_key="none", max_retries=0))
schema = {"type": "object", "properties": {}, "additionalProperties": True}
tools = [Tool.from_schema(lambda **_arguments: ANSWER, name=name, description=name, json_schema=schema) for name in TOOLS]


async def main():
    agent = Agent(OpenAIResponsesModel("recorded", provider=provider), tools=tools)
    async with agent.run_stream("Answer, with the tools where they help.") as result:
        print("FINAL OUTPUT", repr(await result.get_output()))


asyncio.run(main())
`;

"""One Python client doing a two-step tool loop: loop.py CLIENT BASE_URL MODEL STORE STREAM, JSON on stdout.

STORE is "unset" or "false", STREAM "stream" or "create". The tool's calls and the last text are printed.
"""

import asyncio
import json
import sys

PROMPT = "What is the weather in Paris?"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
calls = []


def weather(city: str) -> str:
    calls.append({"name": "get_weather", "city": city})
    return json.dumps({"temp_c": 21, "sky": "sunny"})


def run_openai(base_url, model, settings, is_streaming):
    from openai import OpenAI

    client = OpenAI(base_url=base_url, api_key="test-key", max_retries=0)
    tool = {"type": "function", "name": "get_weather", "description": "Weather", "parameters": SCHEMA, "strict": True}
    history = [{"role": "user", "content": PROMPT}]
    for _ in range(4):
        request = {"model": model, "input": history, "tools": [tool], **settings}
        if is_streaming:
            with client.responses.stream(**request) as stream:
                response = stream.get_final_response()
        else:
            response = client.responses.create(**request)
        open_calls = [item for item in response.output if item.type == "function_call"]
        if not open_calls:
            return response.output_text
        # As its documentation says it: the output goes back as it is.
        history += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in response.output]
        for call in open_calls:
            output = weather(**json.loads(call.arguments))
            history.append({"type": "function_call_output", "call_id": call.call_id, "output": output})
    raise RuntimeError("the loop did not end")


def run_agents(base_url, model, settings, is_streaming):
    from agents import Agent, ModelSettings, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
    from openai import AsyncOpenAI

    set_tracing_disabled(True)
    client = AsyncOpenAI(base_url=base_url, api_key="test-key", max_retries=0)

    @function_tool
    def get_weather(city: str) -> str:
        """Weather"""
        return weather(city)

    agent = Agent(
        name="Tester",
        instructions="Answer.",
        model=OpenAIResponsesModel(model=model, openai_client=client),
        tools=[get_weather],
        model_settings=ModelSettings(**settings),
    )

    async def run():
        if not is_streaming:
            return (await Runner.run(agent, PROMPT, max_turns=4)).final_output
        result = Runner.run_streamed(agent, PROMPT, max_turns=4)
        async for _ in result.stream_events():
            pass
        return result.final_output

    return asyncio.run(run())


def run_langchain(base_url, model, settings, is_streaming):
    from langchain_core.messages import HumanMessage
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI

    @tool
    def get_weather(city: str) -> str:
        """Weather"""
        return weather(city)

    chat = ChatOpenAI(
        base_url=base_url, api_key="test-key", model=model, use_responses_api=True, max_retries=0, **settings
    ).bind_tools([get_weather])

    def ask(messages):
        if not is_streaming:
            return chat.invoke(messages)
        whole = None
        for chunk in chat.stream(messages):
            whole = chunk if whole is None else whole + chunk
        return whole

    messages = [HumanMessage(PROMPT)]
    for _ in range(4):
        answer = ask(messages)
        messages.append(answer)
        if not answer.tool_calls:
            return answer.text if isinstance(answer.text, str) else answer.text()
        messages += [get_weather.invoke(call) for call in answer.tool_calls]
    raise RuntimeError("the loop did not end")


def run_pydantic(base_url, model, settings, is_streaming):
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(base_url=base_url, api_key="test-key")
    model_settings = OpenAIResponsesModelSettings(**{f"openai_{name}": value for name, value in settings.items()})
    agent = Agent(OpenAIResponsesModel(model, provider=provider), model_settings=model_settings)

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """Weather"""
        return weather(city)

    async def run():
        if not is_streaming:
            return (await agent.run(PROMPT)).output
        async with agent.run_stream(PROMPT) as result:
            return await result.get_output()

    return asyncio.run(run())


CLIENTS = {"openai": run_openai, "openai-agents": run_agents, "langchain-openai": run_langchain, "pydantic-ai": run_pydantic}

if __name__ == "__main__":
    client, base_url, model, store, stream = sys.argv[1:]
    settings = {} if store == "unset" else {"store": False}
    text = CLIENTS[client](base_url, model, settings, stream == "stream")
    print(json.dumps({"text": text, "calls": calls}))

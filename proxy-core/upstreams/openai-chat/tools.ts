/** Tools and tool choice as Chat Completions has them (mapping 1.7). What may be chosen was checked in history/. */
import type { BridgeRequest, ToolDefinition, Warning } from '../upstream.ts';
import type { PlannedFields } from './parameters.ts';
import type { ChatProfile } from './profiles.ts';
import type { ChatTool, ChatToolChoice } from './wire.ts';

export function planTools(request: BridgeRequest, profile: ChatProfile): PlannedFields {
  const { toolChoice, body } = request;
  const warnings: Warning[] = [];
  const isFiltered = toolChoice.type === 'allowed' && !profile.hasAllowedTools;
  const tools = isFiltered ? request.tools.filter(({ upstreamName }) => toolChoice.upstreamNames.includes(upstreamName)) : request.tools;
  // Servers refuse tool_choice and parallel_tool_calls without tools, and an empty list too.
  if (tools.length === 0) return { fields: {}, warnings };
  const choice = toChoice(request, isFiltered);
  if (choice !== undefined && choice !== 'auto' && choice !== 'none' && !profile.enforcesToolChoice) {
    warnings.push({
      code: 'tool_choice_not_enforced',
      message: 'This server takes tool_choice for a wish: the model may answer without the call.',
      param: 'tool_choice',
    });
  }
  if (isFiltered && tools.length < request.tools.length) {
    warnings.push({
      code: 'tools_filtered',
      message: 'This server has no allowed_tools: only the allowed tools were sent, so its prompt cache does not fit.',
      param: 'tool_choice',
    });
  }
  const isParallel = body.parallel_tool_calls;
  return {
    fields: {
      tools: tools.map(toChatTool),
      ...(choice === undefined ? {} : { tool_choice: choice }),
      ...(typeof isParallel === 'boolean' ? { parallel_tool_calls: isParallel } : {}),
    },
    warnings,
  };
}

function toChatTool({ upstreamName, description, parameters, strict }: ToolDefinition): ChatTool {
  return {
    type: 'function',
    function: {
      name: upstreamName,
      ...(description === null ? {} : { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
      ...(strict === true ? { strict } : {}),
    },
  };
}

/** Undefined: the client said nothing, so nothing is sent. */
function toChoice({ toolChoice, body }: BridgeRequest, isFiltered: boolean): ChatToolChoice | undefined {
  switch (toolChoice.type) {
    case 'auto':
      return body.tool_choice === undefined || body.tool_choice === null ? undefined : 'auto';
    case 'none':
    case 'required':
      return toolChoice.type;
    case 'tool':
      return { type: 'function', function: { name: toolChoice.upstreamName } };
    case 'allowed': {
      if (isFiltered) return toolChoice.mode;
      const tools = toolChoice.upstreamNames.map((name) => ({ type: 'function', function: { name } }));
      return { type: 'allowed_tools', allowed_tools: { mode: toolChoice.mode, tools } };
    }
  }
}

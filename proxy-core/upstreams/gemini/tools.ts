/** Tool definitions and tool choice as Gemini's functionDeclarations and functionCallingConfig (mapping 1.7). */
import type { BridgeRequest, ToolDefinition } from '../upstream.ts';
import type { GeminiFunctionCallingConfig, GeminiFunctionDeclaration, GeminiRequest } from './wire.ts';

/** Nothing for a request without tools: Gemini refuses an empty list and a choice without tools. */
export function toTools({ tools, toolChoice, webSearch }: BridgeRequest): Pick<GeminiRequest, 'tools' | 'toolConfig'> {
  // AUTO knows no allowedFunctionNames, so the list itself is cut to the allowed ones.
  const allowed = toolChoice.type === 'allowed' ? new Set(toolChoice.upstreamNames) : undefined;
  const offered = allowed ? tools.filter(({ upstreamName }) => allowed.has(upstreamName)) : tools;
  const search = webSearch ? [{ googleSearch: {} }] : [];
  if (offered.length === 0) return webSearch ? { tools: search } : {};
  const config = toCallingConfig(toolChoice, offered);
  return {
    tools: [{ functionDeclarations: offered.map(toDeclaration) }, ...search],
    ...(config ? { toolConfig: { functionCallingConfig: config } } : {}),
  };
}

function toDeclaration(tool: ToolDefinition): GeminiFunctionDeclaration {
  const declaration: GeminiFunctionDeclaration = { name: tool.upstreamName };
  if (tool.description !== null && tool.description !== '') declaration.description = tool.description;
  if (tool.parameters !== null) declaration.parametersJsonSchema = tool.parameters;
  return declaration;
}

function toCallingConfig(choice: BridgeRequest['toolChoice'], tools: ToolDefinition[]): GeminiFunctionCallingConfig | undefined {
  switch (choice.type) {
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.upstreamName] };
    case 'allowed':
      return choice.mode === 'required' ? { mode: 'ANY', allowedFunctionNames: choice.upstreamNames } : toAuto(tools);
    case 'auto':
      return toAuto(tools);
  }
}

/** VALIDATED is AUTO with arguments held to their schema: what `strict` asks for. AUTO itself is the default. */
function toAuto(tools: ToolDefinition[]): GeminiFunctionCallingConfig | undefined {
  return tools.some(({ strict }) => strict === true) ? { mode: 'VALIDATED' } : undefined;
}

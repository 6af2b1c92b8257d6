/**
 * A bridge request as the body of POST /chat/completions. Pure: the same request gives the same body. Always
 * streamed and always with usage, also for clients that don't stream: there is one path (mapping 0).
 * The parts: parameters.ts, messages.ts, tools.ts; what servers do differently: profiles.ts.
 */
import type { JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest, BuildContext, BuiltRequest, Warning } from '../upstream.ts';
import { buildMessages } from './messages.ts';
import { planParameters } from './parameters.ts';
import { CHAT_PROFILE_NAMES, findProfile, GENERIC_PROFILE } from './profiles.ts';
import { planTools } from './tools.ts';
import type { ChatBody } from './wire.ts';

/** @throws ProxyError 400 for what cannot be asked of this server. */
export function buildChatRequest(request: BridgeRequest, { config }: BuildContext): BuiltRequest {
  const found = findProfile(config);
  const profile = found ?? GENERIC_PROFILE;
  const parameters = planParameters(request.body, request.model, profile);
  const { messages, warnings, callIds } = buildMessages(request, profile);
  const tools = planTools(request, profile);
  const body: ChatBody = {
    model: request.model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    ...parameters.fields,
    ...tools.fields,
  };
  const unknown: Warning[] = found ? [] : [toUnknownProfile(config.profile)];
  return {
    body: body as unknown as JsonObject,
    warnings: [...unknown, ...parameters.warnings, ...warnings, ...tools.warnings],
    ...(Object.keys(callIds).length === 0 ? {} : { callIds }),
  };
}

function toUnknownProfile(name: string | undefined): Warning {
  const message = `The profile ${name ?? ''} is not known; the generic one was used. Known are: ${CHAT_PROFILE_NAMES.join(', ')}.`;
  return { code: 'unknown_profile', message };
}

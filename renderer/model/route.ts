/** The way of a session in words: client, what sits in between, provider. Pure. */
import type { Session, Step } from '../../proxy-core/protocol/api/control-api.ts';

const CLIENT_NAMES: Record<string, string> = {
  'ai-sdk': 'AI SDK',
  ai: 'AI SDK',
  'openai-node': 'openai-node',
  'openai-python': 'openai-python',
  codex: 'Codex',
};

const NAMES: Record<string, string> = { anthropic: 'Anthropic', openai: 'OpenAI', gemini: 'Gemini', litellm: 'LiteLLM', demo: 'Demo' };

/** An upstream's name as its maker writes it. */
export function hopName(name: string): string {
  return NAMES[name] ?? name;
}

export function clientName(session: Session | null): string {
  if (session?.client === null || session === null) return 'client';
  const name = CLIENT_NAMES[session.client.name] ?? session.client.name;
  return session.client.version === '' ? name : `${name} ${session.client.version}`;
}

const KIND_NAMES: Record<string, string> = {
  anthropic: 'Anthropic',
  gemini: 'Gemini',
  'openai-chat': 'Chat Completions',
  responses: 'Responses API',
};
const isGateway = (name: string): boolean => /litellm|gateway|proxy|router/i.test(name);

/** Who speaks on the upstream side; for a recorded gateway, the provider behind it. */
export function providerOf(session: Session | null, step: Step): string {
  if (step.gateway) return hopName(step.gateway.upstream);
  if (!isGateway(step.upstream)) return hopName(step.upstream);
  const other = session?.upstreams.find((name) => !isGateway(name));
  return other === undefined ? (KIND_NAMES[step.upstreamKind] ?? 'provider') : hopName(other);
}

/** A gateway recorded on both sides stands in between; else the bridge does. */
export function gatewayOf(session: Session | null, step: Step): { client: string; gateway: string; provider: string } {
  const gateway = step.gateway || isGateway(step.upstream) ? step.upstream : session?.upstreams.find(isGateway);
  return {
    client: clientName(session),
    gateway: gateway === undefined ? 'Deltascope' : hopName(gateway),
    provider: providerOf(session, step),
  };
}

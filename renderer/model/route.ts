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

/** A gateway recorded on both sides names itself first in `upstreams`; else the bridge sits in between. */
export function gatewayOf(session: Session | null, step: Step): { client: string; gateway: string; provider: string } {
  const upstreams = session?.upstreams ?? [];
  const gateway = upstreams.find((name) => /litellm|gateway|proxy|router/i.test(name));
  const provider = upstreams.find((name) => name !== gateway) ?? step.upstream;
  return { client: clientName(session), gateway: gateway === undefined ? 'Deltascope' : hopName(gateway), provider: hopName(provider) };
}

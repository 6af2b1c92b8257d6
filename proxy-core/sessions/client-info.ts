/**
 * Who calls, by its user-agent: a table, newest knowledge first. For display and for keeping sessions of
 * different clients apart; nothing in the exchange depends on it. Examples are in the test.
 */
import type { ClientInfo } from '../protocol/api/control-api.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';

interface ClientPattern {
  match: RegExp;
  /** A name, or one made from the match. */
  name: string | ((match: RegExpExecArray, userAgent: string) => string);
}

/** The first group of `match` is the version unless it names a group `version`. */
const CLIENTS: readonly ClientPattern[] = [
  {
    match: /\bai-sdk[/-](?<package>[a-z-]+?)\/(?<version>\d[^\s;)]*)/,
    name: (match, userAgent) => {
      const provider = match.groups?.['package'];
      return `AI SDK${aiSdkMajor(userAgent)}${provider === 'openai' ? '' : ` (${provider})`}`;
    },
  },
  { match: /^codex[a-z_-]*\/(\S+)/i, name: 'Codex' },
  { match: /^Agents\/JavaScript (\S+)/, name: 'OpenAI Agents JS' },
  { match: /^Agents\/Python (\S+)/, name: 'OpenAI Agents Python' },
  { match: /^(?:Async)?(?:Azure)?OpenAI\/JS (\S+)/, name: 'openai-node' },
  { match: /^(?:Async)?(?:Azure)?OpenAI\/Python (\S+)/, name: 'openai-python' },
  { match: /^(?:Async)?Anthropic\/JS (\S+)/, name: 'anthropic-sdk-typescript' },
  { match: /^(?:Async)?Anthropic\/Python (\S+)/, name: 'anthropic-sdk-python' },
  { match: /^claude-cli\/(\S+)/, name: 'Claude Code' },
  { match: /\bgoogle-genai-sdk\/(\S+)/, name: 'google-genai' },
  { match: /\bpydantic-ai\/(\S+)/, name: 'pydantic-ai' },
  { match: /\blangchain(?:-openai)?\/(\S+)/i, name: 'langchain' },
  { match: /^litellm\/(\S+)/i, name: 'LiteLLM' },
  { match: /^([\w.@-]+)\/v?(?<version>\d[^\s;,)]*)/, name: (match) => match[1] as string },
  { match: /^([\w.@-]{1,60})$/, name: (match) => match[1] as string },
];

/** Null when the client does not say who it is. */
export function toClientInfo(headers: HeaderList): ClientInfo | null {
  const userAgent = headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1].trim() ?? '';
  for (const { match, name } of CLIENTS) {
    const found = match.exec(userAgent);
    if (!found) continue;
    const version = found.groups?.['version'] ?? found[1] ?? '';
    const label = typeof name === 'string' ? name : name(found, userAgent);
    return { name: label, version: version === label ? '' : version };
  }
  return null;
}

/** The providers count for themselves; their shared package tells which AI SDK they belong to. */
function aiSdkMajor(userAgent: string): string {
  const utils = /\bai-sdk[/-]provider-utils\/(\d+)/.exec(userAgent)?.[1];
  return utils === undefined ? '' : ` ${Number(utils) + 2}`;
}

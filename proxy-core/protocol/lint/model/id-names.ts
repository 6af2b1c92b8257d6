/**
 * What an id says about where it comes from: the prefixes of item types, foreign namespaces, and the
 * routing that LiteLLM encodes into response ids. Source: 516 genuine streams (responses-stream, 2026).
 */
const PREFIXES: Readonly<Record<string, readonly string[]>> = {
  message: ['msg_'],
  reasoning: ['rs_'],
  function_call: ['fc_'],
  // Genuine streams have both.
  custom_tool_call: ['ctc_', 'ct_'],
  web_search_call: ['ws_'],
  file_search_call: ['fs_'],
  code_interpreter_call: ['ci_'],
  image_generation_call: ['ig_'],
  mcp_list_tools: ['mcpl_'],
  mcp_call: ['mcp_'],
  mcp_approval_request: ['mcpr_'],
  compaction: ['cmp_'],
  local_shell_call: ['lsh_'],
  shell_call: ['sh_'],
  shell_call_output: ['sho_'],
  apply_patch_call: ['apc_'],
  tool_search_call: ['tsc_'],
  tool_search_output: ['tso_'],
  program: ['cm_'],
  program_output: ['cmo_'],
  computer_call: ['cu_'],
};

const FOREIGN: readonly [test: RegExp, owner: string][] = [
  [/^chatcmpl-/, 'a Chat Completions answer'],
  [/^gen-/, 'an OpenRouter generation'],
  [/^toolu_/, 'an Anthropic tool call'],
  [/^call[_-]/, 'a tool call (call_id)'],
  [/^resp_/, 'a response'],
  [/^msg_01[A-Za-z0-9]{20,}$/, 'an Anthropic message'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'a bare UUID'],
  [/^[A-Za-z0-9+/_=-]{120,}$/, 'an opaque blob'],
];

export function prefixesOf(itemType: string): readonly string[] | undefined {
  return PREFIXES[itemType];
}

/** Whose id this looks like; undefined when nothing is recognised. */
export function foreignNamespace(id: string): string | undefined {
  return FOREIGN.find(([test]) => test.test(id))?.[1];
}

/** ` (that is an id of …)`, or nothing. */
export function namespaceHint(id: string): string {
  const owner = foreignNamespace(id);
  return owner === undefined ? '' : `, which looks like the id of ${owner}`;
}

/** The text inside `resp_<base64>` ids (LiteLLM), and the id it was made from. */
export function decodeResponseId(id: string): DecodedId | undefined {
  // One stream asks for the same id again and again.
  if (id !== lastId) lastDecoded = decode(id);
  lastId = id;
  return lastDecoded;
}

export interface DecodedId {
  text: string;
  innerId: string | null;
}

let lastId = '';
let lastDecoded: DecodedId | undefined;

function decode(id: string): DecodedId | undefined {
  if (!id.startsWith('resp_') || id.length < 45) return undefined;
  const text = decodeBase64(id.slice('resp_'.length));
  if (text === undefined || !/^[\x20-\x7e]+$/.test(text) || !text.includes(':')) return undefined;
  return { text, innerId: /response_id:([^;]+)/.exec(text)?.[1] ?? null };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** ASCII out of base64 or base64url; undefined when it is neither. */
function decodeBase64(encoded: string): string | undefined {
  let bits = 0;
  let count = 0;
  let text = '';
  for (const char of encoded.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return undefined;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      text += String.fromCharCode((bits >> count) & 0xff);
      bits &= (1 << count) - 1;
    }
  }
  return text;
}

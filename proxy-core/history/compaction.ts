/**
 * Our own compaction items: a summary that travels in `encrypted_content` and comes back as context.
 * Another vendor's ciphertext can't be read here, and leaving it out would lose the conversation.
 */
import { invalidRequest } from '../errors.ts';
import { asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';

const PREFIX = 'dsc1.';

export function encodeCompaction(summary: string): string {
  return PREFIX + Buffer.from(JSON.stringify({ v: 1, summary }), 'utf8').toString('base64url');
}

/** The item as context for a model: one user message that holds the summary. @throws ProxyError 400 for foreign ones. */
export function openCompaction(item: JsonObject): JsonObject & { type: string } {
  const cipher = asString(item['encrypted_content']) ?? '';
  const content = cipher.startsWith(PREFIX)
    ? parseJsonObject(Buffer.from(cipher.slice(PREFIX.length), 'base64url').toString('utf8'))
    : undefined;
  const summary = asString(content?.['summary']);
  if (summary === undefined) {
    throw invalidRequest(
      'The compaction item was made by another provider and cannot be opened here. Send the conversation itself.',
      'input',
      'invalid_encrypted_content',
    );
  }
  return {
    type: 'message',
    id: item['id'],
    role: 'user',
    content: [{ type: 'input_text', text: `Summary of the conversation so far:\n\n${summary}` }],
  };
}

export const COMPACTION_PROMPT =
  'Summarise this conversation so that another assistant can take over: the goal, what was decided and done, open questions, ' +
  'and every name, number, path and result that is still needed. Write the summary only, without calling a tool.';

/**
 * The last look at what goes out: every finished file is searched as text once more, by the same rules but
 * knowing nothing of what was masked. What it still finds is named, so that nothing is sent in good faith.
 */
import { toText } from '../session-record.ts';
import { secretRules } from './secret-rules.ts';
import { findBySecretlint } from './secretlint.ts';

/** What masking and content redaction leave behind. */
const PLACEHOLDER = /\[secret-\d|\*{3}|\[redacted|^[xX0u-zU-Z\d\W_]*$/;

/** Names of the files that hold a credential, in their order. */
export async function findFilesWithSecrets(files: ReadonlyMap<string, Uint8Array>): Promise<string[]> {
  const names: string[] = [];
  for (const [name, bytes] of files) if (await holdsSecret(toText(bytes))) names.push(name);
  return names;
}

async function holdsSecret(text: string): Promise<boolean> {
  const isOurs = secretRules.some(({ pattern }) => {
    for (const match of text.matchAll(pattern)) {
      if (!PLACEHOLDER.test(match.groups?.['secret'] ?? match[0])) return true;
    }
    return false;
  });
  return isOurs || (await findBySecretlint(text)).some((match) => !PLACEHOLDER.test(match.text));
}

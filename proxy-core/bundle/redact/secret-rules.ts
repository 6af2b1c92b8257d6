/**
 * What credentials look like. One line each; the group `secret` (or all of the match) is what has to go. Whole
 * recordings are searched: no pattern may try again from every place of a long run, so repeats before the
 * characteristic part have an upper bound.
 */
export interface SecretRule {
  id: string;
  pattern: RegExp;
}

export const secretRules: readonly SecretRule[] = [
  { id: 'private-key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?<secret>[\s\S]{1,8000}?)-----END/g },
  { id: 'anthropic-key', pattern: /\bsk-ant-[A-Za-z0-9_-]{16,}/g },
  { id: 'openrouter-key', pattern: /\bsk-or-v1-[a-f0-9]{32,}/g },
  { id: 'openai-key', pattern: /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{16,}/g },
  { id: 'google-key', pattern: /\bAIza[A-Za-z0-9_-]{30,}/g },
  { id: 'google-token', pattern: /\bya29\.[A-Za-z0-9_-]{20,}/g },
  { id: 'aws-key-id', pattern: /\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b/g },
  { id: 'github-token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})/g },
  { id: 'gitlab-token', pattern: /\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,}/g },
  { id: 'slack-token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { id: 'slack-webhook', pattern: /hooks\.slack\.com\/services\/(?<secret>[A-Za-z0-9/_+-]{20,})/g },
  { id: 'stripe-key', pattern: /\b[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { id: 'npm-token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { id: 'huggingface-token', pattern: /\bhf_[A-Za-z0-9]{30,}/g },
  { id: 'groq-key', pattern: /\bgsk_[A-Za-z0-9]{40,}/g },
  { id: 'xai-key', pattern: /\bxai-[A-Za-z0-9]{40,}/g },
  { id: 'replicate-token', pattern: /\br8_[A-Za-z0-9]{30,}/g },
  { id: 'sendgrid-key', pattern: /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g },
  { id: 'json-web-token', pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  { id: 'bearer-token', pattern: /\b(?:Bearer|Basic)\s+(?!\[redacted)(?=\S*[\d=_])(?<secret>[A-Za-z0-9._~+/-]{12,}=*)/gi },
  { id: 'url-password', pattern: /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@"'<>\\]{1,256}:(?<secret>[^\s/@"'<>\\]{3,1024})@/gi },
  {
    id: 'url-parameter',
    pattern:
      /[?&;](?:key|api[-_]?key|x-goog-api-key|(?:access|id|refresh|auth|session)?[-_]?token|client_secret|secret|password|sig|signature|x-amz-(?:signature|security-token|credential))=(?!\[redacted)(?<secret>[^&#\s"'<>\\]{6,})/gi,
  },
  {
    id: 'assigned-secret',
    pattern:
      /(?:api[-_]?key|apikey|secret|password|passwd|private[-_]?key|access[-_]?token|auth[-_]?token|refresh[-_]?token)["']?\s*(?::|=>?)\s*\\?["'](?!\[redacted)(?<secret>[^\s"'\\]{8,})/gi,
  },
  {
    id: 'environment-secret',
    pattern: /\b[A-Z][A-Z0-9_]*(?:API_KEY|SECRET|TOKEN|PASSWORD)\s*=\s*(?!\[redacted)(?<secret>[^\s"'\\$]{8,})/g,
  },
];

/** Names of JSON fields and headers whose value is a credential whatever it looks like. */
export const SECRET_FIELD =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|(?:[\w-]*[-_])?(?:api[-_]?key|apikey|password|passwd|client[-_]?secret|secret[-_]?(?:access[-_]?)?key|access[-_]?token|auth[-_]?token|refresh[-_]?token|session[-_]?token|private[-_]?key))$/i;

/** What the bridge proved about a bundle, as four sentences. Pure. */
import type { BundleProofs, Redaction } from '../../../proxy-core/protocol/api/handover-api.ts';

export interface Proof {
  state: 'held' | 'broken' | 'open';
  text: string;
}

export function toProofs(proofs: BundleProofs, redactions: readonly Redaction[], files: string): Proof[] {
  return [toSecrets(proofs, redactions, files), toHeaders(redactions), toFindings(proofs), toVerdicts(proofs)];
}

function toSecrets({ filesWithSecrets }: BundleProofs, redactions: readonly Redaction[], files: string): Proof {
  if (filesWithSecrets.length > 0) return { state: 'broken', text: `Something like a secret is left in ${filesWithSecrets.join(', ')}` };
  const masked = redactions.filter(({ kind }) => kind === 'secret').length;
  return {
    state: 'held',
    text: masked === 0 ? `No secret found in ${files}` : `${masked} secret${masked === 1 ? '' : 's'} masked, none left in ${files}`,
  };
}

function toHeaders(redactions: readonly Redaction[]): Proof {
  const names = redactions.filter(({ kind }) => kind === 'header').map(({ what }) => what);
  if (names.length === 0) return { state: 'held', text: 'No request had a credential header' };
  return { state: 'held', text: `${list(names)} ${names.length === 1 ? 'was' : 'were'} never recorded` };
}

function toFindings({ findingsAreTheSame, findingCount }: BundleProofs): Proof {
  if (!findingsAreTheSame) return { state: 'broken', text: 'Linting the bundle gives other findings than the recording' };
  return { state: 'held', text: `Same findings before and after: ${findingCount} of ${findingCount}` };
}

function toVerdicts({ verdictsAreTheSame, verdictCount }: BundleProofs): Proof {
  if (verdictsAreTheSame === null) return { state: 'open', text: 'No client could be run on these streams' };
  if (!verdictsAreTheSame) return { state: 'broken', text: 'Some clients do something else with the redacted streams' };
  return { state: 'held', text: `Same verdicts before and after: ${verdictCount} of ${verdictCount}` };
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

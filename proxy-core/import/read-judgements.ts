/** Findings and verdicts as a bundle carries them. They are only shown: both are made anew after an import. */
import type { Verdict } from '../protocol/api/control-api.ts';
import { asArray, asString, isObject, type JsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';

export function toFindings(json: JsonObject | undefined): Finding[] {
  return asArray(json?.['findings'])
    .filter(isObject)
    .filter((one) => typeof one['rule'] === 'string' && ['error', 'warning', 'note'].includes(String(one['severity'])))
    .map(
      (one) =>
        ({ related: [], knownIssues: [], event: null, hop: null, ...one, message: asString(one['message']) ?? '' }) as unknown as Finding,
    );
}

export function toVerdicts(json: JsonObject | undefined): Verdict[] {
  return asArray(json?.['verdicts'])
    .filter(isObject)
    .filter((one) => typeof one['client'] === 'string' && ['ok', 'wrong', 'error', 'hang'].includes(String(one['outcome'])))
    .map((one) => ({
      client: asString(one['client']) ?? '',
      version: asString(one['version']) ?? '',
      outcome: one['outcome'] as Verdict['outcome'],
      message: asString(one['message']) ?? '',
      basis: one['basis'] === 'ran' ? 'ran' : 'predicted',
    }));
}

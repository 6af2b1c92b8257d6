/** Two probe reports side by side: yesterday's server and today's, one gateway and another. Pure. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../json.ts';

export interface ScenarioChange {
  name: string;
  /** Null: the scenario was not run there. */
  before: string | null;
  after: string | null;
  /** Rules with error findings on one side only. */
  newRules: string[];
  goneRules: string[];
}

/** Only what differs, in the order of the newer report. Reports come from files: they are read leniently. */
export function compareReports(before: JsonObject, after: JsonObject): ScenarioChange[] {
  const left = toScenarios(before);
  const right = toScenarios(after);
  const names = [...new Set([...right.keys(), ...left.keys()])];
  return names.flatMap((name): ScenarioChange[] => {
    const [old, now] = [left.get(name), right.get(name)];
    const change = {
      name,
      before: old?.status ?? null,
      after: now?.status ?? null,
      newRules: [...(now?.rules ?? [])].filter((rule) => !old?.rules.has(rule)),
      goneRules: [...(old?.rules ?? [])].filter((rule) => !now?.rules.has(rule)),
    };
    return change.before === change.after && change.newRules.length + change.goneRules.length === 0 ? [] : [change];
  });
}

export function isProbeReport(value: unknown): value is JsonObject {
  return isObject(value) && Array.isArray(value['scenarios']);
}

function toScenarios(report: JsonObject): Map<string, { status: string; rules: Set<string> }> {
  const rows = asArray(report['scenarios']).map(asObject);
  return new Map(
    rows.map((row) => {
      const errors = asArray(row['findings'])
        .map(asObject)
        .filter((finding) => finding['severity'] === 'error');
      return [
        asString(row['name']) ?? '',
        { status: asString(row['status']) ?? '', rules: new Set(errors.map((finding) => asString(finding['rule']) ?? '')) },
      ];
    }),
  );
}

/** One line for people: `tool: pass → fail, new: item-done`. */
export function toChangeLine({ name, before, after, newRules, goneRules }: ScenarioChange): string {
  const status = before === after ? `still ${after ?? 'not run'}` : `${before ?? 'not run'} → ${after ?? 'not run'}`;
  const rules = [newRules.length > 0 ? `new: ${newRules.join(', ')}` : '', goneRules.length > 0 ? `gone: ${goneRules.join(', ')}` : ''];
  return [`${name}: ${status}`, ...rules.filter((part) => part !== '')].join('; ');
}

/** SARIF 2.1.0 for code scanning in CI: one run, the rules that fired, one result per finding. */
import type { Severity } from '../finding.ts';
import type { JsonObject } from '../../json.ts';
import { rules as allRules } from '../rules/index.ts';
import type { FileReport } from './report.ts';

const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', note: 'note' };

export function toSarifReport(files: readonly FileReport[], version: string): string {
  const used = new Set(files.flatMap(({ findings }) => findings.map((finding) => finding.rule)));
  const rules = allRules.filter((rule) => used.has(rule.id));
  const ruleIndex = new Map(rules.map((rule, index) => [rule.id, index]));
  const results = files.flatMap(({ file, findings, places }) =>
    findings.map((finding): JsonObject => {
      const place = finding.event === null ? undefined : places?.get(finding.event);
      return {
        ruleId: finding.rule,
        ruleIndex: ruleIndex.get(finding.rule),
        level: LEVELS[finding.severity],
        message: { text: finding.message },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: toUri(file) },
              region: place ? { startLine: place.line, byteOffset: place.byteOffset, byteLength: place.byteLength } : { startLine: 1 },
            },
            ...(finding.event === null ? {} : { logicalLocations: [{ name: `event ${finding.event}`, kind: 'element' }] }),
          },
        ],
        properties: {
          event: finding.event,
          sequenceNumber: finding.sequenceNumber,
          outputIndex: finding.outputIndex,
          itemId: finding.itemId,
          expected: finding.expected,
          actual: finding.actual,
          related: finding.related,
          hop: finding.hop,
          knownIssues: finding.knownIssues,
        },
      };
    }),
  );
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Deltascope',
            version,
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.why },
              help: { text: `${rule.fix}\n\nBreaks: ${rule.breaks}\n\nSource: ${rule.source}` },
              defaultConfiguration: { level: LEVELS[rule.severity] },
            })),
          },
        },
        artifacts: files.map(({ file }) => ({ location: { uri: toUri(file) } })),
        results,
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A relative URI; each segment is escaped. */
function toUri(file: string): string {
  return file
    .replaceAll('\\', '/')
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
}

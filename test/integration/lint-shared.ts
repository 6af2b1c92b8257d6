/** Finds the shared recordings beside the repository and lints one file of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { lintFrames, type LinterOptions } from '../../proxy-core/protocol/lint/run-rules.ts';
import type { EndInfo } from '../../proxy-core/protocol/lint/lint-event.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';

export const sharedDir = join(import.meta.dirname, '../../../shared');
export const hasShared = existsSync(join(sharedDir, 'violations/matrix.json'));
export const skipReason = `no recordings at ../shared beside the repository: nothing was examined`;

export function lintFile(path: string, options: LinterOptions & { end?: EndInfo } = {}): Finding[] {
  return lintFrames(readFrames(readFileSync(path)), options).findings;
}

export function rulesOf(findings: readonly Finding[], severity?: Finding['severity']): string[] {
  return [
    ...new Set(findings.filter((finding) => severity === undefined || finding.severity === severity).map((finding) => finding.rule)),
  ].toSorted();
}

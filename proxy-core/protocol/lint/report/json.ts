/** `lint --format json`: one document, the shape of contract section 4. */
import { summarize, type FileReport } from './report.ts';

export function toJsonReport(files: readonly FileReport[]): string {
  const document = {
    files: files.map(({ file, events, findings }) => ({ file, events, findings })),
    summary: summarize(files),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

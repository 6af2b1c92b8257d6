/** What can be asked to be made of a session that goes out, and how it is made: one place for the worker and the command line. */
import type { Verdict } from '../protocol/api/control-api.ts';
import type { BundleFile, BundleProofs, OriginalFile, Redaction, RedactMode } from '../protocol/api/handover-api.ts';
import { createBundle, toOriginalFile } from './bundle-files.ts';
import { toHar } from './har.ts';
import { toJsonLines } from './jsonl.ts';
import { redactKeepingFindings } from './redact/keep-findings.ts';
import { toText, type SessionRecord } from './session-record.ts';
import { writeZip } from './write-zip.ts';

export interface BundleTasks {
  zip: { redact: RedactMode };
  preview: { redact: RedactMode };
  original: { file: string };
  export: { format: 'har' | 'jsonl'; redact: RedactMode };
}
export type BundleTaskType = keyof BundleTasks;

export interface BundlePreview {
  files: BundleFile[];
  redactions: Redaction[];
  proofs: BundleProofs;
  report: string;
}

export interface MadeZip {
  bytes: Uint8Array;
  redactions: Redaction[];
  proofs: BundleProofs;
}

export interface BundleResults {
  zip: MadeZip;
  preview: BundlePreview;
  /** Null for a file that has no recorded form. */
  original: OriginalFile | null;
  export: Uint8Array;
}

/** Verdicts of real clients per step. */
export type SessionJudge = (record: SessionRecord) => Promise<Verdict[][]>;

/** Nobody reads more than this of one file in a preview. */
const MAX_ORIGINAL_BYTES = 262_144;

type Maker<Type extends BundleTaskType> = (
  record: SessionRecord,
  task: BundleTasks[Type],
  judge: SessionJudge,
) => Promise<BundleResults[Type]>;

const makers: { [Type in BundleTaskType]: Maker<Type> } = {
  async zip(record, { redact }, judge) {
    const { files, redactions, proofs } = await createBundle(record, { redact, judge });
    return { bytes: await writeZip(files), redactions, proofs };
  },
  async preview(record, { redact }, judge) {
    const { files, redactions, proofs } = await createBundle(record, { redact, judge });
    const report = toText(files.get('report.md') ?? new Uint8Array());
    return { files: [...files].map(([name, bytes]) => ({ name, size: bytes.length })), redactions, proofs, report };
  },
  original(record, { file }) {
    const bytes = toOriginalFile(record, file);
    return Promise.resolve(bytes ? { text: toText(bytes.subarray(0, MAX_ORIGINAL_BYTES)), size: bytes.length } : null);
  },
  async export(record, { format, redact }) {
    const { record: redacted, mask } = await redactKeepingFindings(record, redact);
    return Buffer.from(mask(format === 'har' ? toHar(redacted) : toJsonLines(redacted)), 'utf8');
  },
};

export function runBundleTask<Type extends BundleTaskType>(
  type: Type,
  task: BundleTasks[Type],
  { record, judge }: { record: SessionRecord; judge: SessionJudge },
): Promise<BundleResults[Type]> {
  return makers[type](record, task, judge);
}

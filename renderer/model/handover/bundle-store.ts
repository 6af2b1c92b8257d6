/**
 * The bundle in the making: fetched as the zip that will be saved, listed and looked at before. Each change
 * of what is redacted makes it anew; closing the dialog stops that.
 */
import { create } from 'zustand';
import type { BundleProofs, Redaction, RedactMode } from '../../../proxy-core/protocol/api/handover-api.ts';
import { asArray, asObject, parseJson } from '../../../proxy-core/protocol/json.ts';
import { handover } from '../../services/handover-client.ts';
import { listZip, readZipText, type ZipFile } from '../../services/zip-reader.ts';
import { toRedactionLines, type RedactionLine } from './redaction-lines.ts';

export type ExportFormat = 'bundle' | 'har' | 'jsonl';
export type FileSide = 'after' | 'before' | 'changes';

export interface ShownFile {
  name: string;
  lines: RedactionLine[];
  hasBefore: boolean;
  /** Bytes that are not shown, because the file is longer than anybody reads here. */
  rest: number;
}

export interface BundleState {
  sessionId: string | null;
  format: ExportFormat;
  redact: RedactMode;
  phase: 'making' | 'ready' | 'error';
  error: string | null;
  content: Blob | null;
  files: ZipFile[];
  redactions: Redaction[];
  proofs: BundleProofs | null;
  /** Places that were redacted, per file; filled in as they are looked through. */
  counts: ReadonlyMap<string, number>;
  selected: string;
  side: FileSide;
  shown: ShownFile | null;
  fileError: string | null;
  open(sessionId: string): void;
  change(change: { format?: ExportFormat; redact?: RedactMode }): void;
  select(name: string): Promise<void>;
  setSide(side: FileSide): void;
  close(): void;
}

/** As much of a file as the bridge gives of its original. */
const MAX_SHOWN_BYTES = 262_144;
const MAX_COUNTED_FILES = 60;
const MAX_COUNTED_BYTES = 2_000_000;
const HAS_ORIGINAL = /^steps\/\d+\/(?:(?:upstream-)?request\.json|(?:upstream|gateway|emitted)\.sse)$/;
let making = new AbortController();

export const useBundle = create<BundleState>()((set, get) => ({
  sessionId: null,
  format: 'bundle',
  redact: 'secrets',
  phase: 'making',
  error: null,
  content: null,
  files: [],
  redactions: [],
  proofs: null,
  counts: new Map(),
  selected: '',
  side: 'after',
  shown: null,
  fileError: null,
  open(sessionId) {
    set({ sessionId, selected: '', side: 'after' });
    void make(set, get);
  },
  change(change) {
    set(change);
    void make(set, get);
  },
  async select(name) {
    const { content, files, sessionId, format } = get();
    if (content === null || sessionId === null) return;
    set({ selected: name, fileError: null });
    const { signal } = making;
    try {
      const shown =
        format === 'bundle'
          ? await readMember(
              content,
              files.find((file) => file.name === name),
              { sessionId, signal },
            )
          : await readWhole(content, name);
      if (!signal.aborted && get().selected === name) set({ shown });
    } catch (error) {
      if (!signal.aborted && get().selected === name) set({ shown: null, fileError: sentence(error) });
    }
  },
  setSide(side) {
    set({ side });
  },
  close() {
    making.abort();
    set({ sessionId: null, content: null, files: [], shown: null, proofs: null, redactions: [] });
  },
}));

async function make(set: (change: Partial<BundleState>) => void, get: () => BundleState): Promise<void> {
  making.abort();
  making = new AbortController();
  const { signal } = making;
  const { sessionId, format, redact } = get();
  if (sessionId === null) return;
  set({
    phase: 'making',
    error: null,
    content: null,
    files: [],
    proofs: null,
    redactions: [],
    counts: new Map(),
    shown: null,
    fileError: null,
  });
  try {
    const content =
      format === 'bundle' ? await handover.bundle(sessionId, redact, signal) : await handover.export(sessionId, format, { redact, signal });
    const files = format === 'bundle' ? await listZip(content) : [];
    const manifest = await readManifest(content, files);
    if (signal.aborted) return;
    set({ phase: 'ready', content, files, ...manifest });
    await get().select(firstFile(files, get().selected, format));
  } catch (error) {
    if (!signal.aborted) set({ phase: 'error', error: sentence(error) });
    return;
  }
  // without the counts the list is still right
  await countPlaces(set, get, signal).catch(() => undefined);
}

/** Looks through the short files one after another; a session with long or many ones is told per step only. */
async function countPlaces(set: (change: Partial<BundleState>) => void, get: () => BundleState, signal: AbortSignal): Promise<void> {
  const { files, content, sessionId, redactions } = get();
  const wanted = files.filter(({ name }) => HAS_ORIGINAL.test(name));
  const size = wanted.reduce((sum, file) => sum + file.size, 0);
  if (content === null || sessionId === null || redactions.length === 0) return;
  if (wanted.length > MAX_COUNTED_FILES || size > MAX_COUNTED_BYTES) return;
  for (const file of wanted) {
    const shown = await readMember(content, file, { sessionId, signal });
    if (signal.aborted) return;
    const count = shown?.lines.reduce((sum, line) => sum + line.count, 0) ?? 0;
    set({ counts: new Map(get().counts).set(file.name, count) });
  }
}

/** The file that was looked at before; else the stream that went to the client last, where faults show. */
function firstFile(files: readonly ZipFile[], wanted: string, format: ExportFormat): string {
  if (format !== 'bundle') return `session.${format}`;
  if (files.some(({ name }) => name === wanted)) return wanted;
  return files.findLast(({ name }) => name.endsWith('/emitted.sse'))?.name ?? files[0]?.name ?? '';
}

async function readManifest(content: Blob, files: readonly ZipFile[]): Promise<Pick<BundleState, 'redactions' | 'proofs'>> {
  const file = files.find(({ name }) => name === 'manifest.json');
  if (file === undefined) return { redactions: [], proofs: null };
  const manifest = asObject(parseJson(await readZipText(content, file, file.size)));
  return {
    redactions: asArray(manifest['redactions']) as Redaction[],
    proofs: asObject(manifest['proofs']) as unknown as BundleProofs,
  };
}

async function readMember(
  content: Blob,
  file: ZipFile | undefined,
  from: { sessionId: string; signal: AbortSignal },
): Promise<ShownFile | null> {
  if (file === undefined) return null;
  const after = await readZipText(content, file, MAX_SHOWN_BYTES);
  const original = HAS_ORIGINAL.test(file.name) ? await handover.original(from.sessionId, file.name, from.signal) : null;
  const lines = toRedactionLines(original?.text ?? null, after);
  return { name: file.name, lines, hasBefore: original !== null, rest: Math.max(0, file.size - MAX_SHOWN_BYTES) };
}

async function readWhole(content: Blob, name: string): Promise<ShownFile> {
  const text = await content.slice(0, MAX_SHOWN_BYTES).text();
  return { name, lines: toRedactionLines(null, text), hasBefore: false, rest: Math.max(0, content.size - MAX_SHOWN_BYTES) };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

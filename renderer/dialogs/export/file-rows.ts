/** The files of a bundle as rows: those of a step under their folder, with how much was taken out of it. Pure. */
import type { BundleFile, Redaction } from '../../../proxy-core/protocol/api/handover-api.ts';

export interface FileRow {
  path: string;
  title: string;
  size: number;
  isFolder: boolean;
  isFolded: boolean;
  isInside: boolean;
  /** Places that were replaced. */
  redacted: number;
}

export interface FileRowOptions {
  redactions: readonly Redaction[];
  /** Places per file, as far as they were counted. */
  counts: ReadonlyMap<string, number>;
  folded: ReadonlySet<string>;
}

export function toFileRows(files: readonly BundleFile[], { redactions, counts, folded }: FileRowOptions): FileRow[] {
  const content = new Map(redactions.filter(({ kind }) => kind === 'content').map(({ what, count }) => [what, count]));
  const rows: FileRow[] = [];
  const folders = new Map<string, FileRow>();
  for (const { name, size } of files) {
    const folder = /^(?<path>steps\/\d+)\//.exec(name)?.groups?.['path'];
    if (folder === undefined) {
      rows.push({ path: name, title: name, size, isFolder: false, isFolded: false, isInside: false, redacted: 0 });
      continue;
    }
    let head = folders.get(folder);
    if (head === undefined) {
      head = {
        path: folder,
        title: folder,
        size: 0,
        isFolder: true,
        isFolded: folded.has(folder),
        isInside: false,
        redacted: content.get(folder) ?? 0,
      };
      folders.set(folder, head);
      rows.push(head);
    }
    head.size += size;
    if (head.isFolded) continue;
    rows.push({
      path: name,
      title: name.slice(folder.length + 1),
      size,
      isFolder: false,
      isFolded: false,
      isInside: true,
      redacted: counts.get(name) ?? 0,
    });
  }
  return rows;
}

/** Reads a report out of a file that the reader picks; what is none is said where the form's errors stand. */
import { FolderOpen } from 'lucide-react';
import type { ReactElement } from 'react';
import { useProbe, type NamedReport } from '../../model/handover/probe-store.ts';
import { pickFile } from '../../services/save-file.ts';

export function LoadButton(props: { title: string; onRead: (report: NamedReport) => void }): ReactElement {
  const load = async (): Promise<void> => {
    const { read, fail, change } = useProbe.getState();
    try {
      const file = await pickFile('.json');
      if (file === null) return;
      change({});
      props.onRead(read(file.name, await file.text()));
    } catch (error) {
      fail(error);
    }
  };
  return (
    <button type="button" className="btn ghost" onClick={() => void load()}>
      <FolderOpen className="icon" aria-hidden="true" />
      {props.title}
    </button>
  );
}

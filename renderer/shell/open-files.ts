/** Files from the picker or dropped anywhere: sent to the bridge, which says what it understood. */
import { useSelection } from '../model/selection.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useUi } from '../model/ui-store.ts';
import { control } from '../services/control-client.ts';

export function openFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = '.sse,.txt,.har,.zip,.json,.jsonl,.log';
  input.addEventListener('change', () => void importFiles([...(input.files ?? [])]));
  input.click();
}

/** Imports files one after another and opens the first session that came out. */
export async function importFiles(files: readonly File[]): Promise<void> {
  const { toast } = useUi.getState();
  let opened: string | null = null;
  for (const file of files) {
    try {
      const result = await control.importFile(file);
      opened ??= result.sessions[0] ?? null;
      for (const { name, why } of result.skipped) toast(`${name} was skipped: ${why}`, 'error');
      if (result.sessions.length > 0)
        toast(`${file.name}: ${result.sessions.length === 1 ? 'opened' : `${result.sessions.length} sessions`}`);
    } catch (error) {
      toast(`${file.name} could not be opened. ${error instanceof Error ? error.message : ''}`, 'error');
    }
  }
  await useSessions.getState().load();
  if (opened !== null) useSelection.getState().select({ sessionId: opened, view: null });
}

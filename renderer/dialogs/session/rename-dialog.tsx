/** A new title for the session. */
import { useState, type ReactElement } from 'react';
import { useCurrentSession } from '../../model/handover/current-session.ts';
import { renameSession } from '../../model/session-actions.ts';
import { useUi } from '../../model/ui-store.ts';
import { Modal } from '../../shell/modal.tsx';

export function RenameDialog(): ReactElement | null {
  const session = useCurrentSession();
  const [title, setTitle] = useState(session?.title ?? '');
  const setUi = useUi((state) => state.set);
  if (session === null) return null;
  return (
    <Modal title="Rename session" className="session-dialog">
      <form
        className="modal-body"
        onSubmit={(event) => {
          event.preventDefault();
          void renameSession(session, title.trim());
          setUi({ dialog: null });
        }}
      >
        <input className="text-field" aria-label="Title" value={title} autoFocus onChange={(event) => setTitle(event.target.value)} />
        <div className="modal-actions">
          <button type="submit" className="btn primary" disabled={title.trim() === ''}>
            Rename
          </button>
        </div>
      </form>
    </Modal>
  );
}

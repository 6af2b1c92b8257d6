/** Asks before a session is gone. */
import type { ReactElement } from 'react';
import { useCurrentSession } from '../../model/handover/current-session.ts';
import { deleteSession } from '../../model/session-actions.ts';
import { useUi } from '../../model/ui-store.ts';
import { Modal } from '../../shell/modal.tsx';

export function DeleteDialog(): ReactElement | null {
  const session = useCurrentSession();
  const setUi = useUi((state) => state.set);
  if (session === null) return null;
  return (
    <Modal title="Delete session" className="session-dialog">
      <div className="modal-body">
        <p>
          “{session.title}” and everything recorded in it will be gone. Responses in it can no longer be continued by previous_response_id.
        </p>
        <div className="modal-actions">
          <button type="button" className="btn ghost" onClick={() => setUi({ dialog: null })}>
            Keep it
          </button>
          <button
            type="button"
            className="btn primary"
            onClick={() => {
              setUi({ dialog: null });
              void deleteSession(session.id);
            }}
          >
            Delete
          </button>
        </div>
      </div>
    </Modal>
  );
}

/** What can be done with a whole session: replay, export, rename, delete. */
import { useState, type ReactElement } from 'react';
import type { Session } from '../../proxy-core/protocol/api/control-api.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { useSelection } from '../model/selection.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useUi } from '../model/ui-store.ts';
import { control } from '../services/control-client.ts';
import { Modal } from './modal.tsx';
import { deleteSession, renameSession } from '../model/session-actions.ts';

function useCurrent(): Session | null {
  const sessionId = useSelection((state) => state.sessionId);
  return useSessions((state) => state.sessions.find((session) => session.id === sessionId) ?? null);
}

const MODES = [
  { id: 'serve', title: 'Serve it again', what: 'The recorded answers stand at an address of their own. Point any client at it.' },
  {
    id: 'retranslate',
    title: 'Translate it again',
    what: 'The recorded upstream bytes go through this version of the bridge; a new session.',
  },
  { id: 'resend', title: 'Send it again', what: 'The recorded requests go to the upstream once more; a new session. This may cost money.' },
] as const;

export function ReplayDialog(): ReactElement | null {
  const session = useCurrent();
  const [speed, setSpeed] = useState<'original' | 'max'>('original');
  const [result, setResult] = useState<{ baseURL?: string; error?: string } | null>(null);
  const select = useSelection((state) => state.select);
  const setUi = useUi((state) => state.set);
  if (session === null) return null;
  const run = async (mode: (typeof MODES)[number]['id']): Promise<void> => {
    try {
      const made = await control.replay(session.id, { mode, speed });
      if (made.sessionId !== undefined) {
        setUi({ dialog: null });
        select({ sessionId: made.sessionId });
      } else setResult(made.baseURL === undefined ? {} : { baseURL: made.baseURL });
    } catch (error) {
      setResult({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <Modal title="Replay" className="session-dialog">
      <div className="modal-body">
        <div className="setting">
          <span>Speed</span>
          <div className="segments" role="group" aria-label="Speed">
            {(['original', 'max'] as const).map((id) => (
              <button key={id} type="button" aria-pressed={speed === id} onClick={() => setSpeed(id)}>
                {id === 'original' ? 'As recorded' : 'As fast as it goes'}
              </button>
            ))}
          </div>
        </div>
        {MODES.map((mode) => (
          <div key={mode.id} className="choice">
            <span>{mode.what}</span>
            <button type="button" className="btn" onClick={() => void run(mode.id)}>
              {mode.title}
            </button>
          </div>
        ))}
        {result?.baseURL !== undefined && (
          <div className="box result-line">
            <span className="mono trunc grow">{result.baseURL}</span>
            <CopyButton text={result.baseURL} label="Copy the address" />
          </div>
        )}
        {result?.error !== undefined && (
          <p className="err" role="alert">
            It did not work. {result.error}
          </p>
        )}
      </div>
    </Modal>
  );
}

export function ExportDialog(): ReactElement | null {
  const session = useCurrent();
  const [redact, setRedact] = useState<'secrets' | 'content'>('secrets');
  if (session === null) return null;
  return (
    <Modal title="Export bundle" className="session-dialog">
      <div className="modal-body">
        <div className="setting">
          <span>Redact</span>
          <div className="segments" role="group" aria-label="Redact">
            <button type="button" aria-pressed={redact === 'secrets'} onClick={() => setRedact('secrets')}>
              Secrets only
            </button>
            <button type="button" aria-pressed={redact === 'content'} onClick={() => setRedact('content')}>
              Secrets and content
            </button>
          </div>
        </div>
        <p className="dim">
          {redact === 'secrets'
            ? 'Keys and tokens become placeholders. Text stays as it is.'
            : 'Text becomes placeholders of the same length. Ids stay equal where they were equal, so findings stay.'}
        </p>
        <div className="modal-actions">
          <a className="btn primary" href={control.bundleUrl(session.id, redact)} download={`deltascope-${session.id}.zip`}>
            Save bundle
          </a>
        </div>
      </div>
    </Modal>
  );
}

export function RenameDialog(): ReactElement | null {
  const session = useCurrent();
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

export function DeleteDialog(): ReactElement | null {
  const session = useCurrent();
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

/** Settings that only the desktop app has: provider keys for its bridge, and notifications. Nothing in a browser. */
import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import type { DesktopApi, DesktopInfo, DesktopSettings as Settings, StoredKey } from '../../proxy-core/protocol/api/desktop-api.ts';
import { desktop } from '../services/desktop.ts';

const KNOWN_KEYS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY'];

export function DesktopSettings(): ReactElement | null {
  return desktop === undefined ? null : <Form app={desktop} />;
}

function Form({ app }: { app: DesktopApi }): ReactElement | null {
  const [info, setInfo] = useState<DesktopInfo | null>(null);
  const [settings, setSettings] = useState<Settings | null>(null);
  const [keys, setKeys] = useState<StoredKey[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);

  useEffect(() => {
    const load = async (): Promise<void> => {
      setInfo(await app.info());
      setSettings(await app.settings());
      setKeys(await app.keys());
    };
    load().catch((error: unknown) => setTrouble(String(error)));
  }, [app]);

  const change = (change: Promise<StoredKey[]>): void => {
    change.then(setKeys, (error: unknown) => setTrouble(String(error)));
  };

  if (info === null || settings === null) return trouble === null ? null : <p role="alert">{trouble}</p>;
  return (
    <>
      <div className="setting">
        <span>Notifications</span>
        <label>
          <input
            type="checkbox"
            checked={settings.notifyOfErrors}
            onChange={(event) => {
              app.changeSettings({ notifyOfErrors: event.target.checked }).then(setSettings, (error: unknown) => setTrouble(String(error)));
            }}
          />{' '}
          Tell of errors while the window is in the background
        </label>
      </div>
      <KeyForm keys={keys} onSet={(name, value) => change(app.setKey(name, value))} />
      {info.keyStorageTrouble !== null && <p className="hint">{info.keyStorageTrouble}</p>}
      {trouble !== null && <p role="alert">{trouble}</p>}
    </>
  );
}

function KeyForm({ keys, onSet }: { keys: readonly StoredKey[]; onSet: (name: string, value: string) => void }): ReactElement {
  const [name, setName] = useState(KNOWN_KEYS[0] ?? '');
  const [value, setValue] = useState('');
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (value === '') return;
    onSet(name, value);
    setValue('');
  };
  return (
    <>
      <form className="setting" onSubmit={save}>
        <span>API key</span>
        <select aria-label="Which key" value={name} onChange={(event) => setName(event.target.value)}>
          {KNOWN_KEYS.map((known) => (
            <option key={known}>{known}</option>
          ))}
        </select>
        <input type="password" aria-label="Key" autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} />
        <button type="submit" className="btn">
          Save
        </button>
      </form>
      {keys.map((key) => (
        <div className="setting" key={key.name}>
          <span>{key.isKept ? 'Kept encrypted' : 'Until the app is closed'}</span>
          <span className="mono">{key.name}</span>
          <button type="button" className="btn" onClick={() => onSet(key.name, '')}>
            Remove
          </button>
        </div>
      ))}
    </>
  );
}

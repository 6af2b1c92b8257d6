/** Which server, which model, which scenarios; and Start, or Cancel while it runs. */
import type { FormEvent, ReactElement } from 'react';
import { useProbe } from '../../model/handover/probe-store.ts';
import { useSessions } from '../../model/sessions-store.ts';

export function ProbeForm(): ReactElement {
  const upstream = useProbe((state) => state.upstream);
  const model = useProbe((state) => state.model);
  const chosen = useProbe((state) => state.chosen);
  const isStarting = useProbe((state) => state.isStarting);
  const error = useProbe((state) => state.error);
  const change = useProbe((state) => state.change);
  const baseURL = useProbe((state) => state.baseURL);
  const isRunning = useProbe((state) => state.probe?.status === 'running');
  const upstreams = useSessions((state) => state.info?.upstreams) ?? [];
  const isReady = model.trim() !== '' && chosen.size > 0 && (upstream !== '' || baseURL.trim() !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady && !isRunning) void useProbe.getState().start();
  };
  return (
    <form className="probe-form" onSubmit={submit} aria-label="Probe a server">
      <h1>Probe a server</h1>
      <p className="dim">Drives any Responses server through scenarios and lints every answer. The answers are kept as sessions.</p>
      <label>
        <span>Server</span>
        <select className="text-field" value={upstream} onChange={(event) => change({ upstream: event.target.value })}>
          <option value="">Another server, by its address</option>
          {upstreams.map(({ name, kind }) => (
            <option key={name} value={name}>
              This bridge over {name} ({kind})
            </option>
          ))}
        </select>
      </label>
      {upstream === '' && <ServerFields />}
      <label>
        <span>Model</span>
        <input
          className="text-field"
          value={model}
          placeholder={upstream === 'demo' ? 'weather' : 'gpt-5'}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ model: event.target.value })}
        />
      </label>
      <Scenarios />
      {error !== null && (
        <p className="err" role="alert">
          {error}
        </p>
      )}
      <div className="probe-start">
        {/* keys: one button that turned into the other under a click would submit the form */}
        {isRunning ? (
          <button key="cancel" type="button" className="btn big" onClick={() => void useProbe.getState().cancel()}>
            Cancel
          </button>
        ) : (
          <button key="start" type="submit" className="btn primary big" disabled={!isReady || isStarting}>
            Start the probe
          </button>
        )}
      </div>
    </form>
  );
}

function ServerFields(): ReactElement {
  const baseURL = useProbe((state) => state.baseURL);
  const apiKey = useProbe((state) => state.apiKey);
  const change = useProbe((state) => state.change);
  return (
    <>
      <label>
        <span>Base URL</span>
        <input
          className="text-field mono"
          type="url"
          value={baseURL}
          placeholder="http://127.0.0.1:8000/v1"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ baseURL: event.target.value })}
        />
      </label>
      <label>
        <span>API key, if it needs one</span>
        <input
          className="text-field mono"
          type="password"
          value={apiKey}
          autoComplete="off"
          onChange={(event) => change({ apiKey: event.target.value })}
        />
        <span className="mute">Kept in memory only; masked wherever it turns up.</span>
      </label>
    </>
  );
}

function Scenarios(): ReactElement {
  const scenarios = useProbe((state) => state.scenarios);
  const chosen = useProbe((state) => state.chosen);
  const toggle = useProbe((state) => state.toggle);
  const toggleAll = useProbe((state) => state.toggleAll);
  const isRunning = useProbe((state) => state.probe?.status === 'running');
  return (
    <fieldset disabled={isRunning}>
      <legend>
        Scenarios{' '}
        <button type="button" className="link" onClick={toggleAll}>
          {chosen.size === scenarios.length ? 'None' : 'All'}
        </button>
      </legend>
      {scenarios.map(({ name, title }) => (
        <label key={name} className="check" title={title}>
          <input type="checkbox" checked={chosen.has(name)} onChange={() => toggle(name)} /> {name}
        </label>
      ))}
    </fieldset>
  );
}

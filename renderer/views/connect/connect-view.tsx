/** The page before the first session: the address, snippets per client, progress, upstreams, the demo. */
import { FileUp, Play } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useSelection } from '../../model/selection.ts';
import { useSessions } from '../../model/sessions-store.ts';
import { useUi } from '../../model/ui-store.ts';
import { control, ControlError } from '../../services/control-client.ts';
import { openFiles } from '../../shell/open-files.ts';
import { Code } from './code.tsx';
import { ConnectAside } from './connect-aside.tsx';
import { snippetById, SNIPPETS, type SnippetId } from './snippets.ts';
import './connect.css';

export function ConnectView(): ReactElement {
  const info = useSessions((state) => state.info);
  const apiBase = info?.apiBase ?? `${location.origin}/v1`;
  const defaultUpstream = info?.upstreams.find((upstream) => upstream.isDefault) ?? info?.upstreams[0];
  const [tab, setTab] = useState<SnippetId>('ai-sdk');
  const snippet = snippetById(tab);
  const text = useMemo(() => snippet.make({ apiBase, upstream: defaultUpstream?.name ?? 'demo' }), [snippet, apiBase, defaultUpstream]);
  return (
    <main className="connect" data-pane="connect">
      <div className="connect-columns">
        <div className="connect-main">
          <h1>Point your client here</h1>
          <p className="connect-lead">
            Change the base URL and run your code as usual. Every chunk and every event is recorded on this machine.
          </p>
          <div className="connect-address">
            <span className="mono">{apiBase}</span>
            <CopyButton className="btn primary big" title="Copy" label="Copy the address" text={apiBase} />
          </div>
          <Tabs
            label="Client"
            look="underline-tabs"
            tabs={SNIPPETS.map(({ id, title }) => ({ id, title }))}
            value={tab}
            panelId="snippet"
            onChange={setTab}
          />
          <div className="snippet" id="snippet" role="tabpanel" aria-label={snippet.title}>
            <Code text={text} />
            <CopyButton className="btn" title="Copy" label="Copy the snippet" text={text} />
          </div>
          <p className="dim connect-hint">
            The part before the slash names the upstream. Without one, the request goes to {defaultUpstream?.name ?? 'the default upstream'}
            .
          </p>
          <ConnectActions />
        </div>
        <ConnectAside />
      </div>
    </main>
  );
}

function ConnectActions(): ReactElement {
  const canRunDemo = useSessions((state) => state.canRunDemo);
  const select = useSelection((state) => state.select);
  const toast = useUi((state) => state.toast);
  const [isBusy, setIsBusy] = useState(false);
  const runDemo = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const { sessionId } = await control.runDemo();
      if (sessionId !== undefined) select({ sessionId, view: null });
    } catch (error) {
      if (error instanceof ControlError && error.status === 404) useSessions.setState({ canRunDemo: false });
      else toast(`The demo did not run. ${error instanceof Error ? error.message : ''}`, 'error');
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <div className="connect-actions">
      {canRunDemo && (
        <button type="button" className="btn big" disabled={isBusy} onClick={() => void runDemo()}>
          <Play className="icon" aria-hidden="true" />
          {isBusy ? 'Running the demo' : 'Run the demo'}
        </button>
      )}
      <button type="button" className="btn big" onClick={() => openFiles()}>
        <FileUp className="icon" aria-hidden="true" />
        Open a file
      </button>
      <span className="dim">{canRunDemo ? 'The demo needs no key. ' : ''}Files can be dropped anywhere.</span>
    </div>
  );
}

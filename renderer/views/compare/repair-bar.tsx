/** Above the comparison with a repaired stream: what repair did, the file, and how to have it done live. */
import { Download, Wrench } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { RepairPreview } from '../../../proxy-core/protocol/api/handover-api.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { plural } from '../../components/format.ts';
import { SignIcon } from '../../components/glyph.tsx';
import { useCompare } from '../../model/handover/compare-store.ts';
import { useSelectedStep } from '../../model/hooks.ts';
import { useUi } from '../../model/ui-store.ts';
import { handover } from '../../services/handover-client.ts';
import { saveFile } from '../../services/save-file.ts';

export function RepairBar({ stepId }: { stepId: string }): ReactElement | null {
  const repair = useCompare((state) => state.repair);
  const [isHowOpen, setIsHowOpen] = useState(false);
  if (repair === null) return null;
  const isMended = repair.after.error === 0 && repair.unrepairable.length === 0;
  return (
    <section className="repair-bar" aria-label="Repair">
      <div className="repair-line">
        <SignIcon sign={isMended ? 'ok' : 'warning'} />
        <span>{toSentence(repair)}</span>
        <span className="grow" />
        <button type="button" className="btn ghost" aria-expanded={isHowOpen} onClick={() => setIsHowOpen(!isHowOpen)}>
          <Wrench className="icon" aria-hidden="true" />
          Repair it live
        </button>
        <button type="button" className="btn" onClick={() => void save(stepId)}>
          <Download className="icon" aria-hidden="true" />
          Save .sse
        </button>
      </div>
      {repair.unrepairable.map((reason) => (
        <p key={reason} className="warn">
          Not repaired: {reason}
        </p>
      ))}
      {isHowOpen && <HowTo />}
    </section>
  );
}

function toSentence({ changes, before, after }: RepairPreview): string {
  if (changes.length === 0) return 'There is nothing to repair: the stream would go out as it came.';
  return `Repair makes ${plural(changes.length, 'change')}: ${plural(before.error, 'error')} before, ${after.error === 0 ? 'none' : after.error} after.`;
}

async function save(stepId: string): Promise<void> {
  try {
    saveFile(await handover.repaired(stepId, new AbortController().signal), 'repaired.sse');
  } catch (error) {
    useUi.getState().toast(`The repaired stream could not be saved. ${error instanceof Error ? error.message : ''}`, 'error');
  }
}

/** Repair works on what passes through: upstreams that speak Responses themselves. */
function HowTo(): ReactElement {
  const { step } = useSelectedStep();
  const name = step?.upstream === undefined || step.upstream === '' ? 'gateway' : step.upstream;
  const config = `{"name":"${name}","kind":"responses","baseURL":"…/v1","repair":true}`;
  const header = 'x-deltascope-repair: on';
  return (
    <dl className="repair-how">
      <dt>Every answer of an upstream: in its configuration</dt>
      <dd>
        <code className="mono trunc grow">{config}</code>
        <CopyButton text={config} label="Copy the configuration" />
      </dd>
      <dt>One request: a header</dt>
      <dd>
        <code className="mono trunc grow">{header}</code>
        <CopyButton text={header} label="Copy the header" />
      </dd>
    </dl>
  );
}

/** The event's own bytes as they went to the client, line ends visible. */
import { useEffect, useState, type ReactElement } from 'react';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { control } from '../../../services/control-client.ts';
import { splitFrames } from './split-frames.ts';
import { VisibleText } from './visible-text.tsx';

/** Beyond this the page does not fetch all bytes to show one frame. */
const MAX_EVENTS = 20_000;

export function RawTab(props: { step: Step; event: number }): ReactElement {
  const { step, event } = props;
  const [frames, setFrames] = useState<string[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const isTooBig = step.eventCount > MAX_EVENTS;
  const isWanted = !isTooBig && (frames === null || event >= frames.length);
  useEffect(() => {
    if (!isWanted) return undefined;
    const controller = new AbortController();
    const load = async (): Promise<void> => {
      const response = await fetch(control.emittedUrl(step.id), { credentials: 'same-origin', signal: controller.signal });
      if (!response.ok) throw new Error(`The bridge answered ${response.status}.`);
      setFrames(splitFrames(await response.text()));
    };
    load().catch((reason: unknown) => {
      if (!controller.signal.aborted) setError(reason instanceof Error ? reason.message : String(reason));
    });
    return () => controller.abort();
  }, [step.id, isWanted]);
  const all = (
    <a className="link" href={control.emittedUrl(step.id)} target="_blank" rel="noreferrer">
      All bytes of this step
    </a>
  );
  if (isTooBig) return <p className="details-empty dim">This step is too long to cut its bytes here. {all}</p>;
  if (error !== null) return <p className="details-empty err">{error}</p>;
  const frame = frames?.[event];
  if (frame === undefined) return <div className="details-skeleton" aria-hidden="true" />;
  return (
    <div className="raw-tab">
      <div className="details-line">
        <span className="grow">
          {new TextEncoder().encode(frame).length} bytes as sent <span className="mute">· {all}</span>
        </span>
        <CopyButton text={frame} label="Copy the bytes" />
      </div>
      <VisibleText text={frame} />
    </div>
  );
}

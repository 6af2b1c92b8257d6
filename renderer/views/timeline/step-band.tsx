/** One step: header, then its lanes (open) or one strip (folded), then what the client did until the next. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import type { MouseEvent, ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { formatMs, plural } from '../../components/format.ts';
import { IdChip } from '../../components/id-chip.tsx';
import { countFaults } from '../../model/findings.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { FoldedStrip } from './folded-strip.tsx';
import { GatewayRow } from './gateway-row.tsx';
import { StepMenu } from './step-menu.tsx';
import { StepPlot } from './step-plot.tsx';
import { ToolRow } from './tool-row.tsx';

export interface StepBandProps {
  step: Step;
  position: number;
  isOpen: boolean;
  isSelected: boolean;
  isLong: boolean;
  isNarrow: boolean;
  hasStrip: boolean;
  next: Step | null;
  extent: number;
  mode: 'time' | 'order';
  gutter: number;
  width: number;
}

export function StepBand(props: StepBandProps): ReactElement {
  const { step, isOpen } = props;
  const track = useSession((state) => state.tracks.get(step.id));
  const calls = useSession((state) => (isOpen ? state.details.get(step.id)?.innerSteps : undefined)) ?? [];
  useSession((state) => state.version);
  const isWaiting = track === undefined || (track.count === 0 && track.total > 0);
  const isOneLiner = props.isLong && !isOpen;
  return (
    <section className="step-band" aria-label={`Step ${props.position + 1}`}>
      <StepHeader {...props} isOneLiner={isOneLiner}>
        {isOneLiner && track !== undefined && (
          <FoldedStrip track={track} step={step} mode={props.mode} width={Math.max(80, props.width - 320)} extent={null} height={20} />
        )}
      </StepHeader>
      <StepMenu step={step} position={props.position} />
      {calls.length > 0 && <GatewayRow step={step} calls={calls} isNarrow={props.isNarrow} />}
      {isOpen && isWaiting && <div className="step-skeleton" aria-hidden="true" />}
      {isOpen && track !== undefined && !isWaiting && <StepPlot {...props} track={track} />}
      {!isOpen && props.hasStrip && track !== undefined && (
        <div className="strip-row">
          <span className="strip-gutter" style={{ width: props.gutter }}>
            All lanes
          </span>
          <FoldedStrip track={track} step={step} mode={props.mode} width={props.width} extent={props.extent} height={24} />
        </div>
      )}
      {!props.isLong && props.next !== null && <ToolRow step={step} next={props.next} isNarrow={props.isNarrow} />}
    </section>
  );
}

function StepHeader(props: StepBandProps & { isOneLiner: boolean; children: ReactElement | false }): ReactElement {
  const { step, isOpen, isSelected } = props;
  const select = useSelection((state) => state.select);
  const toggleStep = useTimelineView((state) => state.toggleStep);
  const track = useSession((state) => state.tracks.get(step.id));
  const onClick = (event: MouseEvent): void => {
    if (event.shiftKey || isSelected) {
      toggleStep(step.id, !isOpen);
      return;
    }
    select({ step: props.position });
    toggleStep(step.id, true);
    for (const other of useTimelineView.getState().openSteps) if (other !== step.id) toggleStep(other, false);
    useTimelineView.setState({ foldedSteps: new Set(), view: null, isBrushed: false });
  };
  const calls = track?.lanes.lanes.filter((lane) => lane.kind === 'call' && lane.isAnnounced).length ?? 0;
  const faults = track === undefined ? 0 : countFaults(track.findings);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      className={`step-header${isOpen ? ' open' : ''}${props.isOneLiner ? ' one-liner' : ''}`}
      aria-expanded={isOpen}
      title={isOpen ? 'Fold this step' : 'Open this step (Shift: besides the others)'}
      onClick={onClick}
    >
      {!props.isOneLiner && <Chevron className="icon" aria-hidden="true" />}
      <span className="step-name">Step {props.position + 1}</span>
      {step.responseId !== null && <IdChip id={track?.responseIds[0]?.id ?? step.responseId} isGhost={false} />}
      {props.isOneLiner ? (
        <>
          {props.children}
          <span className="grow" />
          {faults > 0 && <span className="err strong">{plural(faults, 'fault')}</span>}
          <span className="mute">{plural(step.eventCount, 'event')}</span>
        </>
      ) : (
        <>
          <span className="step-facts">
            <StepStatus step={step} />
            {step.durationMs !== null && <span>{formatMs(step.durationMs)}</span>}
            {step.firstEventMs !== null && <span>first event {formatMs(step.firstEventMs)}</span>}
            <span>
              {plural(step.chunkCount, 'chunk')} to {plural(step.eventCount, 'event')}
            </span>
            {!props.isNarrow && calls > 0 && <span>{plural(calls, 'tool call')}</span>}
            {!props.isNarrow && <span className="trunc">{linkText(step, props.position)}</span>}
            {step.gap !== null && <span className="warn">recorder dropped {plural(step.gap.events + step.gap.chunks, 'row')}</span>}
          </span>
          <span className="grow" />
          {faults > 0 && <span className="err strong">{plural(faults, 'fault')}</span>}
          {step.findingCounts.warning > 0 && <span className="mute">{plural(step.findingCounts.warning, 'warning')}</span>}
        </>
      )}
    </button>
  );
}

function StepStatus(props: { step: Step }): ReactElement {
  const { step } = props;
  if (step.status === 'streaming') return <span className="ok">streaming</span>;
  if (step.status === 'failed' || step.status === 'interrupted')
    return (
      <span className="err">{step.httpStatus !== null && step.httpStatus >= 400 ? `failed, HTTP ${step.httpStatus}` : step.status}</span>
    );
  return <span>{step.status === 'cancelled' ? 'client left' : step.status}</span>;
}

function linkText(step: Step, position: number): string {
  if (step.previousResponseId !== null) return 'continues by previous_response_id';
  return position === 0 ? '' : 'full history, no previous_response_id';
}

/** The request on the left, the reassembled answer on the right, one step at a time. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { parseJson } from '../../../proxy-core/protocol/json.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { IdChip } from '../../components/id-chip.tsx';
import { JsonTree } from '../../components/json-tree.tsx';
import { KindGlyph } from '../../components/glyph.tsx';
import { useSelectedStep } from '../../model/hooks.ts';
import { lookColor, lookOf } from '../../model/id-registry.ts';
import { toResult, type ResultItem } from '../../model/result.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { RequestColumn } from './request-column.tsx';
import './result.css';

export function ResultView(): ReactElement {
  const { step, track } = useSelectedStep();
  const session = useSession((state) => state.session);
  const detail = useSession((state) => (step === null ? undefined : state.details.get(step.id)));
  const index = useSelection((state) => state.step ?? 0);
  const select = useSelection((state) => state.select);
  const version = track?.version ?? 0;
  const contents = useMemo(() => ({ track, version }), [track, version]);
  const items = useMemo(() => (contents.track === null ? [] : toResult(contents.track)), [contents]);
  const count = session?.steps.length ?? 0;
  return (
    <section className="result" aria-label="Result" data-pane="result">
      <div className="result-bar">
        <button
          type="button"
          className="icon-button small"
          aria-label="Previous step"
          disabled={index <= 0}
          onClick={() => select({ step: index - 1 })}
        >
          <ChevronLeft className="icon" aria-hidden="true" />
        </button>
        <strong className="step-name">
          Step {index + 1} of {count}
        </strong>
        <button
          type="button"
          className="icon-button small"
          aria-label="Next step"
          disabled={index >= count - 1}
          onClick={() => select({ step: index + 1 })}
        >
          <ChevronRight className="icon" aria-hidden="true" />
        </button>
        <span className="grow" />
        {step !== null && <Usage step={step} />}
      </div>
      <div className="result-columns">
        <RequestColumn detail={detail} />
        <div className="result-column" tabIndex={0} role="region" aria-label="What the client should have got">
          <h2>What the client should have got</h2>
          {step?.error !== null && step !== null && <p className="err">{step.error}</p>}
          {items.map((item) => (
            <ResultCard key={item.lane.position} item={item} position={index} />
          ))}
          {items.length === 0 && detail?.response?.body !== null && detail?.response !== undefined && detail.response !== null && (
            <JsonTree rootName="response" value={detail.response.body} />
          )}
          {items.length === 0 && (detail?.response?.body ?? null) === null && <p className="dim">No output item came.</p>}
        </div>
      </div>
    </section>
  );
}

function Usage(props: { step: Step }): ReactElement | null {
  const { usage } = props.step;
  if (usage === null) return <span className="mute">no usage was sent</span>;
  return (
    <span className="dim">
      {usage.inputTokens.toLocaleString('en')} tokens in
      {usage.cachedTokens > 0 ? ` (${usage.cachedTokens.toLocaleString('en')} cached)` : ''}, {usage.outputTokens.toLocaleString('en')} out
      {usage.reasoningTokens > 0 ? ` (${usage.reasoningTokens.toLocaleString('en')} reasoning)` : ''}
    </span>
  );
}

function ResultCard(props: { item: ResultItem; position: number }): ReactElement {
  const { lane, text, trouble, event } = props.item;
  const registry = useSession((state) => state.registry);
  const select = useSelection((state) => state.select);
  const look = lookOf(registry, lane.id);
  const title =
    lane.kind === 'call'
      ? `Call ${lane.name ?? ''}`
      : lane.kind === 'reasoning'
        ? 'Reasoning'
        : lane.kind === 'message'
          ? 'Message'
          : 'Item';
  const parsed = lane.kind === 'call' ? parseJson(text) : undefined;
  return (
    <article className="result-card box">
      <header>
        <KindGlyph kind={lane.kind} isFilled={lane.isAnnounced} color={lookColor(look)} />
        <strong className="strong">{title}</strong>
        {lane.id !== '' && <IdChip id={lane.id} />}
        {trouble !== '' && <span className="err">{trouble}</span>}
        <span className="grow" />
        <button type="button" className="link" onClick={() => select({ step: props.position, event, view: 'timeline' })}>
          event {event}
        </button>
        <CopyButton text={text} label="Copy the text" />
      </header>
      {parsed !== undefined && parsed !== null && typeof parsed === 'object' ? (
        <JsonTree rootName="arguments" value={parsed} />
      ) : text === '' ? (
        <p className="mute">empty</p>
      ) : (
        <p className={lane.kind === 'message' ? 'result-text' : 'result-text dim'}>{text}</p>
      )}
    </article>
  );
}

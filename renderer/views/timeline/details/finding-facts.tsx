/** What a finding's card says below its box: the cause, whom it breaks, what is known, the rule's own words. */
import type { ReactElement } from 'react';
import type { Finding } from '../../../../proxy-core/protocol/lint/finding.ts';
import { SignIcon } from '../../../components/glyph.tsx';
import { valueAt } from '../../../model/columns.ts';
import { useRuleCard } from '../../../model/rule-cards.ts';
import { impactOf } from '../../../model/rule-impact.ts';
import { useSelection } from '../../../model/selection.ts';
import type { StepTrack } from '../../../model/step-track.ts';

const SHORT_LIST = 4;

export function Cause(props: { track: StepTrack; finding: Finding }): ReactElement | null {
  const { track, finding } = props;
  const select = useSelection((state) => state.select);
  const chunk = finding.event === null || finding.event >= track.count ? -1 : valueAt(track.chunk, finding.event);
  if (chunk < 0 || finding.event === null) return null;
  const block = track.upstream.blocks.findLast((candidate) => candidate.openChunk <= chunk);
  const event = finding.event;
  return (
    <>
      <dt className="later">{track.gateway === null ? 'Cause' : 'Gateway'}</dt>
      <dd className="later">
        <button type="button" className="link" onClick={() => select({ event, detailsTab: 'chunk' })}>
          {track.gateway === null ? 'Upstream chunk' : 'The chunk it had got last,'} {chunk}
        </button>
        {block !== undefined &&
          (block.openChunk === chunk
            ? `, opens a ${block.label} block`
            : `, inside the ${block.label} block opened by chunk ${block.openChunk}`)}
        {lagText(valueAt(track.tMs, event) - (track.chunkMs[chunk] ?? 0))}
      </dd>
    </>
  );
}

function lagText(lagMs: number): string {
  return lagMs < 0.05 ? ', at the same moment.' : `, ${lagMs.toFixed(1)} ms earlier.`;
}

export function Breaks(props: { rule: string }): ReactElement | null {
  const impact = impactOf(props.rule);
  if (impact === null) return null;
  return (
    <>
      <dt>Breaks</dt>
      <dd className="clients">
        {impact.breaks.length === 0 && <span className="dim">no client we know</span>}
        {impact.breaks.length > 0 && (
          <span className="clients-short" title={`Breaks ${impact.breaks.join(', ')}; survived by ${impact.survives.join(', ')}`}>
            <SignIcon sign="error" size={12} /> <span className="trunc">{shortList(impact.breaks)}</span>
          </span>
        )}
        {impact.breaks.map((client) => (
          <span key={client} className="client-chip">
            <SignIcon sign="error" label="breaks" size={12} /> {client}
          </span>
        ))}
        {impact.survives.map((client) => (
          <span key={client} className="client-chip">
            <SignIcon sign="ok" label="survives" size={12} /> {client}
          </span>
        ))}
      </dd>
    </>
  );
}

/** "AI SDK 5, AI SDK 6, open-responses and 2 more". */
function shortList(names: readonly string[]): string {
  return names.length <= SHORT_LIST ? names.join(', ') : `${names.slice(0, SHORT_LIST).join(', ')} and ${names.length - SHORT_LIST} more`;
}

export function Known(props: { finding: Finding }): ReactElement | null {
  const { knownIssues } = props.finding;
  if (knownIssues.length === 0) return null;
  return (
    <>
      <dt className="later">Known</dt>
      <dd className="later">
        {knownIssues.map((issue) => (
          <div key={`${issue.repo}#${issue.number}`}>
            <a className="link" href={`https://github.com/${issue.repo}/issues/${issue.number}`} target="_blank" rel="noreferrer">
              {issue.repo}#{issue.number}
            </a>{' '}
            {issue.title}
            {issue.fixedIn !== null && `. Not seen in ${issue.fixedIn}`}
          </div>
        ))}
      </dd>
    </>
  );
}

/** Why the rule is there, and what the maker of a bridge should do. */
export function RuleWords(props: { rule: string }): ReactElement | null {
  const card = useRuleCard(props.rule);
  if (card === null) return null;
  return (
    <>
      <dt className="later">Why</dt>
      <dd className="later">{card.why}</dd>
      <dt className="later">Fix</dt>
      <dd className="later">{card.fix}</dd>
      <dt className="later">Says so</dt>
      <dd className="later dim">{card.source}</dd>
    </>
  );
}

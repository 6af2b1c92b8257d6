/** n and Shift+N: the next finding in the step's sorted order, then on to the next step that has some. */
import { useSelection } from './selection.ts';
import { tracksInOrder, useSession } from './session-store.ts';

export function walkFindings(by: 1 | -1): void {
  const session = useSession.getState();
  const selection = useSelection.getState();
  const tracks = tracksInOrder(session);
  if (tracks.every((track) => track.findings.length === 0)) return;
  let step = selection.step ?? 0;
  let at = selection.finding === null ? (by === 1 ? 0 : -1) : selection.finding + by;
  if (selection.finding === null && selection.event !== null) {
    const near = tracks[step]?.findings.findIndex((finding) => finding.event === selection.event) ?? -1;
    if (near >= 0) at = near + by;
  }
  for (let tries = 0; tries <= tracks.length; tries += 1) {
    const findings = tracks[step]?.findings ?? [];
    const finding = findings[at];
    if (finding !== undefined) {
      selectFinding(step, at);
      return;
    }
    step = (step + by + tracks.length) % tracks.length;
    at = by === 1 ? 0 : (tracks[step]?.findings.length ?? 0) - 1;
  }
}

/** Selects a finding: its step, its event where there is one, and the card. */
export function selectFinding(step: number, position: number): void {
  const track = tracksInOrder(useSession.getState())[step];
  const finding = track?.findings[position];
  if (finding === undefined) return;
  useSelection.getState().select({ step, event: finding.event, finding: position, rule: finding.rule, detailsTab: 'finding' });
}

/** How much of the past is kept: by size and by age. What was set at the bridge's start is shown and can't be changed. */
import { useEffect, useState, type ReactElement } from 'react';
import { toSizeText, type KeepStatus } from '../../proxy-core/protocol/api/keep.ts';
import { useSessions } from '../model/sessions-store.ts';
import { control } from '../services/control-client.ts';
import { Choice } from './choice.tsx';

const GB = 1_000_000_000;
const SIZES = [GB, 10 * GB, 50 * GB];
const AGES = [7, 30, 90];
const FIXED = 'Set when the bridge was started';

export function KeepSettings(): ReactElement | null {
  const keep = useSessions((state) => state.info?.keep);
  const loadInfo = useSessions((state) => state.loadInfo);
  const [trouble, setTrouble] = useState<string | null>(null);
  // The size on disk is as new as the dialog.
  useEffect(() => void loadInfo(), [loadInfo]);
  if (keep === undefined) return null;

  const change = (limits: { sizeBytes?: number | null; days?: number | null }): void => {
    setTrouble(null);
    control.changeKeep(limits).then(
      () => void loadInfo(),
      (error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)),
    );
  };

  return (
    <div className="setting-group">
      <Choice
        label="Keep up to"
        value={String(keep.sizeBytes)}
        options={toOptions(SIZES, keep.sizeBytes, toSizeText)}
        fixed={keep.isFixed.size ? FIXED : undefined}
        onChange={(id) => change({ sizeBytes: toLimit(id) })}
      />
      <Choice
        label="Keep for"
        value={String(keep.days)}
        options={toOptions(AGES, keep.days, (days) => (days === 1 ? '1 day' : `${days} days`))}
        fixed={keep.isFixed.days ? FIXED : undefined}
        onChange={(id) => change({ days: toLimit(id) })}
      />
      <p className="dim">{toHint(keep)}</p>
      {trouble !== null && <p role="alert">{trouble}</p>}
    </div>
  );
}

/** The usual values, and the one that holds when it is none of them. */
function toOptions(usual: readonly number[], value: number | null, toTitle: (limit: number) => string): { id: string; title: string }[] {
  const limits = value === null || usual.includes(value) ? usual : [...usual, value].toSorted((a, b) => a - b);
  return [...limits.map((limit) => ({ id: String(limit), title: toTitle(limit) })), { id: 'null', title: 'No limit' }];
}

function toLimit(id: string): number | null {
  return id === 'null' ? null : Number(id);
}

function toHint({ sizeBytes, days, storeBytes }: KeepStatus): string {
  const now = `The store takes ${toSizeText(storeBytes)} now.`;
  if (sizeBytes === null && days === null) return `${now} Nothing is deleted by itself.`;
  return `${now} Beyond these limits the oldest sessions are deleted, never pinned or running ones.`;
}

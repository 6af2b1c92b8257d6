/**
 * How much of the past is kept: a cap on the size of the store and on the age of sessions. Shared by the
 * configuration, the bridge and the page's settings, so that all of them read and say sizes alike.
 */

/** Null: no limit. */
export interface KeepLimits {
  sizeBytes: number | null;
  days: number | null;
}

/** What `GET /api/info` and `PATCH /api/keep` say. */
export interface KeepStatus extends KeepLimits {
  /** Set at the start by a flag, a variable or the config file: the page can't change these. */
  isFixed: { size: boolean; days: boolean };
  /** What the store takes on disk now. */
  storeBytes: number;
}

/** Nothing is deleted before the store has this size, unless somebody says otherwise. */
export const DEFAULT_KEEP: KeepLimits = { sizeBytes: 10_000_000_000, days: null };

const MIN_SIZE_BYTES = 1_000_000;
const MAX_DAYS = 36_500;
const UNITS: Record<string, number> = { MB: 1_000_000, GB: 1_000_000_000, TB: 1_000_000_000_000 };

/** `500 MB`, `10GB`, `off`; undefined for anything else. */
export function parseKeepSize(text: string): number | null | undefined {
  if (isOff(text)) return null;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([MGT]B)$/i.exec(text.trim()) ?? [];
  const sizeBytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN));
  return number !== '' && isKeepSize(sizeBytes) ? sizeBytes : undefined;
}

/** `30`, `off`; undefined for anything else. */
export function parseKeepDays(text: string): number | null | undefined {
  if (isOff(text)) return null;
  const days = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return isKeepDays(days) ? days : undefined;
}

export function isKeepSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= MIN_SIZE_BYTES;
}

export function isKeepDays(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_DAYS;
}

/** `10 GB`, `512 MB`, `1.4 MB`: three digits say enough. */
export function toSizeText(sizeBytes: number): string {
  if (sizeBytes < MIN_SIZE_BYTES) return 'less than 1 MB';
  const unit = sizeBytes >= 999.5e9 ? 'TB' : sizeBytes >= 999.5e6 ? 'GB' : 'MB';
  return `${Number((sizeBytes / (UNITS[unit] ?? 1)).toPrecision(3))} ${unit}`;
}

function isOff(text: string): boolean {
  return text.trim().toLowerCase() === 'off';
}

/** `original`, `max`, or a factor, as the API and the command line take it. */
import type { ReplaySpeed } from './play-step.ts';

/** Undefined for anything else. */
export function parseSpeed(value: unknown): ReplaySpeed | undefined {
  if (value === 'original' || value === 'max') return value;
  const factor = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof factor === 'number' && Number.isFinite(factor) && factor > 0 ? factor : undefined;
}

/** Numbers and times as people read them here: units always, local clock, one space. */
export function formatMs(ms: number): string {
  if (ms >= 60_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 100 || Number.isInteger(ms) ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

export function formatClock(us: number): string {
  const date = new Date(us / 1000);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  return usd < 0.0005 ? '<$0.001' : `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** "Today", "Yesterday", or the date: how the session list groups. */
export function formatDay(us: number, nowMs: number): string {
  const day = (ms: number): number => new Date(new Date(ms).toDateString()).getTime();
  const days = Math.round((day(nowMs) - day(us / 1000)) / 86_400_000);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return new Date(us / 1000).toLocaleDateString('en', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: days > 300 ? 'numeric' : undefined,
  });
}

export function formatTime(us: number): string {
  const date = new Date(us / 1000);
  return `${formatClock(us)}:${String(date.getSeconds()).padStart(2, '0')}`;
}

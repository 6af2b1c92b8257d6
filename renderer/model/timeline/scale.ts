/** From units to pixels and back: fit, zoom about a point, pan, axis ticks. Pure. */
export interface View {
  /** Unit at the left edge of the plot's padding. */
  start: number;
  pxPerUnit: number;
}

export const PAD_LEFT = 16;
export const PAD_RIGHT = 64;
export const MAX_PX_PER_MS = 200;

export function toPx(view: View, unit: number): number {
  return PAD_LEFT + (unit - view.start) * view.pxPerUnit;
}
export function toUnit(view: View, px: number): number {
  return view.start + (px - PAD_LEFT) / view.pxPerUnit;
}

/** Shows 0..extent in `width` pixels. A long step goes below the zoom minimum: fitting always fits. */
export function fitView(extent: number, width: number): View {
  const room = Math.max(40, width - PAD_LEFT - PAD_RIGHT);
  return { start: 0, pxPerUnit: Math.min(MAX_PX_PER_MS, room / Math.max(extent, 0.5)) };
}

/** Shows from..to with some air on both sides. */
export function fitRange(from: number, to: number, width: number): View {
  const span = Math.max(to - from, 0.2);
  const room = Math.max(40, width - PAD_LEFT - PAD_RIGHT);
  return { start: from, pxPerUnit: clamp(room / span, 0, MAX_PX_PER_MS) };
}

/** Zooms by `factor` so that the unit under `px` stays where it is; never further out than all in sight. */
export function zoomAbout(view: View, px: number, factor: number, room: { extent: number; width: number }): View {
  const { extent, width } = room;
  const unit = toUnit(view, px);
  const least = Math.min(MAX_PX_PER_MS, fitView(extent, width).pxPerUnit);
  const pxPerUnit = clamp(view.pxPerUnit * factor, least, MAX_PX_PER_MS);
  return clampView({ start: unit - (px - PAD_LEFT) / pxPerUnit, pxPerUnit }, extent, width);
}

export function panBy(view: View, px: number, extent: number, width: number): View {
  return clampView({ ...view, start: view.start + px / view.pxPerUnit }, extent, width);
}

/** Keeps some of the step in sight. */
export function clampView(view: View, extent: number, width: number): View {
  const span = Math.max(0, width - PAD_LEFT - PAD_RIGHT) / view.pxPerUnit;
  const last = Math.max(0, extent - span);
  return { ...view, start: clamp(view.start, 0, last) };
}

/** Pans so that a unit is in sight, a third from the left; the same view when it is in sight already. */
export function reveal(view: View, unit: number, extent: number, width: number): View {
  const px = toPx(view, unit);
  if (px >= 0 && px <= width) return view;
  return clampView({ ...view, start: unit - width / 3 / view.pxPerUnit }, extent, width);
}

/** Axis ticks at 1, 2 or 5 times a power of ten, about `targetPx` apart. */
export function toTicks(view: View, width: number, targetPx = 90): { unit: number; step: number; label: string }[] {
  const raw = targetPx / view.pxPerUnit;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const ticks: { unit: number; step: number; label: string }[] = [];
  const end = toUnit(view, width);
  for (let i = Math.ceil(Math.max(0, toUnit(view, 0)) / step); i * step <= end; i += 1) {
    ticks.push({ unit: i * step, step, label: formatTick(i * step, step) });
  }
  return ticks;
}

function formatTick(unit: number, step: number): string {
  const digits = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step)));
  return unit.toFixed(digits);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

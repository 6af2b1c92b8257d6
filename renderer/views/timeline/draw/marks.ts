/** The marks of design.md 6 on a canvas: brackets, ticks, glyphs, links. Coordinates are CSS pixels. */
import type { ItemKind } from '../../../model/event-kind.ts';

type Context = CanvasRenderingContext2D;

/** Opens to the right for `open`, to the left for `close`. */
export function bracket(
  context: Context,
  x: number,
  centre: number,
  side: 'open' | 'close',
  height: number,
  width: number,
  stroke: number,
): void {
  const half = height / 2;
  const tip = side === 'open' ? width : -width;
  context.lineWidth = stroke;
  context.beginPath();
  context.moveTo(x + tip, centre - half);
  context.lineTo(x, centre - half);
  context.lineTo(x, centre + half);
  context.lineTo(x + tip, centre + half);
  context.stroke();
}

export function tick(context: Context, x: number, centre: number, height: number, stroke: number): void {
  const at = stroke % 2 === 0 ? Math.round(x) : Math.round(x - 0.5) + 0.5;
  context.lineWidth = stroke;
  context.beginPath();
  context.moveTo(at, centre - height / 2);
  context.lineTo(at, centre + height / 2);
  context.stroke();
}

export function line(context: Context, fromX: number, fromY: number, toX: number, toY: number, stroke: number, dash: number[] = []): void {
  context.lineWidth = stroke;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
  context.setLineDash([]);
}

/** Shape = kind, fill = announced. `size` is the width of the square it stands in. */
export function glyph(context: Context, kind: ItemKind, x: number, y: number, size: number, isFilled: boolean, background: string): void {
  const half = size / 2;
  context.beginPath();
  if (kind === 'reasoning') {
    context.moveTo(x, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x, y + half);
    context.lineTo(x - half, y);
    context.closePath();
  } else if (kind === 'call') {
    context.moveTo(x - half * 0.85, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x - half * 0.85, y + half);
    context.closePath();
  } else if (kind === 'response') {
    context.rect(x - half * 0.8, y - half * 0.8, size * 0.8, size * 0.8);
  } else {
    context.arc(x, y, half * 0.9, 0, Math.PI * 2);
  }
  if (isFilled) {
    context.fill();
    return;
  }
  const fill = context.fillStyle;
  context.fillStyle = background;
  context.fill();
  context.fillStyle = fill;
  context.lineWidth = 1.5;
  context.stroke();
}

export function cross(context: Context, x: number, y: number, half: number, stroke: number): void {
  context.lineWidth = stroke;
  context.beginPath();
  context.moveTo(x - half, y - half);
  context.lineTo(x + half, y + half);
  context.moveTo(x + half, y - half);
  context.lineTo(x - half, y + half);
  context.stroke();
}

export function roundBox(context: Context, left: number, top: number, width: number, height: number, radius: number): void {
  context.beginPath();
  context.roundRect(left, top, width, height, radius);
}

/** From a chunk on the upstream lane down to what it caused. */
export function causeLink(context: Context, fromX: number, fromY: number, toX: number, toY: number): void {
  const bend = Math.min(22, Math.max(6, toY - fromY - 4));
  context.beginPath();
  context.moveTo(fromX, fromY);
  if (Math.abs(toX - fromX) < 1) {
    context.lineTo(toX, toY);
  } else {
    context.bezierCurveTo(fromX, fromY + bend * 0.7, toX, fromY + bend * 0.3, toX, fromY + bend);
    context.lineTo(toX, toY);
  }
  context.stroke();
}

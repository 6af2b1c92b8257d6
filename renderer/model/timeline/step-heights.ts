/** How high a step is, folded and open, and which steps besides the selected one fit open into the room. Pure. */
export const STEP_PX = { header: 28, strip: 24, tool: 22, gateway: 22, oneLiner: 26, skeleton: 76 } as const;
/** More steps than this: folded ones are one line each. */
export const LONG_SESSION = 30;

export interface StepShape {
  /** Of its lanes; null while they are on their way. */
  plotPx: number | null;
  hasGateway: boolean;
  isLast: boolean;
}

export function openHeight(shape: StepShape, isLong: boolean): number {
  const tool = !isLong && !shape.isLast ? STEP_PX.tool : 0;
  return STEP_PX.header + (shape.hasGateway ? STEP_PX.gateway : 0) + (shape.plotPx ?? STEP_PX.skeleton) + tool;
}

export function foldedHeight(shape: StepShape, options: { isLong: boolean; hasStrip: boolean }): number {
  if (options.isLong) return STEP_PX.oneLiner;
  return STEP_PX.header + (options.hasStrip ? STEP_PX.strip : 0) + (shape.isLast ? 0 : STEP_PX.tool);
}

/** The selected step, and those nearest to it, the later one first, as long as all steps stay in sight. */
export function stepsThatFit(shapes: readonly StepShape[], selected: number, roomPx: number): Set<number> {
  const open = new Set<number>();
  if (shapes.length > LONG_SESSION) return open;
  let used = shapes.reduce((sum, shape) => sum + foldedHeight(shape, { isLong: false, hasStrip: true }), 0);
  const tryOpen = (step: number): void => {
    const shape = shapes[step];
    if (shape === undefined) return;
    const more = openHeight(shape, false) - foldedHeight(shape, { isLong: false, hasStrip: true });
    if (step !== selected && used + more > roomPx) return;
    used += more;
    open.add(step);
  };
  tryOpen(selected);
  for (let away = 1; away < shapes.length; away += 1) {
    tryOpen(selected + away);
    tryOpen(selected - away);
  }
  return open;
}

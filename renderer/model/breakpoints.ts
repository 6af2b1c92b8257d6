/** Window widths at which the layout changes (design.md 3). */
export const WIDE_PX = 1900;
export const NARROW_PX = 1200;

/** Widths of label texts in the fonts that the page uses, measured once per text. */
const FONTS = { ui: "11px 'Inter Variable', system-ui, sans-serif", mono: '12.5px Iosevka, monospace' } as const;
const MAX_ENTRIES = 5000;
const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null = null;

export function textWidth(text: string, font: 'ui' | 'mono'): number {
  const key = `${font}${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return text.length * 6.5;
  context.font = FONTS[font];
  const width = Math.ceil(context.measureText(text).width) + 1;
  if (widths.size > MAX_ENTRIES) widths.clear();
  widths.set(key, width);
  return width;
}

/** Fonts arrive after the first drawing: what was measured before no longer holds. */
export function forgetTextWidths(): void {
  widths.clear();
}

/** The design tokens as canvas colours, read from the CSS once per theme, and the two hatch patterns. */
export interface Palette {
  theme: string;
  canvas: string;
  panel: string;
  field: string;
  raised: string;
  line: string;
  line2: string;
  ink: string;
  ink2: string;
  ink3: string;
  err: string;
  errbg: string;
  errline: string;
  warn: string;
  note: string;
  resp: string;
  ids: string[];
  hatch: CanvasPattern | null;
  dots: CanvasPattern | null;
}

let cached: Palette | null = null;

export function readPalette(context: CanvasRenderingContext2D, theme: string): Palette {
  if (cached !== null && cached.theme === theme) return cached;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const err = token('err');
  cached = {
    theme,
    canvas: token('canvas'),
    panel: token('panel'),
    field: token('field'),
    raised: token('raised'),
    line: token('line'),
    line2: token('line2'),
    ink: token('ink'),
    ink2: token('ink2'),
    ink3: token('ink3'),
    err,
    errbg: token('errbg'),
    errline: token('errline'),
    warn: token('warn'),
    note: token('note'),
    resp: token('resp'),
    ids: Array.from({ length: 8 }, (_, i) => token(`id${i + 1}`)),
    hatch: makePattern(context, 7, (tile) => {
      tile.strokeStyle = err;
      tile.globalAlpha = 0.2;
      tile.lineWidth = 1;
      for (const shift of [-7, 0, 7]) {
        tile.beginPath();
        tile.moveTo(shift - 1, 8);
        tile.lineTo(shift + 8, -1);
        tile.stroke();
      }
    }),
    dots: makePattern(context, 5, (tile) => {
      tile.fillStyle = token('line2');
      tile.fillRect(2, 2, 1, 1);
    }),
  };
  return cached;
}

function makePattern(
  context: CanvasRenderingContext2D,
  size: number,
  draw: (tile: CanvasRenderingContext2D) => void,
): CanvasPattern | null {
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const canvas = document.createElement('canvas');
  canvas.width = size * ratio;
  canvas.height = size * ratio;
  const tile = canvas.getContext('2d');
  if (tile === null) return null;
  tile.scale(ratio, ratio);
  draw(tile);
  const pattern = context.createPattern(canvas, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** The colour of a palette slot: 0 = ink of responses, -1 = error. */
export function slotColor(palette: Palette, slot: number): string {
  if (slot === 0) return palette.resp;
  return slot < 0 ? palette.err : (palette.ids[slot - 1] ?? palette.ink);
}
export function severityColor(palette: Palette, severity: number): string {
  return severity === 3 ? palette.err : severity === 2 ? palette.warn : palette.note;
}

/** What the makers of labels share: the step as it is drawn, the wishes so far, the marks no text may cover. */
import type { IdRegistry } from '../id-registry.ts';
import type { Box, LabelWish } from './labels.ts';
import type { Frame, Scene } from './scene.ts';

export type WidthOf = (text: string, font: 'ui' | 'mono') => number;

const GLYPH_PX = 14;
const MASK_PX = 8;
export const LABEL_HEIGHT_PX = 15;

export interface StepLabels {
  wishes: LabelWish[];
  obstacles: Box[];
}

export interface LabelInput {
  scene: Scene;
  frame: Frame;
  registry: IdRegistry;
  widthOf: WidthOf;
  isNarrow: boolean;
}

export type LabelContext = LabelInput & StepLabels;

export function add(context: LabelContext, wish: Omit<LabelWish, 'widthOf' | 'height'>): void {
  const extra = (wish.hasGlyph === true ? GLYPH_PX : 0) + (wish.hasMask === true ? MASK_PX : 0);
  context.wishes.push({ ...wish, height: LABEL_HEIGHT_PX, widthOf: (text) => context.widthOf(text, wish.font) + extra });
}

export function isInView(frame: Frame, x: number): boolean {
  return x >= -20 && x <= frame.width + 20;
}

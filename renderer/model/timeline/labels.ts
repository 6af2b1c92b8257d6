/**
 * Places text so that it never overlaps. Each label names its places from best to worst; what fits
 * nowhere is dropped: silence first, cause text next, then ids, ghost text last. Pure.
 */
export type LabelKind = 'ghost-text' | 'id' | 'cause' | 'silence';

export interface Place2d {
  x: number;
  /** Vertical centre. */
  y: number;
  /** Where x is on the label, when it differs from the wish's own. */
  anchor?: Anchor;
  /** This place may cover marks of the label's owner. */
  isOnOwn?: boolean;
}
export type Anchor = 'left' | 'centre' | 'right';
/** How a label looks and what it leads to. */
export interface LabelStyle {
  tone: 'ink' | 'ink2' | 'ink3' | 'err';
  font: 'ui' | 'mono';
  /** The id it names: hovering lights it up. */
  id?: string;
  /** The event a click opens. */
  event?: number;
  title?: string;
  /** Drawn on a line: needs the canvas colour behind it. */
  hasMask?: boolean;
  /** Shows the id's glyph before the text. */
  hasGlyph?: boolean;
}
export interface LabelWish extends LabelStyle {
  key: string;
  kind: LabelKind;
  text: string;
  /** Shorter texts to try, longest first. */
  shorter?: string[];
  /** Per text: what it takes. */
  widthOf: (text: string) => number;
  height: number;
  /** Whose marks it may lie on where a place says so; itself when left out. */
  owner?: string;
  /** Where x is: the label's left, its centre or its right edge. */
  anchor: Anchor;
  places: Place2d[];
}
export interface PlacedLabel {
  style: LabelStyle;
  key: string;
  kind: LabelKind;
  text: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Box {
  /** Labels of this owner may lie on it. */
  owner?: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const PRIORITY: Record<LabelKind, number> = { 'ghost-text': 0, id: 1, cause: 2, silence: 3 };

/** `obstacles` are marks that no text may cover; labels stay inside 0..width. */
export function placeLabels(wishes: readonly LabelWish[], width: number, obstacles: readonly Box[] = []): PlacedLabel[] {
  const taken: Box[] = [...obstacles];
  const placed: PlacedLabel[] = [];
  for (const wish of [...wishes].sort((a, b) => PRIORITY[a.kind] - PRIORITY[b.kind])) {
    const label = placeOne(wish, width, taken);
    if (label === null) continue;
    placed.push(label);
    taken.push({ left: label.left - 2, top: label.top, right: label.left + label.width + 2, bottom: label.top + label.height });
  }
  return placed;
}

function placeOne(wish: LabelWish, width: number, taken: readonly Box[]): PlacedLabel | null {
  for (const text of [wish.text, ...(wish.shorter ?? [])]) {
    const labelWidth = wish.widthOf(text);
    for (const place of wish.places) {
      const anchor = place.anchor ?? wish.anchor;
      const left = anchor === 'left' ? place.x : anchor === 'right' ? place.x - labelWidth : place.x - labelWidth / 2;
      const top = place.y - wish.height / 2;
      if (left < 0 || left + labelWidth > width) continue;
      const box = { left, top, right: left + labelWidth, bottom: top + wish.height };
      if (taken.some((other) => (place.isOnOwn !== true || other.owner !== (wish.owner ?? wish.key)) && overlaps(box, other))) continue;
      return {
        style: place.isOnOwn === true ? { ...wish, hasMask: true } : wish,
        key: wish.key,
        kind: wish.kind,
        text,
        left,
        top,
        width: labelWidth,
        height: wish.height,
      };
    }
  }
  return null;
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

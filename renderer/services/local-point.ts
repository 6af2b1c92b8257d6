/**
 * Pointer positions in the page's own pixels, whatever size the page is set to. Chromium up to 127 measures
 * boxes in the zoomed page's pixels and pointers in the window's; later ones measure both in the window's.
 */
export function clientPerPagePx(): number {
  const width = document.body.offsetWidth;
  return width === 0 ? 1 : innerWidth / width;
}

/** Where in the element; `width` is the element's in the page's pixels. */
export function localPoint(element: HTMLElement, event: { clientX: number; clientY: number }, width: number): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  const scale = box.width === 0 ? 1 : width / box.width;
  const zoom = clientPerPagePx();
  return { x: event.clientX / zoom - box.left * scale, y: event.clientY / zoom - box.top * scale };
}

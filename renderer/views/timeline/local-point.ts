/** Pointer position in the element's own pixels, whatever zoom the page has. */
export function localPoint(element: HTMLElement, event: { clientX: number; clientY: number }, width: number): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  const scale = box.width === 0 ? 1 : width / box.width;
  return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
}

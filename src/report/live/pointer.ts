/// <reference lib="dom" />

/** A shorter drag is a click. */
const LEAST_PIXELS = 4;

/** The effects of a drag; places are pixels from the left edge of the element. */
interface Drag {
  readonly move: (from: number, to: number) => void;
  readonly end: (from: number, to: number) => void;
  readonly cancel: () => void;
}

/** Drags with a mouse or a pen. A finger keeps scrolling the page. */
export function dragged(host: HTMLElement, drag: Drag): void {
  let from: number | null = null;
  const at = (event: PointerEvent): number => event.clientX - host.getBoundingClientRect().left;
  host.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    from = at(event);
    host.setPointerCapture(event.pointerId);
  });
  host.addEventListener('pointermove', (event) => {
    if (from !== null && Math.abs(at(event) - from) >= LEAST_PIXELS) drag.move(from, at(event));
  });
  host.addEventListener('pointerup', (event) => {
    if (from === null) return;
    const [start, end] = [from, at(event)];
    from = null;
    if (Math.abs(end - start) >= LEAST_PIXELS) drag.end(start, end);
    else drag.cancel();
  });
  host.addEventListener('pointercancel', () => {
    from = null;
    drag.cancel();
  });
}

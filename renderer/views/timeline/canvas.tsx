/** A canvas that is crisp at every pixel ratio and page zoom, redrawn when `draw` changes. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useZoom } from '../../shell/theme.ts';

/** Redraws when the window moves to a screen with another pixel ratio. */
function usePixelRatio(): number {
  const [ratio, setRatio] = useState(devicePixelRatio);
  useEffect(() => {
    const list = matchMedia(`(resolution: ${ratio}dppx)`);
    const follow = (): void => setRatio(devicePixelRatio);
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [ratio]);
  return ratio;
}

export function Canvas(props: {
  width: number;
  height: number;
  draw: (context: CanvasRenderingContext2D) => void;
  className?: string;
}): ReactElement {
  const element = useRef<HTMLCanvasElement>(null);
  const pixelRatio = usePixelRatio();
  const zoom = useZoom();
  const { width, height, draw } = props;
  useEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined || width <= 0) return;
    const scale = Math.min(4, pixelRatio * zoom);
    const pixelWidth = Math.round(width * scale);
    const pixelHeight = Math.round(height * scale);
    if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
    if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    draw(context);
  }, [width, height, draw, pixelRatio, zoom]);
  return <canvas ref={element} className={props.className} style={{ width, height }} aria-hidden="true" />;
}

// The whole graph, small: where one is, and a click to be elsewhere. Drawn when something changed, never otherwise.

import { useEffect, useRef } from 'react';
import { bus } from '../../app/bus';
import { view } from '../../app/view';
import { groupBox } from '../../core/edit';
import { surrounding } from '../../core/geometry';
import { asString } from '../../core/json';
import type { Box } from '../../core/types';
import { t } from '../../i18n/t';
import css from './graph.module.css';

const [WIDTH, HEIGHT, MARGIN] = [200, 136, 8];

interface Scaling {
  readonly box: Box;
  readonly scale: number;
}

/** What is shown: everything, and the part in sight. */
function scalingOf(): Scaling | null {
  const all = view.scene?.bounds() ?? null;
  const box = all === null ? null : surrounding([all, view.view.area]);
  if (box === null) return null;
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max(box.w, 1),
    (HEIGHT - 2 * MARGIN) / Math.max(box.h, 1),
  );
  const [dx, dy] = [WIDTH / scale - box.w, HEIGHT / scale - box.h];
  return { box: { x: box.x - dx / 2, y: box.y - dy / 2, w: box.w + dx, h: box.h + dy }, scale };
}

function draw(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d');
  const { scene } = view;
  const scaling = scalingOf();
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== WIDTH * ratio) {
    canvas.width = WIDTH * ratio;
    canvas.height = HEIGHT * ratio;
  }
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, WIDTH, HEIGHT);
  if (scene === null || scaling === null) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const { box, scale } = scaling;
  context.setTransform(scale * ratio, 0, 0, scale * ratio, -box.x * scale * ratio, -box.y * scale * ratio);
  context.globalAlpha = 0.35;
  for (const group of scene.graph.groups.values()) {
    const own = groupBox(group);
    if (own === null) continue;
    context.fillStyle = asString(group['color']) ?? colour('--c-group');
    context.fillRect(own.x, own.y, own.w, own.h);
  }
  context.globalAlpha = 1;
  const [plain, chosen] = [colour('--c-text-faint'), colour('--c-accent')];
  for (const id of scene.order) {
    const own = scene.layout(id)?.box;
    if (own === undefined) continue;
    context.fillStyle = view.selected.has(id) ? chosen : (asString(scene.node(id)?.['bgcolor']) ?? plain);
    context.fillRect(own.x, own.y, Math.max(own.w, 1.5 / scale), Math.max(own.h, 1.5 / scale));
  }
  const { area } = view.view;
  context.strokeStyle = chosen;
  context.lineWidth = 1.5 / scale;
  context.strokeRect(area.x, area.y, area.w, area.h);
}

function goTo(canvas: HTMLCanvasElement, event: React.PointerEvent): void {
  const scaling = scalingOf();
  if (scaling === null) return;
  const edge = canvas.getBoundingClientRect();
  view.view.centerOn({
    x: scaling.box.x + (event.clientX - edge.left) / scaling.scale,
    y: scaling.box.y + (event.clientY - edge.top) / scaling.scale,
  });
  view.moved();
}

export function Minimap() {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let frame = 0;
    const ask = () => {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (ref.current !== null) draw(ref.current);
      });
    };
    let stopDoc = view.doc?.watch(ask);
    const stops = [
      bus.on('viewport', ask),
      bus.on('selection', ask),
      bus.on('shown', () => {
        stopDoc?.();
        stopDoc = view.doc?.watch(ask);
        ask();
      }),
    ];
    ask();
    return () => {
      cancelAnimationFrame(frame);
      stopDoc?.();
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <canvas
      ref={ref}
      className={css['minimap']}
      role="img"
      aria-label={t('graph.minimapLabel')}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event.currentTarget, event);
      }}
      onPointerMove={(event) => event.buttons === 1 && goTo(event.currentTarget, event)}
    />
  );
}

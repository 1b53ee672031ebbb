// What an undone step changed is ringed for a moment.

import { useEffect, useReducer, useState } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { flashed } from '../../app/steps';
import { view } from '../../app/view';
import { groupBox } from '../../core/edit';
import css from './steps.module.css';

const LASTS = 900;
const MOST = 200;

export function Flash() {
  const { nodes, groups, number } = useStore(flashed);
  const [over, setOver] = useState(0);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setTimeout(() => setOver(number), LASTS);
    return () => clearTimeout(timer);
  }, [number]);
  const isOver = number === over;
  useEffect(() => (isOver ? undefined : bus.on('viewport', redraw)), [isOver]);
  const { scene } = view;
  if (isOver || scene === null) return null;
  const boxes = [
    ...[...nodes].slice(0, MOST).map((id) => [`n${id}`, scene.layout(id)?.box] as const),
    ...[...groups]
      .slice(0, MOST)
      .map((id) => [`g${id}`, groupBox(scene.graph.groups.get(id) ?? {})] as const),
  ];
  return (
    <div key={number} className={css['flash']} aria-hidden="true" data-flash="">
      {boxes.map(([key, box]) => {
        if (box == null) return null;
        const at = view.view.toScreen(box);
        const { zoom } = view.view;
        return (
          <div
            key={key}
            className={css['ring']}
            style={{ left: at.x, top: at.y, width: box.w * zoom, height: box.h * zoom }}
          />
        );
      })}
    </div>
  );
}

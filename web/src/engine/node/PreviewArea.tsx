// What is free below the widgets of a node, for pictures and other results that parts of the application put there.

import { useSyncExternalStore } from 'react';
import { LEAST_ROOM } from '../draw/pictures';
import { type ExtraProps, nodeExtras, watchExtras } from './extras';
import css from './node.module.css';

export function PreviewArea({ view, node, room }: ExtraProps) {
  const extras = useSyncExternalStore(watchExtras, nodeExtras);
  if (extras.length === 0) return null;
  const hangs = room < LEAST_ROOM;
  return (
    <div
      className={hangs ? css['hanging'] : css['preview']}
      style={hangs ? undefined : { height: room }}
      data-preview={node}
    >
      {extras.map(({ id, Component }) => (
        <Component key={id} view={view} node={node} room={room} />
      ))}
    </div>
  );
}

// The gallery as a window of its own: to look through it, or to choose a picture from it.

import { createStore } from 'zustand/vanilla';
import type { PickedPicture, PickOptions } from '../../app/pick';
import { clearSelected } from '../../stores/gallery';
import { nameOfPicture, type Picture } from '../../stores/pictures';
import { inputNameOf } from './actions';

export interface Asking {
  readonly title: string | undefined;
  readonly answer: (picture: Picture | null) => void;
}

export const windows = createStore<{ readonly isOpen: boolean; readonly asking: Asking | null }>(() => ({
  isOpen: false,
  asking: null,
}));

export function openWindow(): void {
  windows.setState({ isOpen: true });
}

export function closeWindow(): void {
  windows.setState({ isOpen: false });
}

/** Ask for a picture. Whoever asks while somebody else is answered gets none. */
export function askForPicture({ title }: PickOptions): Promise<PickedPicture | null> {
  if (windows.getState().asking !== null) return Promise.resolve(null);
  clearSelected();
  return new Promise((resolve) => {
    windows.setState({
      asking: {
        title,
        answer: (picture) => {
          windows.setState({ asking: null });
          clearSelected();
          resolve(picture === null ? null : picked(picture));
        },
      },
    });
  });
}

function picked(picture: Picture): PickedPicture {
  return {
    value: inputNameOf(picture),
    filename: nameOfPicture(picture),
    url: picture.url,
    thumbnailUrl: picture.thumbUrl ?? picture.url,
  };
}

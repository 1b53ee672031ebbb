// Which pictures a node shows: those that it last gave, or the one that it loads; as small as they are shown.

import { urlOf } from '../../api/client';
import type { Ui } from '../../api/types';
import { whenBack } from '../../app/back';
import { runIdOf } from '../../app/scopes';
import { whenGalleryChanged } from '../../app/start';
import { view } from '../../app/view';
import { type PictureRef, pictureInputs, pictureRef } from '../../core/picture';
import type { NodeShape } from '../../core/slots';
import { type NodePicture, registerNodePictures } from '../../engine/pictures';
import { outputsOf } from '../../stores/outputs';
import { onRunEvent, runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { keyOf, lookAgain, noteWritten, refsIn, versionOf, written } from '../../stores/written';
import { isOffered } from '../../widgets/offered';

/** More are counted, not shown. */
export const MOST = 4;
/** Few sizes, so that a node that is resized seldom asks for another one. Nodes are looked at from nearer, too. */
const SIDES = [512, 1024, 2048] as const;

/** Where a picture is, as large as it must be to fill so many pixels. */
export function pictureUrl(ref: PictureRef, pixels: number): string {
  return lookAt(ref, SIDES.find((side) => side >= pixels) ?? 2048);
}

/** A picture whose longer side has so many pixels at most. */
function lookAt(ref: PictureRef, size: number): string {
  const { filename, subfolder, type } = ref;
  return urlOf('/view', { filename, subfolder, type, preview: 'webp;80', size, v: writtenPart(ref) });
}

/** The file itself. */
export function wholeUrl(ref: PictureRef): string {
  const { filename, subfolder, type } = ref;
  return urlOf('/view', { filename, subfolder: subfolder || null, type, v: writtenPart(ref) });
}

/** The server asks nothing of it: what was written anew has another address, so that it is asked for again. */
function writtenPart(ref: PictureRef): number | null {
  return versionOf(ref) || null;
}

/** The pictures among what a run gave a node; null where it gave something else to show. */
export function picturesIn(output: Ui | null): readonly PictureRef[] | null {
  const [a, b] = [refsIn(output?.['a_images']), refsIn(output?.['b_images'])];
  // Of pairs that are compared, the first.
  if (a.length > 0 && b.length > 0) return [...a.slice(0, 1), ...b.slice(0, 1)];
  const images = [...a, ...b, ...(a.length + b.length > 0 ? [] : refsIn(output?.['images']))];
  if (images.length > 0) return images.slice(0, MOST);
  return (output?.['text'] ?? []).length > 0 ? null : [];
}

/** The picture that a node loads. What is not there is not asked for: it is marked at the field already. */
export function loadedIn(
  shape: NodeShape | undefined,
): { readonly ref: PictureRef; readonly value: string } | null {
  const [held] = shape === undefined ? [] : pictureInputs(shape);
  if (held === undefined || !isOffered(held.value, held.input)) return null;
  return { ref: pictureRef(held.value, held.input.choices_from), value: held.value };
}

function onCanvas(ref: PictureRef): NodePicture {
  return { key: keyOf(ref), version: versionOf(ref), origin: (side) => lookAt(ref, side) };
}

const outputOf = (id: string) => outputsOf(runs.getState(), tabs.getState().active).get(id) ?? null;

export function registerPictures(): void {
  registerNodePictures({
    ...{ id: 'results', order: 20 },
    picturesOf: ({ scene }, node) => {
      const images = picturesIn(outputOf(runIdOf(node)));
      if (images === null) return [];
      if (images.length > 0) return images.map(onCanvas);
      const loaded = loadedIn(scene?.shape(node));
      return loaded === null ? [] : [onCanvas(loaded.ref)];
    },
  });
  // Told before the frame and the elements that show it.
  written.subscribe(() => {
    view.forgetPictures();
    view.mounts.touch();
  });
  onRunEvent((_job, event) => {
    if (event.type === 'node_finished' && !event.cached && event.ui != null) noteWritten(event.ui);
  });
  whenBack(lookAgain);
  whenGalleryChanged(lookAgain);
  let shown: unknown = null;
  runs.subscribe((state, before) => {
    if (state.runs === before.runs) return;
    const outputs = outputsOf(state, tabs.getState().active);
    if (outputs === shown) return;
    shown = outputs;
    view.forgetPictures();
  });
}

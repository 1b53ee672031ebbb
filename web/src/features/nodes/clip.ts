// Copy, cut, paste and duplicate: through the system clipboard, as JSON text. Pictures that are pasted become nodes.

import { canvasHasFocus, view } from '../../app/view';
import { clipText, copyNodes, pasteClip, readClip } from '../../core/clipboard';
import { deleteNodes } from '../../core/edit';
import { positionOf } from '../../core/geometry';
import type { JsonObject } from '../../core/json';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';
import { imageIn } from '../../widgets/ImagePick';
import { takeImage } from './images';
import { pointerOnCanvas } from './pointer';

let own: string | null = null;

function copied(): JsonObject | null {
  const scene = view.scene;
  if (scene === null || (view.selected.size === 0 && view.selectedGroups.size === 0)) return null;
  return copyNodes(scene.graph, view.selected, view.selectedGroups);
}

/** Copy by command: where the browser lets nobody write to the clipboard, our own memory serves. */
export function copySelection(): void {
  const clip = copied();
  if (clip === null) return;
  own = clipText(clip);
  void navigator.clipboard?.writeText(own).catch(() => {});
}

export function cutSelection(): void {
  copySelection();
  removeSelection();
}

function removeSelection(): void {
  view.doc?.edit(t('edit.cut'), view.scope, (tx) => {
    deleteNodes(tx, new Set(view.selected), view.catalog);
    for (const id of view.selectedGroups) tx.put('group', id, null);
  });
}

export async function pasteFromClipboard(at?: Point, keepsIncoming = false): Promise<void> {
  const text = await navigator.clipboard?.readText().catch(() => null);
  const clip = readClip(text ?? '') ?? readClip(own ?? '');
  if (clip === null) toast({ title: t('edit.nothingToPaste'), key: 'paste' });
  else paste(clip, at ?? view.view.toGraph(pointerOnCanvas()), keepsIncoming);
}

function paste(clip: JsonObject, at: Point, keepsIncoming: boolean): void {
  view.doc?.edit(t('edit.paste'), view.scope, (tx) => {
    const pasted = pasteClip(tx, clip, at, keepsIncoming);
    queueMicrotask(() => view.select(pasted.nodes, pasted.groups));
  });
}

export function duplicateSelection(): void {
  const clip = copied();
  const nodes = [...view.selected].flatMap((id): JsonObject[] => {
    const node = view.scene?.graph.nodes.get(id);
    return node === undefined ? [] : [node];
  });
  const boxes = nodes.map((node) => positionOf(node));
  if (clip === null || boxes.length === 0) return;
  const at = {
    x: Math.min(...boxes.map((box) => box.x)) + 30,
    y: Math.min(...boxes.map((box) => box.y)) + 30,
  };
  view.doc?.edit(t('edit.duplicate'), view.scope, (tx) => {
    const pasted = pasteClip(tx, { ...clip, groups: [] }, at, true);
    queueMicrotask(() => view.select(pasted.nodes));
  });
}

/** The browser's own events, so that the system clipboard works on every origin and in every browser. */
export function listenForClipboard(): void {
  let withIncoming = false;
  window.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() === 'v' || event.key === 'Insert')
      withIncoming = event.shiftKey && event.key !== 'Insert';
  });
  const isOurs = () => canvasHasFocus() && view.doc !== null && !hasText();
  document.addEventListener('copy', (event) => {
    const clip = isOurs() ? copied() : null;
    if (clip === null || event.clipboardData === null) return;
    own = clipText(clip);
    event.clipboardData.setData('text/plain', own);
    event.preventDefault();
  });
  document.addEventListener('cut', (event) => {
    const clip = isOurs() ? copied() : null;
    if (clip === null || event.clipboardData === null) return;
    own = clipText(clip);
    event.clipboardData.setData('text/plain', own);
    event.preventDefault();
    removeSelection();
  });
  document.addEventListener('paste', (event) => {
    if (!isOurs() || event.defaultPrevented) return;
    const clip = readClip(event.clipboardData?.getData('text/plain') ?? '');
    const at = view.view.toGraph(pointerOnCanvas());
    if (clip !== null) {
      event.preventDefault();
      paste(clip, at, withIncoming);
      return;
    }
    const image = imageIn(event.clipboardData);
    if (image === undefined) return;
    event.preventDefault();
    void takeImage(image, at);
  });
}

/** Words of the page are selected: copying means them. */
function hasText(): boolean {
  return (document.getSelection()?.toString() ?? '') !== '';
}

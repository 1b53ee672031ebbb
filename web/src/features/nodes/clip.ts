// Copy, cut, paste and duplicate: through the system clipboard, as JSON text, so that the last copy wins whoever made
// it. Pictures that are pasted become nodes.

import { bus } from '../../app/bus';
import { putOnClipboard } from '../../app/clipboard';
import { isHandOut } from '../../app/hand';
import { isTextField } from '../../app/keys';
import { layOut, whyNotOpened } from '../../app/open';
import { view } from '../../app/view';
import { clipText, copyNodes, cornerOf, type Pasted, pasteClip, readClip } from '../../core/clipboard';
import { deleteNodes } from '../../core/edit';
import { isApiPrompt } from '../../core/formats';
import { asObject, type JsonObject, parseJson } from '../../core/json';
import { checkLength, checkSize, MOST, TooLarge } from '../../core/limits';
import type { Point, Scope } from '../../core/types';
import { contentsOf } from '../../engine/gestures/moving';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';
import { imageIn } from '../../widgets/transfer';
import { announce } from '../graph/api';
import { takeImage } from './images';
import { recallClip, rememberClip } from './memory';
import { pointerOnCanvas } from './pointer';

/** What is selected, groups with what is in them. */
function copied(): JsonObject | null {
  const { doc, scope, scene } = view;
  if (doc === null || scene === null || (view.selected.size === 0 && view.selectedGroups.size === 0))
    return null;
  const { nodes, groups } = contentsOf(view, scene);
  return copyNodes(doc, scope, nodes, new Set(groups.keys()));
}

function sayCopied(): void {
  announce(t('edit.copiedNodes', { count: view.selected.size + view.selectedGroups.size }));
}

// -- by command ------------------------------------------------------------------------------------------------------

export function copySelection(): void {
  const clip = copied();
  if (clip === null) return;
  const text = clipText(clip);
  // Where nobody may write to the clipboard, our own memory serves.
  void putOnClipboard(text).then((isThere) => rememberClip(text, !isThere));
  sayCopied();
}

export function cutSelection(): void {
  copySelection();
  removeSelection();
}

function removeSelection(): void {
  const { scene } = view;
  if (scene === null || isHandOut()) return;
  const { nodes, groups } = contentsOf(view, scene);
  view.doc?.edit(t('edit.cut'), view.scope, (tx) => {
    deleteNodes(tx, nodes, view.catalog);
    for (const id of groups.keys()) tx.put('group', id, null);
  });
}

export async function pasteFromClipboard(at?: Point, keepsIncoming = false): Promise<void> {
  const place = at ?? view.view.toGraph(pointerOnCanvas());
  const { text, isNewest } = recallClip();
  const held = isNewest ? null : ((await navigator.clipboard?.readText().catch(() => null)) ?? null);
  const words = held ?? text ?? '';
  const clip = nodesIn(words);
  if (clip !== null) {
    await paste(clip, place, keepsIncoming);
    return;
  }
  if (words.length > MOST.letters) {
    const reason = whyNotOpened(new TooLarge('letters', words.length));
    toast({ kind: 'error', title: t('edit.pasteTooLarge'), text: reason, key: 'paste' });
    return;
  }
  const image = held === null ? null : await pictureOnClipboard();
  if (image !== null) await takeImage(image, place);
  else toast({ title: t('edit.nothingToPaste'), key: 'paste' });
}

async function pictureOnClipboard(): Promise<File | null> {
  const items = (await navigator.clipboard?.read?.().catch(() => null)) ?? [];
  for (const item of items) {
    const type = item.types.find((each) => each.startsWith('image/'));
    if (type !== undefined) return new File([await item.getType(type)], 'image.png', { type });
  }
  return null;
}

/** What was copied, or a workflow in the format of runs; null if there are no nodes in it, or far too many. */
function nodesIn(text: string): JsonObject | null {
  const clip = readClip(text);
  if (clip !== null || !text.trimStart().startsWith('{')) return clip;
  try {
    checkLength(text.length);
    const prompt = asObject(parseJson(text));
    if (prompt === null || !isApiPrompt(prompt)) return null;
    checkSize(prompt);
    return prompt;
  } catch {
    return null;
  }
}

async function paste(clip: JsonObject, at: Point, keepsIncoming: boolean): Promise<void> {
  if (isHandOut()) return;
  let nodes = clip;
  try {
    if (isApiPrompt(clip)) nodes = await layOut(clip, view.catalog);
  } catch (error) {
    toast({ kind: 'error', title: t('edit.pasteTooLarge'), text: whyNotOpened(error), key: 'paste' });
    return;
  }
  add(t('edit.paste'), nodes, aside(at), keepsIncoming);
}

const STEP = 30;
let last: { readonly at: Point; readonly scope: Scope; readonly count: number } | null = null;

/** What is pasted again at the same place lies beside what was pasted there. */
function aside(at: Point): Point {
  const isSame = last?.scope === view.scope && last.at.x === at.x && last.at.y === at.y;
  const count = isSame && last !== null ? last.count + 1 : 0;
  last = { at, scope: view.scope, count };
  return { x: at.x + count * STEP, y: at.y + count * STEP };
}

function add(label: string, clip: JsonObject, at: Point, keepsIncoming: boolean): void {
  let made: Pasted | null = null;
  view.doc?.edit(label, view.scope, (tx) => {
    made = pasteClip(tx, clip, at, { keepsIncoming });
  });
  const pasted = made as Pasted | null;
  if (pasted === null) return;
  view.select(pasted.nodes, pasted.groups, false, pasted.reroutes);
  if (pasted.refused > 0)
    toast({ kind: 'error', title: t('edit.pasteInItself', { count: pasted.refused }), key: 'paste' });
  else announce(t('edit.pastedNodes', { count: pasted.nodes.length }));
}

export function duplicateSelection(): void {
  const clip = copied();
  if (clip === null) return;
  const corner = cornerOf(clip);
  add(t('edit.duplicate'), clip, { x: corner.x + 30, y: corner.y + 30 }, true);
}

// -- by the browser's own events: they work on every origin and in every browser ----------------------------------------

/** Whether the keys of the clipboard mean nodes: no text field, dialog or menu has the keyboard. */
function isOurs(event: Event): boolean {
  const focused = document.activeElement;
  return (
    view.doc !== null &&
    !event.defaultPrevented &&
    !isTextField(focused) &&
    focused?.closest('[role="dialog"],[role="menu"],[role="listbox"]') == null
  );
}

function takeCopy(event: ClipboardEvent): boolean {
  const clip = isOurs(event) && !hasText() ? copied() : null;
  if (clip === null || event.clipboardData === null) return false;
  const text = clipText(clip);
  event.clipboardData.setData('text/plain', text);
  rememberClip(text, false);
  event.preventDefault();
  sayCopied();
  return true;
}

export function listenForClipboard(): void {
  let withIncoming = false;
  window.addEventListener('keydown', (event) => {
    if (event.code === 'KeyV' || event.key.toLowerCase() === 'v' || event.key === 'Insert')
      withIncoming = event.shiftKey && event.key !== 'Insert';
  });
  // Firefox on Linux pastes by the middle button what was selected last, anywhere; here that button moves the canvas.
  window.addEventListener('auxclick', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.button === 1 && !isTextField(target) && target?.closest('a[href]') == null)
      event.preventDefault();
  });
  document.addEventListener('copy', takeCopy);
  document.addEventListener('cut', (event) => {
    if (takeCopy(event)) removeSelection();
  });
  document.addEventListener('paste', (event) => {
    if (!isOurs(event)) return;
    const clip = nodesIn(event.clipboardData?.getData('text/plain') ?? '');
    const at = view.view.toGraph(pointerOnCanvas());
    if (clip !== null) {
      event.preventDefault();
      void paste(clip, at, withIncoming);
      return;
    }
    const image = imageIn(event.clipboardData);
    if (image === undefined || event.clipboardData === null) return;
    event.preventDefault();
    // A picture from another program has no name; a file may carry a workflow, as one that is dropped.
    if (image.name === 'image.png' || takesPicture()) void takeImage(image, at);
    else bus.tell('drop', event.clipboardData, at);
  });
}

/** Whether the one selected node loads pictures. */
function takesPicture(): boolean {
  const [only] = view.selected;
  const type = view.selected.size === 1 && only !== undefined ? view.scene?.shape(only)?.type : undefined;
  return type?.inputs.some((input) => input.image_upload) === true;
}

/** Words of the page are selected: copying means them, but not what Firefox tells of a field that was left. */
function hasText(): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString() !== '';
}

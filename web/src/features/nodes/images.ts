// Pictures of the user's machine that become input files and nodes that load them.

import { api, wordsOf } from '../../api/client';
import { view } from '../../app/view';
import { addNode, setValue } from '../../core/edit';
import { pictureRef, valueFor } from '../../core/picture';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';
import { imageIn } from '../../widgets/transfer';
import { pictureUrl } from './pictures';

interface Uploaded {
  readonly name: string;
  readonly subfolder: string;
}

const fresh = new Set<string>();

/** Whether a file was uploaded since the list of files was read. */
export function isFresh(value: string): boolean {
  return fresh.has(value);
}

/** The value that names the uploaded file. */
export async function uploadImage(file: Blob, name: string): Promise<string> {
  const form = new FormData();
  form.append('image', file, name === '' || name === 'image.png' ? `pasted-${stamp()}.png` : name);
  form.append('type', 'input');
  const { name: stored, subfolder } = await api.post<Uploaded>('/upload/image', form);
  const value = subfolder === '' ? stored : `${subfolder}/${stored}`;
  fresh.add(value);
  return value;
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replace(/[^\d]/g, '');
}

/** Where a small picture of a file is that an input names; the input takes its files from `folder`. */
export function thumbnailOf(value: string, folder: string | null = null): string {
  return pictureUrl(pictureRef(value, folder), 0);
}

/** Upload a picture into the one selected node that loads pictures, or into a new one. */
export async function takeImage(file: File, at: Point): Promise<void> {
  const closeToast = toast({ title: t('image.uploading', { name: file.name }), key: 'upload', seconds: 0 });
  try {
    const value = await uploadImage(file, file.name);
    closeToast();
    put(value, at);
  } catch (error) {
    closeToast();
    toast({ kind: 'error', title: t('widget.uploadFailed'), text: wordsOf(error), key: 'upload' });
  }
}

function put(value: string, at: Point): void {
  const [only] = view.selected;
  const selected = view.selected.size === 1 && only !== undefined ? view.scene?.shape(only)?.type : undefined;
  const own = selected?.inputs.find((input) => input.image_upload);
  const type = own !== undefined && selected != null ? selected : view.catalog.get('LoadImage');
  const input = type?.inputs.find((each) => each.image_upload);
  if (type === undefined || input === undefined) return;
  view.doc?.edit(t('image.load'), view.scope, (tx) => {
    const id = own !== undefined && only !== undefined ? only : addNode(tx, type, at);
    setValue(tx, id, type, input.name, valueFor(input, value));
    queueMicrotask(() => view.select([id]));
  });
}

/** Pictures that are dropped on a node that loads one go into it; heard before the canvas hears of the drop. */
export function listenForDrops(): void {
  window.addEventListener(
    'drop',
    (event) => {
      const element =
        event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null;
      const id = element?.dataset['node'];
      const type = id === undefined ? null : view.scene?.shape(id)?.type;
      const input = type?.inputs.find((each) => each.image_upload);
      const file = imageIn(event.dataTransfer);
      if (id === undefined || type == null || input === undefined || file === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      view.select([id]);
      void takeImage(file, { x: 0, y: 0 });
    },
    true,
  );
}

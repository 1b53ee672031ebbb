// A model file on the canvas: a node that loads it, with the file chosen.

import { view } from '../../app/view';
import { addNode, setValue } from '../../core/edit';
import { loaderFor } from '../../core/loaders';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';

/** What is dragged: kind, a colon, and the name of a model file. */
export const MODEL_DRAG = 'application/x-skein-model';

/** Add a node that loads a file; in the middle of what is seen, unless a point is given. */
export function addLoader(kind: string, name: string, at: Point | null = null): void {
  const loader = loaderFor(view.catalog, kind);
  if (view.doc === null || loader === null) {
    const title = view.doc === null ? t('models.needsTab') : t('models.noLoader', { kind });
    toast({ kind: 'warning', title, key: 'models' });
    return;
  }
  const { width, height } = view.view;
  const place = at ?? view.view.toGraph({ x: width / 2 - 130, y: height / 2 - 60 });
  view.doc.edit(t('models.added', { name }), view.scope, (tx) => {
    const id = addNode(tx, loader.type, place);
    setValue(tx, id, loader.type, loader.input.name, name);
    queueMicrotask(() => view.select([id]));
  });
}

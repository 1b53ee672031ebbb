// Nodes as people handle them: menus, clipboard, titles, tips, pictures, and what is wrong with their inputs.

import { api } from '../../api/client';
import { bus } from '../../app/bus';
import { copyText } from '../../app/clipboard';
import { registerCommands } from '../../app/commands';
import { registerImageTaker } from '../../app/images';
import { lazily, useHasTab } from '../../app/lazily';
import { menuItems, slotItems } from '../../app/menus';
import { registerHost, registerOverlay } from '../../app/panels';
import { canPick, pickPicture } from '../../app/pick';
import { nodeHere } from '../../app/scopes';
import { view } from '../../app/view';
import { asString, type Json } from '../../core/json';
import { lastSeed } from '../../core/seed';
import { isBoundary } from '../../core/subgraph';
import { registerNodeExtra } from '../../engine/node/extras';
import { setNodeIssues } from '../../engine/node/issues';
import { t } from '../../i18n/t';
import { runs } from '../../stores/runs';
import { settings } from '../../stores/settings';
import { tabs } from '../../stores/tabs';
import { showMenu } from '../../ui/Menu';
import { toast } from '../../ui/Toast';
import { setWidgetHost } from '../../widgets/host';
import { PopupHost } from '../../widgets/popup';
import {
  copySelection,
  cutSelection,
  duplicateSelection,
  listenForClipboard,
  pasteFromClipboard,
} from './clip';
import { registerColours } from './colours';
import { registerFonts } from './fonts';
import { isFresh, listenForDrops, takeImage, thumbnailOf, uploadImage } from './images';
import { registerNodeMenus } from './items';
import { registerPictures } from './pictures';
import { NodeResults } from './results';
import { listenForWidgetMenus, registerWidgetCommands } from './WidgetMenu';

registerHost({ id: 'widget-popup', Component: PopupHost });
registerHost({
  id: 'node-tips',
  Component: lazily(() => import('./Tips').then((module) => module.Tips), useHasTab),
});
registerOverlay({
  id: 'rename',
  order: 40,
  Component: lazily(() => import('./Rename').then((module) => module.Rename), useHasTab),
});
registerNodeExtra({ id: 'results', Component: NodeResults });
registerPictures();
registerNodeMenus();
registerColours();
registerFonts();
registerImageTaker(takeImage);
listenForClipboard();
listenForDrops();
listenForWidgetMenus();
registerWidgetCommands();

setWidgetHost({
  upload: uploadImage,
  isFresh,
  thumbnail: thumbnailOf,
  canPick,
  pick: async () => (await pickPicture())?.value ?? null,
  getJson: (path, signal) => api.get<Json>(path, { signal }),
  spellcheck: () => settings.getState().spellcheck,
  lastSeed: (node, name) => (view.doc === null ? undefined : lastSeed(view.doc, view.scope, node, name)),
  copy: copyText,
  failed: (title, text) => void toast({ kind: 'error', title, text }),
});

bus.on('menu', (client, at) => {
  const hit = view.scene?.hit(at, view.view.zoom);
  if (hit?.kind === 'input' || hit?.kind === 'output') {
    const { kind: side, node, index } = hit;
    const shape = view.scene?.shape(node);
    const name = (side === 'input' ? shape?.inputs : shape?.outputs)?.[index]?.label ?? '';
    showMenu(client, slotItems({ side, node, index, at }), t('menu.slot', { name }));
    return;
  }
  if (
    hit === undefined ||
    ('node' in hit && isBoundary(hit.node)) ||
    hit.kind === 'link' ||
    hit.kind === 'middle' ||
    hit.kind === 'reroute'
  )
    return;
  const [kind, id, label] =
    'node' in hit
      ? (['node', hit.node, t('menu.node')] as const)
      : hit.kind === 'group'
        ? (['group', hit.group, t('menu.group')] as const)
        : (['canvas', '', t('menu.canvas')] as const);
  showMenu(client, menuItems({ kind, id, at }), label);
});

const hasSelection = () => view.selected.size > 0 || view.selectedGroups.size > 0;

registerCommands(
  // Their keys are the browser's: it tells of copying by events of its own (clip.ts).
  {
    id: 'edit.copy',
    title: () => t('edit.copy'),
    group: 'edit',
    fixedKeys: ['Ctrl+C'],
    when: hasSelection,
    run: copySelection,
  },
  {
    id: 'edit.cut',
    title: () => t('edit.cut'),
    group: 'edit',
    fixedKeys: ['Ctrl+X'],
    when: hasSelection,
    run: cutSelection,
  },
  {
    id: 'edit.paste',
    title: () => t('edit.paste'),
    group: 'edit',
    fixedKeys: ['Ctrl+V'],
    when: () => view.doc !== null,
    run: () => pasteFromClipboard(),
  },
  {
    id: 'edit.pasteLinked',
    title: () => t('edit.pasteLinked'),
    group: 'edit',
    fixedKeys: ['Ctrl+Shift+V'],
    when: () => view.doc !== null,
    run: () => pasteFromClipboard(undefined, true),
  },
  {
    id: 'edit.duplicate',
    title: () => t('edit.duplicate'),
    group: 'edit',
    keys: ['Ctrl+D'],
    when: hasSelection,
    run: duplicateSelection,
  },
  {
    id: 'edit.rename',
    title: () => t('edit.rename'),
    group: 'nodes',
    keys: ['F2'],
    when: () => view.selected.size === 1 || view.selectedGroups.size === 1,
    run: () => {
      const [node] = view.selected;
      const [group] = view.selectedGroups;
      if (node !== undefined) bus.tell('rename', 'node', node);
      else if (group !== undefined) bus.tell('rename', 'group', group);
    },
  },
);

// -- what the server found wrong -------------------------------------------------------------------------------------

runs.subscribe((state, before) => {
  if (state.refusals !== before.refusals) showIssues();
});
tabs.subscribe((state, before) => {
  if (state.active !== before.active) showIssues();
});

function showIssues(): void {
  const refusal = runs.getState().refusals.get(tabs.getState().active ?? '');
  const issues = new Map<string, Map<string, string>>();
  for (const [id, { errors }] of Object.entries(refusal?.nodes ?? {})) {
    const inputs = new Map<string, string>();
    for (const error of errors) {
      const name = asString(error.extra_info?.['input_name']);
      if (name !== null)
        inputs.set(name, error.details ? `${error.message}: ${error.details}` : error.message);
    }
    const here = nodeHere(id);
    if (here !== null) issues.set(here, new Map([...(issues.get(here) ?? []), ...inputs]));
  }
  setNodeIssues(issues);
  view.mounts.touch();
}

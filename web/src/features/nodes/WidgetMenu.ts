// The right button on a widget: its default, its value, and what feeds it.

import { copyText } from '../../app/clipboard';
import { widgetItems } from '../../app/menus';
import { canvasHost, view } from '../../app/view';
import { defaultOf } from '../../core/catalog';
import { unlink } from '../../core/edit';
import { isDefault } from '../../core/fold';
import { stringifyJson } from '../../core/json';
import { editValue } from '../../engine/node/edits';
import { t } from '../../i18n/t';
import { type MenuItem, showMenu } from '../../ui/Menu';

/** True if the pointer was on a widget, whose menu is open now. */
function openWidgetMenu(event: MouseEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const row = target?.closest<HTMLElement>('[data-widget]');
  const id = row?.closest<HTMLElement>('[data-node]')?.dataset['node'];
  const name = row?.dataset['widget'];
  if (row == null || id === undefined || name === undefined) return false;
  const text = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
  if (text && target === document.activeElement) return false;
  const shape = view.scene?.shape(id);
  const widget = shape?.widgets.find((each) => each.name === name);
  const link = shape?.inputs.find((each) => each.name === name)?.link ?? null;
  if (widget === undefined) return false;
  const { input, value } = widget;
  const items: MenuItem[] = [
    { kind: 'label', id: 'name', label: widget.label },
    {
      id: 'reset',
      label: t('widget.reset'),
      ...(input === null ? {} : { hint: shortText(defaultOf(input)) }),
      isDisabled: link !== null || input === null || isDefault(widget),
      onSelect: () => {
        if (input !== null) editValue(view, id, name, defaultOf(input));
        view.doc?.seal();
      },
    },
    {
      id: 'copy',
      label: t('widget.copyValue'),
      onSelect: () => void copyText(typeof value === 'string' ? value : stringifyJson(value)),
    },
    {
      id: 'unlink',
      label: t('widget.unlink'),
      isDisabled: link === null,
      onSelect: () => {
        if (link !== null) view.doc?.edit(t('widget.unlink'), view.scope, (tx) => unlink(tx, link));
      },
    },
    ...widgetItems({ node: id, widget, link }),
  ];
  showMenu({ x: event.clientX, y: event.clientY }, items, t('widget.menu', { label: widget.label }));
  return true;
}

function shortText(value: unknown): string {
  const text = String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export function listenForWidgetMenus(): void {
  window.addEventListener(
    'contextmenu',
    (event) => {
      if (canvasHost()?.contains(event.target as Node | null) !== true || !openWidgetMenu(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

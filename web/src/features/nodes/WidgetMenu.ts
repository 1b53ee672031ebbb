// What can be done with a widget: its default, its value, and what feeds it. By the right button, and by commands, which
// are about the field that has the keyboard, or one that is chosen out of those of the node.

import { bus } from '../../app/bus';
import { copyText } from '../../app/clipboard';
import { type Command, registerCommands } from '../../app/commands';
import { widgetItems } from '../../app/menus';
import { canvasHost, view } from '../../app/view';
import { defaultOf } from '../../core/catalog';
import { unlink } from '../../core/edit';
import { isDefault } from '../../core/fold';
import { stringifyJson } from '../../core/json';
import type { Widget } from '../../core/slots';
import type { LinkId, NodeId, Scope } from '../../core/types';
import { editValue } from '../../engine/node/edits';
import { type TextKey, t } from '../../i18n/t';
import { type MenuItem, showMenu } from '../../ui/Menu';

/** A widget of a node on the screen, and what is linked to it. */
interface Field {
  readonly node: NodeId;
  readonly widget: Widget;
  readonly link: LinkId | null;
}

type Deed = 'reset' | 'copy' | 'unlink';
type Does = {
  readonly [K in Deed]: { readonly can: (field: Field) => boolean; readonly act: (field: Field) => void };
};

const DEEDS: Does = {
  reset: {
    can: ({ widget, link }) => link === null && widget.input !== null && !isDefault(widget),
    act: ({ node, widget }) => {
      if (widget.input !== null) editValue(view, node, widget.name, defaultOf(widget.input));
      view.doc?.seal();
    },
  },
  copy: {
    can: () => true,
    act: ({ widget: { value } }) => copyText(typeof value === 'string' ? value : stringifyJson(value)),
  },
  unlink: {
    can: ({ link }) => link !== null,
    act: ({ link }) => {
      if (link !== null) view.doc?.edit(t('widget.unlink'), view.scope, (tx) => unlink(tx, link));
    },
  },
};

function fieldOf(node: NodeId, name: string): Field | null {
  const shape = view.scene?.shape(node);
  const widget = shape?.widgets.find((each) => each.name === name);
  const link = shape?.inputs.find((each) => each.name === name)?.link ?? null;
  return widget === undefined ? null : { node, widget, link };
}

function fieldAt(element: Element | null): Field | null {
  const row = element?.closest<HTMLElement>('[data-widget]');
  const id = row?.closest<HTMLElement>('[data-node]')?.dataset['node'];
  const name = row?.dataset['widget'];
  return id === undefined || name === undefined ? null : fieldOf(id, name);
}

function itemsOf(field: Field): MenuItem[] {
  const { widget } = field;
  const item = (id: Deed, label: TextKey, hint: string | undefined): MenuItem => ({
    ...{ id, label: t(label), hint, isDisabled: !DEEDS[id].can(field), onSelect: () => DEEDS[id].act(field) },
  });
  return [
    { kind: 'label', id: 'name', label: widget.label },
    item('reset', 'widget.reset', widget.input === null ? undefined : shortText(defaultOf(widget.input))),
    item('copy', 'widget.copyValue', undefined),
    item('unlink', 'widget.unlink', undefined),
    ...widgetItems(field),
  ];
}

function shortText(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

// -- by the right button ---------------------------------------------------------------------------------------------

/** True if the pointer was on a widget, whose menu is open now. */
function openWidgetMenu(event: MouseEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const text = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
  const field = text && target === document.activeElement ? null : fieldAt(target);
  if (field === null) return false;
  const at = { x: event.clientX, y: event.clientY };
  showMenu(at, itemsOf(field), t('widget.menu', { label: field.widget.label }));
  return true;
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

// -- by commands -----------------------------------------------------------------------------------------------------

/** The field that had the keyboard last, since which nothing was selected: where commands are chosen, none has it. */
let last: { readonly node: NodeId; readonly name: string; readonly scope: Scope } | null = null;

/** The node whose fields are meant. */
function meantNode(): NodeId | null {
  const [only] = view.selected;
  return view.focused ?? (view.selected.size === 1 ? (only ?? null) : null);
}

function meantField(): Field | null {
  const here = fieldAt(document.activeElement);
  return here ?? (last?.scope === view.scope ? fieldOf(last.node, last.name) : null);
}

/** The one field that is meant, or all of the node's that it can be done with. */
function candidates(can: (field: Field) => boolean): Field[] {
  const field = meantField();
  if (field !== null && can(field)) return [field];
  const node = meantNode();
  const widgets = node === null ? [] : (view.scene?.shape(node)?.widgets ?? []);
  return widgets.flatMap(({ name }) => {
    const each = node === null ? null : fieldOf(node, name);
    return each !== null && can(each) ? [each] : [];
  });
}

function choose(title: string, fields: readonly Field[], act: (field: Field) => void): void {
  const [first] = fields;
  if (first === undefined) return;
  if (fields.length === 1) {
    act(first);
    return;
  }
  const items = fields.map((field): MenuItem => {
    const { name, label, value } = field.widget;
    const hint = shortText(typeof value === 'string' ? value : stringifyJson(value));
    return { id: name, label, hint, onSelect: () => act(field) };
  });
  showMenu(beside(first), items, title);
}

/** The page's point beside a field, or beside its node, where that is too small to have fields. */
function beside({ node, widget }: Field): { x: number; y: number } {
  const element =
    document.querySelector(`[data-node="${CSS.escape(node)}"] [data-widget="${CSS.escape(widget.name)}"]`) ??
    document.querySelector(`[data-node="${CSS.escape(node)}"]`);
  const box = element?.getBoundingClientRect();
  if (box !== undefined) return { x: box.left, y: box.bottom };
  const corner = canvasHost()?.getBoundingClientRect();
  const at = view.view.toScreen(view.scene?.layout(node)?.box ?? { x: 0, y: 0 });
  return { x: (corner?.left ?? 0) + at.x, y: (corner?.top ?? 0) + at.y };
}

function command(
  id: string,
  key: TextKey,
  can: (field: Field) => boolean,
  act: (field: Field) => void,
): Command {
  return {
    ...{ id: `widget.${id}`, title: () => t(key), group: 'nodes', scope: 'anywhere', inFields: true },
    when: () => candidates(can).length > 0,
    run: () => choose(t(key), candidates(can), act),
  };
}

export function registerWidgetCommands(): void {
  document.addEventListener('focusin', ({ target }) => {
    const field = target instanceof Element ? fieldAt(target) : null;
    if (field !== null) last = { node: field.node, name: field.widget.name, scope: view.scope };
  });
  const forget = () => {
    last = null;
  };
  bus.on('selection', forget);
  bus.on('shown', forget);
  const { reset, copy, unlink } = DEEDS;
  registerCommands(
    command('reset', 'widget.commandReset', reset.can, reset.act),
    command('copy', 'widget.commandCopy', copy.can, copy.act),
    command('unlink', 'widget.commandUnlink', unlink.can, unlink.act),
    command(
      'menu',
      'widget.commandMenu',
      () => true,
      (field) => {
        const title = t('widget.menu', { label: field.widget.label });
        // Once the menu that it was chosen from has given the keyboard back.
        setTimeout(() => showMenu(beside(field), itemsOf(field), title));
      },
    ),
  );
}

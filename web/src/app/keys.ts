// From a pressed key to a command. Single letters act only while the canvas has the focus. A binding fits by the letter
// that the layout gives (where that is none of the Latin alphabet, by the place of the key), or, if the user wants it so,
// always by the place: two forms, of which recorded bindings hold both.

import { settings } from '../stores/settings';
import { type Command, canRun, commands } from './commands';
import { canvasHasFocus, canvasHost } from './view';

const NAMED: Readonly<Record<string, string>> = { ' ': 'Space', Escape: 'Esc', Delete: 'Del' };

export interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** `Ctrl+Shift+K`: modifiers in this order, then the key. */
export function keysOf(event: Pressed): string {
  const name = nameOfKey(event);
  const shifts = event.shiftKey && (name.length > 1 || /[A-Z0-9]/.test(name));
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    shifts ? 'Shift' : '',
    name,
  ];
  return parts.filter((part) => part !== '').join('+');
}

function nameOfKey({ key, code, altKey, shiftKey }: Pressed): string {
  const named = NAMED[key];
  if (named !== undefined) return named;
  const byPlace = /^Key([A-Z])$/.exec(code)?.[1] ?? /^Digit(\d)$/.exec(code)?.[1];
  if (key.length > 1) return key;
  // With Alt, layouts give other signs; a letter of another alphabet says nothing to us.
  const isForeign =
    key.toLowerCase() === key.toUpperCase() ? altKey && byPlace !== undefined : !/[a-z]/i.test(key);
  if (isForeign && byPlace !== undefined) return byPlace;
  if (shiftKey && byPlace !== undefined && /\d/.test(byPlace)) return byPlace;
  return key.toUpperCase();
}

/** The order in which modifiers are written does not matter to who writes them. */
export function normalizeKeys(keys: string): string {
  const parts = keys === '+' ? ['+'] : keys.split('+').map((part) => (part === '' ? '+' : part));
  const last = parts.at(-1) ?? '';
  const has = (name: string) => parts.slice(0, -1).some((part) => part.toLowerCase() === name.toLowerCase());
  return [has('Ctrl') || has('Cmd') ? 'Ctrl' : '', has('Alt') ? 'Alt' : '', has('Shift') ? 'Shift' : '', last]
    .filter((part) => part !== '')
    .join('+');
}

// -- the two forms of a binding ---------------------------------------------------------------------------------------

/** What keys are called that are no letters, by their place on the keyboard that most programs mean. */
const PLACES: Readonly<Record<string, string>> = {
  Minus: '-',
  Equal: '=',
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Semicolon: ';',
  Quote: "'",
  Backquote: '`',
  Comma: ',',
  Period: '.',
  Slash: '/',
};
/** Signs that need Shift there. */
const SHIFTED: Readonly<Record<string, string>> = {
  ...{ _: '-', '+': '=', '{': '[', '}': ']', '|': '\\', ':': ';', '"': "'", '~': '`', '<': ',', '>': '.' },
  '?': '/',
};

/** `Ctrl+Z` where Z is on that keyboard, whatever the layout makes of it. */
export function placesOf(event: Pressed): string {
  const letter = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code);
  const name = letter?.[1] ?? letter?.[2] ?? PLACES[event.code] ?? nameOfKey(event);
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey ? 'Shift' : '',
    name,
  ];
  return parts.filter((part) => part !== '').join('+');
}

/** A binding as it is kept: by letter, a space, by place. */
export function bindingOf(event: Pressed): string {
  return `${normalizeKeys(keysOf(event))} ${placesOf(event)}`;
}

export type KeysBy = 'letter' | 'place';

/** Bindings are few, and every key is compared with all of them. */
const forms: Readonly<Record<KeysBy, Map<string, string>>> = { letter: new Map(), place: new Map() };

/** One form of a binding. Those that nobody recorded are written by letter only: for the same keyboard. */
export function formOf(binding: string, by: KeysBy): string {
  const known = forms[by].get(binding);
  if (known !== undefined) return known;
  const form = makeForm(binding, by);
  forms[by].set(binding, form);
  return form;
}

function makeForm(binding: string, by: KeysBy): string {
  const [letter = '', place] = binding.split(' ');
  const keys = normalizeKeys(letter);
  if (by === 'letter') return keys;
  if (place !== undefined) return place;
  const sign = keys === '+' || keys.endsWith('++') ? '+' : (keys.split('+').at(-1) ?? '');
  const base = SHIFTED[sign];
  return base === undefined
    ? keys
    : normalizeKeys(`${keys.slice(0, keys.length - sign.length)}Shift+${base}`);
}

/** What was bound to a command, by the user or by default. */
function boundTo(command: Command): readonly string[] {
  const own: unknown = settings.getState().keys[command.id];
  // Settings are a file that people edit.
  return Array.isArray(own) ? own.filter((each) => typeof each === 'string') : (command.keys ?? []);
}

function bindingsOf(command: Command): readonly string[] {
  const bound = boundTo(command);
  return command.rebind?.(bound) ?? bound;
}

/** The keys of a command as people read them. */
export function keysFor(command: Command): readonly string[] {
  return allKeysOf(command).map((binding) => formOf(binding, 'letter'));
}

function allKeysOf(command: Command): readonly string[] {
  return [...bindingsOf(command), ...(command.fixedKeys ?? [])];
}

/** The first keys of a command, as people read them, for what is shown beside its name. */
export function keysOfCommand(id: string): string | undefined {
  const command = commands.getState().commands.get(id);
  return command === undefined ? undefined : keysFor(command)[0];
}

/** Other commands that the same keys would reach. */
export function conflictsOf(id: string, binding: string): Command[] {
  const by = settings.getState().keysBy;
  const wanted = formOf(binding, by);
  return [...commands.getState().commands.values()].filter(
    (command) => command.id !== id && allKeysOf(command).some((each) => formOf(each, by) === wanted),
  );
}

/** What is left to a command of its keys once another one has this binding. */
export function withoutBinding(command: Command, binding: string): readonly string[] {
  const by = settings.getState().keysBy;
  return boundTo(command).filter((each) => formOf(each, by) !== formOf(binding, by));
}

export function isTextField(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (
    element.isContentEditable ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  )
    return true;
  return (
    element instanceof HTMLInputElement &&
    !/^(button|checkbox|radio|range|submit|reset|file)$/.test(element.type)
  );
}

function hasDialog(): boolean {
  return document.querySelector('[role="dialog"],[role="menu"]') !== null;
}

function applies(command: Command): boolean {
  const field = document.activeElement;
  if (isTextField(field) && command.inFields !== true && !isTakenFrom(field, command)) return false;
  if (hasDialog() && command.inFields !== true) return false;
  if ((command.scope ?? 'canvas') === 'canvas' && !canvasHasFocus()) return false;
  return canRun(command);
}

export function commandFor(event: Pressed): Command | null {
  const by = settings.getState().keysBy;
  const pressed = by === 'letter' ? normalizeKeys(keysOf(event)) : placesOf(event);
  // From nowhere, Tab leads into the page, as everywhere.
  if (/^(Shift\+)?Tab$/.test(pressed) && document.activeElement !== canvasHost()) return null;
  for (const command of commands.getState().commands.values()) {
    if (!bindingsOf(command).some((binding) => formOf(binding, by) === pressed)) continue;
    if (applies(command)) return command;
  }
  return null;
}

/** Whether a field leaves a command's keys to it. */
function isTakenFrom(field: Element | null, { inFields }: Command): boolean {
  return field !== null && typeof inFields === 'function' && inFields(field);
}

/** Whether a command has these keys though it does not apply now: the browser must not do its own thing then. */
function isOurs(event: Pressed): boolean {
  const pressed = keysOf(event);
  const field = document.activeElement;
  const { keysBy } = settings.getState();
  const form = keysBy === 'letter' ? normalizeKeys(pressed) : placesOf(event);
  for (const command of commands.getState().commands.values())
    if (isTakenFrom(field, command) && bindingsOf(command).some((each) => formOf(each, keysBy) === form))
      return true;
  return /^Ctrl\+(Shift\+)?[SOK]$/.test(pressed);
}

/** While it is held the view is moved: on the canvas, what is bound to this key is done by a tap on it. */
const HELD = 'Space';
const TAP = 250;

export function listenForKeys(): void {
  let tap: { readonly command: Command; readonly at: number } | null = null;
  const forget = () => {
    tap = null;
  };
  window.addEventListener('pointerdown', forget, { capture: true });
  window.addEventListener('blur', forget);
  window.addEventListener('keyup', (event) => {
    if (nameOfKey(event) !== HELD || tap === null) return;
    const { command, at } = tap;
    tap = null;
    if (event.timeStamp - at < TAP && applies(command)) void command.run();
  });
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const isHeld = keysOf(event) === HELD && canvasHasFocus();
    if (isHeld && event.repeat) return;
    tap = null;
    const command = commandFor(event);
    if (isHeld && command !== null) {
      tap = { command, at: event.timeStamp };
      event.preventDefault();
      return;
    }
    if (command === null) {
      if (isOurs(event)) event.preventDefault();
      return;
    }
    event.preventDefault();
    void command.run();
  });
}

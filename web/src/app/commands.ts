// Everything that a user can do is a command: an id, a title, keys, and when it applies. The palette, the shortcuts
// sheet, the menus and the keyboard all read this one list.

import { createStore } from 'zustand/vanilla';

export type CommandGroup = 'run' | 'edit' | 'view' | 'workflow' | 'nodes' | 'results' | 'application';

export interface Command {
  /** `edit.undo`: what settings and tests call it. */
  readonly id: string;
  /** What people read; a function where it changes (texts, language). */
  readonly title: () => string;
  readonly group: CommandGroup;
  /** What else people call it, elsewhere: the palette finds it by these words, too. */
  readonly words?: () => string;
  /** Default keys: `Ctrl+Shift+K`, `R`, `Alt+C`, `.`; several ways are several entries. On a Mac, Ctrl is Cmd. */
  readonly keys?: readonly string[];
  /** What a setting makes of its keys, be they the defaults or the user's own. */
  readonly rebind?: (keys: readonly string[]) => readonly string[];
  /** Keys that the browser itself has for it: shown with the others, and not to be changed. */
  readonly fixedKeys?: readonly string[];
  /** Where the keys count: only when the canvas has the focus (single letters must), or everywhere but in text fields. */
  readonly scope?: 'canvas' | 'anywhere';
  /** Also while a text field has the focus; for what has nothing to do with text (Ctrl+Enter); or in some of them. */
  readonly inFields?: boolean | ((field: Element) => boolean);
  /** Whether it can be done now: else the palette shows it grey. Hidden ones do not show there at all. */
  readonly when?: () => boolean;
  readonly isHidden?: boolean;
  readonly run: () => void | Promise<void>;
}

interface CommandsState {
  readonly commands: ReadonlyMap<string, Command>;
}

export const commands = createStore<CommandsState>(() => ({ commands: new Map() }));

export function registerCommands(...added: readonly Command[]): void {
  commands.setState(({ commands: known }) => ({
    commands: new Map([...known, ...added.map((command): [string, Command] => [command.id, command])]),
  }));
}

export function canRun(command: Command): boolean {
  return command.when?.() ?? true;
}

/** Run a command by id; false if there is none or it does not apply now. */
export function runCommand(id: string): boolean {
  const command = commands.getState().commands.get(id);
  if (command === undefined || !canRun(command)) return false;
  void command.run();
  return true;
}

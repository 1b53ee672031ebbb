// Keys of commands as parts of the page show them: other ones at once when the user has bound others.

import { useStore } from 'zustand';
import { settings } from '../stores/settings';
import { commands } from './commands';
import { keysOfCommand } from './keys';

/** What asks for the first keys of a command by its id. */
export function useKeys(): (id: string) => string | undefined {
  useStore(settings, (state) => state.keys);
  useStore(commands, (state) => state.commands);
  return keysOfCommand;
}

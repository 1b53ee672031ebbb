// The list of model files, the one that is looked at, and which folders are not as they are by default.

import { createStore } from 'zustand/vanilla';
import { wordsOf } from '../../api/client';
import { listModels, type ModelFolder } from '../../api/models';
import { catalog } from '../../stores/catalog';

interface ModelsState {
  readonly folders: readonly ModelFolder[] | null;
  readonly error: string;
  /** `checkpoints/a.safetensors`: the row that was chosen. */
  readonly chosen: string | null;
  readonly toggled: ReadonlySet<string>;
}

export const models = createStore<ModelsState>(() => ({
  folders: null,
  error: '',
  chosen: null,
  toggled: new Set(),
}));

export async function loadModels(): Promise<void> {
  try {
    models.setState({ folders: await listModels(), error: '' });
  } catch (error) {
    models.setState({ error: wordsOf(error) });
  }
}

export function choose(path: string | null): void {
  models.setState({ chosen: path });
}

export function toggle(path: string): void {
  const toggled = new Set(models.getState().toggled);
  if (!toggled.delete(path)) toggled.add(path);
  models.setState({ toggled });
}

// Files came or went (R): the list is asked for again, if it is on the screen or was.
catalog.subscribe((state, before) => {
  if (state.types !== before.types && models.getState().folders !== null) void loadModels();
});

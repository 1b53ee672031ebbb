// Workflows to begin with, and whether each can run here: which models and node types are found.

import { createStore } from 'zustand/vanilla';
import { call } from '../../api/call';
import { wordsOf } from '../../api/client';
import { listTemplates, readTemplate, type Template, type TemplateId } from '../../api/templates';
import type { MissingModel, MissingType } from '../../api/types';
import { modelsOf, type NeededModel, tagsOf } from '../../core/about';
import { catalog } from '../../stores/catalog';

export type { MissingModel };

export interface Check {
  readonly state: 'asking' | 'ready' | 'missing' | 'failed';
  readonly models: readonly MissingModel[];
  readonly types: readonly MissingType[];
  readonly message: string;
  readonly tags: readonly string[];
  /** Every model file that it names. */
  readonly needs: readonly NeededModel[];
}

interface TemplatesState {
  readonly templates: readonly Template[] | null;
  readonly error: string;
  readonly checks: ReadonlyMap<string, Check>;
}

export const templates = createStore<TemplatesState>(() => ({
  templates: null,
  error: '',
  checks: new Map(),
}));

/** Whether all of them are shown, in a dialog. */
export const browser = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));

/** The simplest goes first; it is what the first start offers to run. */
const FIRST = ['text_to_image', 'image_to_image', 'inpaint'];
export const STARTER = 'text_to_image';

export const keyOf = ({ pack, name }: TemplateId) => `${pack}/${name}`;

export async function loadTemplates(): Promise<void> {
  try {
    const found = (await listTemplates()).toSorted((a, b) => rank(a) - rank(b));
    templates.setState({ templates: found, error: '' });
    // One at a time: nobody waits for them, and a run may begin meanwhile.
    for (const each of found) await check(each);
  } catch (error) {
    templates.setState({ error: wordsOf(error) });
  }
}

function rank({ name }: Template): number {
  const place = FIRST.indexOf(name);
  return place < 0 ? FIRST.length : place;
}

const NONE = { models: [], types: [], message: '', tags: [], needs: [] } as const;

async function check(of: Template): Promise<void> {
  setCheck(of, { ...NONE, state: 'asking' });
  let about: Pick<Check, 'tags' | 'needs'> = NONE;
  try {
    const workflow = await readTemplate(of);
    const { types } = catalog.getState();
    about = { tags: tagsOf(workflow, types), needs: modelsOf(workflow, types) };
    const found = await call('POST /api/v1/workflows/validate', { body: { workflow } });
    const isMissing = found.missing_models.length + found.missing_types.length > 0;
    setCheck(of, {
      ...about,
      state: isMissing ? 'missing' : found.valid ? 'ready' : 'failed',
      models: found.missing_models,
      types: found.missing_types,
      message: found.message,
    });
  } catch (error) {
    setCheck(of, { ...NONE, ...about, state: 'failed', message: wordsOf(error) });
  }
}

function setCheck(of: Template, result: Check): void {
  templates.setState(({ checks }) => ({ checks: new Map([...checks, [keyOf(of), result]]) }));
}

// Models came or went, or a pack: what is missing may have changed.
catalog.subscribe((state, before) => {
  if (state.types !== before.types && templates.getState().templates !== null) void loadTemplates();
});

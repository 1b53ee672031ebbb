// Workflows to begin with, and whether each can run here: which models and node types are found.

import { createStore } from 'zustand/vanilla';
import { call } from '../../api/call';
import { api, wordsOf } from '../../api/client';
import type { MissingModel, MissingType } from '../../api/types';
import { asObject, type JsonObject } from '../../core/json';
import { catalog } from '../../stores/catalog';

export interface Template {
  readonly pack: string;
  readonly name: string;
  readonly title: string;
  readonly picture: string;
}

export type { MissingModel };

export interface Check {
  readonly state: 'asking' | 'ready' | 'missing' | 'failed';
  readonly models: readonly MissingModel[];
  readonly types: readonly MissingType[];
  readonly message: string;
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

export const keyOf = ({ pack, name }: Pick<Template, 'pack' | 'name'>) => `${pack}/${name}`;
const address = ({ pack, name }: Pick<Template, 'pack' | 'name'>) =>
  `/workflow_templates/${encodeURIComponent(pack)}/${name.split('/').map(encodeURIComponent).join('/')}`;

export async function loadTemplates(): Promise<void> {
  try {
    const packs = await api.get<Record<string, readonly string[]>>('/workflow_templates');
    const found = Object.entries(packs).flatMap(([pack, names]) => names.map((name) => template(pack, name)));
    found.sort((a, b) => rank(a) - rank(b));
    templates.setState({ templates: found, error: '' });
    // One at a time: nobody waits for them, and a run may begin meanwhile.
    for (const each of found) await check(each);
  } catch (error) {
    templates.setState({ error: wordsOf(error) });
  }
}

function template(pack: string, name: string): Template {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return {
    pack,
    name,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    picture: `${address({ pack, name })}.jpg`,
  };
}

function rank({ name }: Template): number {
  const place = FIRST.indexOf(name);
  return place < 0 ? FIRST.length : place;
}

export async function readTemplate(of: Pick<Template, 'pack' | 'name'>): Promise<JsonObject> {
  const raw = asObject(await api.get(`${address(of)}.json`));
  if (raw === null) throw new SyntaxError('not an object');
  return raw;
}

const NONE = { models: [], types: [], message: '' } as const;

async function check(of: Template): Promise<void> {
  setCheck(of, { ...NONE, state: 'asking' });
  try {
    const workflow = await readTemplate(of);
    const found = await call('POST /api/v1/workflows/validate', { body: { workflow } });
    const isMissing = found.missing_models.length + found.missing_types.length > 0;
    setCheck(of, {
      state: isMissing ? 'missing' : found.valid ? 'ready' : 'failed',
      models: found.missing_models,
      types: found.missing_types,
      message: found.message,
    });
  } catch (error) {
    setCheck(of, { ...NONE, state: 'failed', message: wordsOf(error) });
  }
}

function setCheck(of: Template, result: Check): void {
  templates.setState(({ checks }) => ({ checks: new Map([...checks, [keyOf(of), result]]) }));
}

// Models came or went, or a pack: what is missing may have changed.
catalog.subscribe((state, before) => {
  if (state.types !== before.types && templates.getState().templates !== null) void loadTemplates();
});

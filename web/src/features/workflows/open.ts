// Opening: whatever holds a workflow becomes a tab of its own; what is open already is shown instead.

import { call } from '../../api/call';
import { ApiError, wordsOf } from '../../api/client';
import { readTemplate, type TemplateId, titleOfTemplate } from '../../api/templates';
import { imageTaker } from '../../app/images';
import { fromApi, isApiPrompt } from '../../core/api';
import { asArray, asObject, type Json, type JsonObject, parseJson, stringifyJson } from '../../core/json';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { activateTab, activeTab, nameOf, openTab, type Tab, tabs } from '../../stores/tabs';
import { toast } from '../../ui/Toast';
import { readFile, toDocument } from './files';

const MOST_BYTES = 256 * 2 ** 20;
const EMPTY: JsonObject = {
  last_node_id: 0,
  last_link_id: 0,
  nodes: [],
  links: [],
  groups: [],
  config: {},
  extra: {},
  version: 0.4,
};

export function newWorkflow(): Tab {
  return openTab(EMPTY, { name: t('workflows.untitled') });
}

export function isCanvasFormat(raw: JsonObject): boolean {
  return asArray(raw['nodes']) !== null;
}

/** The canvas document in what was read; API files are laid out. Throws with a reason for the user. */
function documentIn(raw: JsonObject): { raw: JsonObject; isFromApi: boolean } {
  if (isCanvasFormat(raw)) return { raw, isFromApi: false };
  const inner = asObject(raw['workflow']);
  if (inner !== null && isCanvasFormat(inner)) return { raw: inner, isFromApi: false };
  const prompt = isApiPrompt(raw) ? raw : asObject(raw['prompt']);
  if (prompt !== null && isApiPrompt(prompt))
    return { raw: fromApi(prompt, catalog.getState().types), isFromApi: true };
  throw new Error(t('workflows.noneInside'));
}

export function openDocument(
  raw: JsonObject,
  name: string,
  path: string | null = null,
  revision: string | null = null,
) {
  const found = documentIn(raw);
  const text = stringifyJson(found.raw);
  const same = tabs
    .getState()
    .tabs.find((tab) => (path === null ? stringifyJson(tab.doc.save()) === text : tab.path === path));
  if (same !== undefined) {
    activateTab(same.id);
    const isSameText = stringifyJson(same.doc.save()) === text;
    toast({
      title: t('workflows.isOpen', { name: same.name }),
      ...(isSameText ? {} : { text: t('workflows.isOpenChanged') }),
      action: { label: t('workflows.openCopy'), run: () => openTab(found.raw, { name, isDirty: true }) },
      key: 'is-open',
    });
    return same;
  }
  return openTab(found.raw, { name, path, revision, isImportedFromApi: found.isFromApi });
}

/** Tell the user why something could not be opened. */
async function opening(name: string, open: () => Promise<unknown>): Promise<void> {
  try {
    await open();
  } catch (error) {
    const words = error instanceof SyntaxError ? t('workflows.notJson') : wordsOf(error);
    toast({ kind: 'error', title: t('workflows.openFailed', { name }), text: words });
  }
}

export function openServerFile(path: string): Promise<void> {
  return opening(path, async () => {
    const { raw, revision } = await readFile(path);
    openDocument(raw, nameOf(path), path, revision);
  });
}

export function openTemplate(template: TemplateId): Promise<void> {
  return opening(template.name, async () =>
    openDocument(await readTemplate(template), titleOfTemplate(template.name)),
  );
}

/** A file of the user's machine: JSON as it is; of pictures and all else the server reads the workflow out. */
export function openLocalFile(file: File, at: Point | null = null): Promise<void> {
  return opening(file.name, async () => {
    if (file.size > MOST_BYTES) throw new Error(t('workflows.tooLarge'));
    const name = file.name.replace(/\.[^.]+$/, '');
    if (/\.json$/i.test(file.name) || file.type === 'application/json') {
      openDocument(toDocument(await file.text()), name);
      return;
    }
    const embedded = await readEmbedded(file).catch((error: unknown) => {
      const take =
        at === null || activeTab() === null || !file.type.startsWith('image/') ? null : imageTaker();
      if (take === null || !(error instanceof ApiError) || error.isOffline) throw error;
      return take(file, at ?? { x: 0, y: 0 }).then(() => null);
    });
    if (embedded !== null) openDocument(embedded, name);
  });
}

async function readEmbedded(file: File): Promise<JsonObject> {
  // Of texts the content tells: what A1111 writes into `.txt`.
  const isText = file.type === '' || file.type.startsWith('text/');
  const body = isText ? file.slice(0, file.size, 'application/octet-stream') : file;
  const read = await call('POST /api/v1/convert', { body });
  return asObject(read.extra['workflow']) ?? read.prompt;
}

/** What A1111 and its kin write under a picture: the prompt, and a line of settings. */
function isParameters(text: string): boolean {
  return /(^|\n)Steps: \d+, /.test(text) && /\b(Sampler|CFG scale|Seed): /.test(text);
}

/** Text that was pasted or dropped: opened if it is a workflow; false if it is something else. */
export function openText(text: string, name: string): boolean {
  if (isParameters(text)) {
    void openLocalFile(new File([text], `${name}.txt`, { type: 'application/octet-stream' }));
    return true;
  }
  let raw: Json;
  try {
    raw = parseJson(text);
  } catch {
    return false;
  }
  const record = asObject(raw);
  if (record === null || !(isCanvasFormat(record) || isApiPrompt(record) || record['workflow'] !== undefined))
    return false;
  void opening(name, async () => openDocument(record, name));
  return true;
}

/** Ask for files. */
export function chooseFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept =
    '.json,.png,.webp,.jpg,.jpeg,.avif,.mp4,.webm,.mp3,.flac,.svg,.glb,.safetensors,.latent,.txt,application/json';
  input.onchange = () => {
    for (const file of input.files ?? []) void openLocalFile(file);
    input.remove();
  };
  input.oncancel = () => input.remove();
  // In the page while the user chooses: an input that nobody holds may be collected, and tells nothing then.
  input.hidden = true;
  document.body.append(input);
  input.click();
}

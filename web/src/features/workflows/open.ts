// Opening: whatever holds a workflow becomes a tab of its own; what is open already is shown instead.

import { call } from '../../api/call';
import { ApiError } from '../../api/client';
import { readTemplate, type TemplateId, titleOfTemplate } from '../../api/templates';
import { fetchFile, toDocument } from '../../api/workflows';
import { imageTaker } from '../../app/images';
import { openDocument, whyNotOpened } from '../../app/open';
import { isStop, type Opening, withNote } from '../../app/opening';
import { isApiPrompt, isCanvasFormat } from '../../core/formats';
import { asObject, type JsonObject, parseJson } from '../../core/json';
import { checkFile, checkLength } from '../../core/limits';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { activeTab, nameOf, openTab, type Tab } from '../../stores/tabs';
import { toast } from '../../ui/Toast';
import { fetchOwnFile, type OwnFile } from './address';
import { isPicture, whyNoPicture } from './no-picture';

const MOST_PARAMETERS = 1_000_000;
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

/** Tell the user what is being opened, if it takes long, and why something could not be. */
async function telling(name: string, open: (opening: Opening) => Promise<unknown>): Promise<void> {
  try {
    await withNote(name, open);
  } catch (error) {
    if (isStop(error)) return;
    toast({ kind: 'error', title: t('workflows.openFailed', { name }), text: whyNotOpened(error) });
  }
}

export function openServerFile(path: string): Promise<void> {
  return telling(nameOf(path), async (opening) => {
    const { text, revision } = await fetchFile(path, opening.signal);
    const raw = await read(text, opening);
    await openDocument(raw, { name: nameOf(path), path, revision }, opening);
  });
}

export function openTemplate(template: TemplateId): Promise<void> {
  const name = titleOfTemplate(template.name);
  return telling(name, async (opening) => openDocument(await readTemplate(template), { name }, opening));
}

/** A file of the user's machine: JSON as it is; of pictures and all else the server reads the workflow out. */
export function openLocalFile(file: File, at: Point | null = null): Promise<void> {
  return telling(file.name, async (opening) => {
    const name = file.name.replace(/\.[^.]+$/, '');
    if (/\.json$/i.test(file.name) || file.type === 'application/json') {
      checkLength(file.size);
      await openDocument(await read(await file.text(), opening), { name }, opening);
      return;
    }
    checkFile(file.size);
    const embedded = await readEmbedded(file, opening.signal).catch(async (error: unknown) => {
      const isOther = error instanceof ApiError && error.type === 'invalid_file';
      if (isOther && (at === null || !(await isPicture(file)))) throw new Error(await whyNoPicture(file));
      const take =
        at === null || activeTab() === null || !file.type.startsWith('image/') ? null : imageTaker();
      if (take === null || !(error instanceof ApiError) || error.isOffline) throw error;
      return take(file, at ?? { x: 0, y: 0 }).then(() => null);
    });
    if (embedded !== null) await openDocument(embedded, { name }, opening);
  });
}

/** A file that the server has already, by its address: read whole, and opened as one of the user's machine. */
export async function openOwnFile(own: OwnFile, at: Point | null = null): Promise<void> {
  let file: File | null = null;
  await telling(
    'query' in own ? (own.query['filename'] ?? '') : t('workflows.dropped'),
    async ({ signal }) => {
      file = await fetchOwnFile(own, signal);
    },
  );
  if (file !== null) await openLocalFile(file, at);
}

async function read(text: string, opening: Opening): Promise<JsonObject> {
  await opening.begin('read', { letters: text.length });
  return toDocument(text);
}

async function readEmbedded(file: File, signal: AbortSignal): Promise<JsonObject> {
  // Of texts the content tells: what A1111 writes into `.txt`.
  const isText = file.type === '' || file.type.startsWith('text/');
  const body = isText ? file.slice(0, file.size, 'application/octet-stream') : file;
  const { extra, prompt } = await call('POST /api/v1/convert', { body, signal });
  return asObject(extra['workflow']) ?? prompt;
}

/** What A1111 and its kin write under a picture: the prompt, and a line of settings. */
function isParameters(text: string): boolean {
  return /(^|\n)Steps: \d+, /.test(text) && /\b(Sampler|CFG scale|Seed): /.test(text);
}

/** Text that was pasted or dropped: opened if it is a workflow, told if it is too large; false if it is something else. */
export function openText(text: string, name: string): boolean {
  if (text.length <= MOST_PARAMETERS && isParameters(text)) {
    void openLocalFile(new File([text], `${name}.txt`, { type: 'application/octet-stream' }));
    return true;
  }
  if (!/^\s*\{/.test(text)) return false;
  let record: JsonObject | null;
  try {
    checkLength(text.length);
    record = asObject(parseJson(text));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    void telling(name, () => Promise.reject(error));
    return true;
  }
  if (record === null || !(isCanvasFormat(record) || isApiPrompt(record) || record['workflow'] !== undefined))
    return false;
  const raw = record;
  void telling(name, (opening) => openDocument(raw, { name }, opening));
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

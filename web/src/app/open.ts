// Opening a workflow, wherever it comes from: nothing that is too large to show, nothing twice. What is open already is
// shown instead, and another copy offered.

import { wordsOf } from '../api/client';
import { readJobWorkflow } from '../api/jobs';
import { holdsSame } from '../core/alike';
import type { Catalog } from '../core/catalog';
import { isApiPrompt, isCanvasFormat } from '../core/formats';
import { asObject, type JsonObject } from '../core/json';
import { checkSize, MOST, TooLarge } from '../core/limits';
import { t } from '../i18n/t';
import { catalog } from '../stores/catalog';
import { activateTab, openTab, type Tab, tabs } from '../stores/tabs';
import { toast } from '../ui/Toast';
import { later } from './lazily';
import { pause } from './pause';

export interface OpenedAs {
  readonly name: string;
  /** Its file on the server; a tab of that file is the same whatever is in it. */
  readonly path?: string | null;
  readonly revision?: string | null;
  /** It has no file that it could be had from again. */
  readonly isDirty?: boolean;
}

const layouts = later(() => import('../core/api'));

/** What is in the format of runs as a canvas document. */
export async function layOut(prompt: JsonObject, types: Catalog): Promise<JsonObject> {
  const { fromApi } = await layouts.get();
  await pause();
  return fromApi(prompt, types);
}

/** The canvas document in what was read; what is in the format of runs is laid out. Throws with a reason for the user. */
async function readDocument(raw: JsonObject): Promise<{ raw: JsonObject; isFromApi: boolean }> {
  try {
    checkSize(raw);
  } catch (error) {
    throw new Error(whyNotOpened(error));
  }
  if (isCanvasFormat(raw)) return { raw, isFromApi: false };
  const inner = asObject(raw['workflow']);
  if (inner !== null && isCanvasFormat(inner)) return { raw: inner, isFromApi: false };
  const prompt = isApiPrompt(raw) ? raw : asObject(raw['prompt']);
  if (prompt !== null && isApiPrompt(prompt))
    return { raw: await layOut(prompt, catalog.getState().types), isFromApi: true };
  throw new Error(t('workflows.noneInside'));
}

/** A tab of it, or the one that has it open. Throws if it is no workflow, or too large. */
export async function openDocument(
  raw: JsonObject,
  { name, path = null, revision = null, isDirty }: OpenedAs,
): Promise<Tab> {
  const found = await readDocument(raw);
  await pause();
  const same = tabs
    .getState()
    .tabs.find((tab) => (path === null ? holdsSame(tab.doc, found.raw) : tab.path === path));
  if (same === undefined) {
    const isImportedFromApi = found.isFromApi;
    return openTab(found.raw, { name, path, revision, isImportedFromApi, isDirty: isDirty ?? false });
  }
  activateTab(same.id);
  toast({
    title: t('workflows.isOpen', { name: same.name }),
    ...(holdsSame(same.doc, found.raw) ? {} : { text: t('workflows.isOpenChanged') }),
    action: {
      label: t('workflows.openCopy'),
      run: () => openTab(found.raw, { name, isDirty: true, isImportedFromApi: found.isFromApi }),
    },
    key: 'is-open',
  });
  return same;
}

/** A tab of its own, whatever is open. Throws if it is no workflow, or too large. */
export async function openAnew(
  raw: JsonObject,
  { name, path = null, revision = null, isDirty }: OpenedAs,
): Promise<Tab> {
  const found = await readDocument(raw);
  const isImportedFromApi = found.isFromApi;
  return openTab(found.raw, { name, path, revision, isImportedFromApi, isDirty: isDirty ?? false });
}

/** The workflow of a job: as its document was, or, of one that was given in the format of runs, laid out. */
export async function openJobWorkflow(jobId: string, name: string): Promise<void> {
  const { workflow, prompt } = await readJobWorkflow(jobId);
  await openDocument(workflow ?? prompt, { name, isDirty: true });
}

/** Why something could not be opened, for people. */
export function whyNotOpened(error: unknown): string {
  if (error instanceof TooLarge) return limitWords(error);
  // A text that is nested too deep for the browser's own reading.
  if (error instanceof RangeError) return t('limit.levels', { most: MOST.levels });
  return error instanceof SyntaxError ? t('workflows.notJson') : wordsOf(error);
}

function limitWords({ limit, found }: TooLarge): string {
  const inBytes = limit === 'letters' || limit === 'file';
  const words = (number: number, round: (value: number) => number) =>
    (inBytes ? round(number / 2 ** 20) : number).toLocaleString();
  const downTo = (value: number) => Math.floor(value * 10) / 10;
  return t(`limit.${limit}`, { found: words(found, Math.ceil), most: words(MOST[limit], downTo) });
}

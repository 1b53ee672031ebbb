// Opening a workflow, wherever it comes from: nothing that is too large to show, nothing twice. What is open already is
// shown instead, and another copy offered.

import { wordsOf } from '../api/client';
import { readJobWorkflow } from '../api/jobs';
import { holdsSame } from '../core/alike';
import { BrokenJson } from '../core/broken';
import type { Catalog } from '../core/catalog';
import { GraphDoc } from '../core/doc';
import { isApiPrompt, isCanvasFormat } from '../core/formats';
import { asArray, asObject, type JsonObject } from '../core/json';
import { checkSize, MOST, TooLarge } from '../core/limits';
import { prepareScene } from '../engine/prepared';
import { t } from '../i18n/t';
import { catalog } from '../stores/catalog';
import { activateTab, openTab, type Tab, tabs } from '../stores/tabs';
import { toast } from '../ui/Toast';
import { later } from './lazily';
import { type Opening, withNote } from './opening';
import { pause } from './pause';
import { view } from './view';

export interface OpenedAs {
  readonly name: string;
  /** Its file on the server; a tab of that file is the same whatever is in it. */
  readonly path?: string | null;
  readonly revision?: string | null;
  /** It has no file that it could be had from again. */
  readonly isDirty?: boolean;
}

/** Nodes and links whose places are found out before they are shown, and in parts: fewer take no time to speak of. */
const MANY = 3000;
/** About as many links lead to a node. */
const LINKS_OF_NODE = 3;

const layouts = later(() => import('../core/api'));

/** What is in the format of runs as a canvas document. */
export async function layOut(prompt: JsonObject, types: Catalog): Promise<JsonObject> {
  const { fromApi } = await layouts.get();
  await pause();
  return fromApi(prompt, types);
}

interface Found {
  readonly raw: JsonObject;
  readonly isFromApi: boolean;
}

/** The canvas document in what was read; what is in the format of runs is laid out. Throws with a reason for the user. */
async function readDocument(raw: JsonObject, opening: Opening): Promise<Found> {
  await opening.begin('read', { part: 0.6 });
  try {
    checkSize(raw);
  } catch (error) {
    throw new Error(whyNotOpened(error));
  }
  if (isCanvasFormat(raw)) return { raw, isFromApi: false };
  const inner = asObject(raw['workflow']);
  if (inner !== null && isCanvasFormat(inner)) return { raw: inner, isFromApi: false };
  const prompt = isApiPrompt(raw) ? raw : asObject(raw['prompt']);
  if (prompt !== null && isApiPrompt(prompt)) {
    await opening.begin('layOut', { parts: LINKS_OF_NODE * Object.keys(prompt).length });
    return { raw: await layOut(prompt, catalog.getState().types), isFromApi: true };
  }
  throw new Error(t('workflows.noneInside'));
}

/** The document of it, with all that is needed to show it. */
async function build({ raw }: Found, opening: Opening): Promise<GraphDoc> {
  const parts = (asArray(raw['nodes'])?.length ?? 0) + (asArray(raw['links'])?.length ?? 0);
  await opening.begin('build', { parts });
  const doc = new GraphDoc(raw);
  if (parts < MANY) return doc;
  await opening.begin('draw', { parts });
  const rest = (part: number) => opening.begin('draw', { parts, part });
  await prepareScene(doc, catalog.getState().types, view.preferences.linkStyle, rest);
  return doc;
}

/**
 * A tab of it, or the one that has it open. Throws if it is no workflow, or too large, or the user wants no more of it
 * (`isStop`).
 *
 * @param opening where the user is told of it already
 */
export function openDocument(raw: JsonObject, as: OpenedAs, opening?: Opening): Promise<Tab> {
  return opening === undefined
    ? withNote(as.name, (own) => openOnce(raw, as, own))
    : openOnce(raw, as, opening);
}

async function openOnce(
  raw: JsonObject,
  { name, path = null, revision = null, isDirty }: OpenedAs,
  opening: Opening,
): Promise<Tab> {
  const found = await readDocument(raw, opening);
  await pause();
  const findSame = () =>
    tabs.getState().tabs.find((tab) => (path === null ? holdsSame(tab.doc, found.raw) : tab.path === path));
  let same = findSame();
  if (same === undefined) {
    const isImportedFromApi = found.isFromApi;
    const doc = await build(found, opening);
    // Meanwhile the same may have been opened once more: by a double click.
    same = findSame();
    if (same === undefined)
      return openTab(doc, { name, path, revision, isImportedFromApi, isDirty: isDirty ?? false });
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
  return withNote(name, async (opening) => {
    const found = await readDocument(raw, opening);
    const isImportedFromApi = found.isFromApi;
    const doc = await build(found, opening);
    return openTab(doc, { name, path, revision, isImportedFromApi, isDirty: isDirty ?? false });
  });
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
  if (error instanceof BrokenJson) return breakWords(error);
  return error instanceof SyntaxError ? t('workflows.notJson') : wordsOf(error);
}

function breakWords({ line, column, found, isCut }: BrokenJson): string {
  if (isCut && line === 1 && column === 1) return t('workflows.empty');
  if (isCut) return t('workflows.cutOff', { line, column });
  return found === ''
    ? t('workflows.brokenLine', { line, column })
    : t('workflows.broken', { line, column, found });
}

function limitWords({ limit, found }: TooLarge): string {
  const inBytes = limit === 'letters' || limit === 'file';
  const words = (number: number, round: (value: number) => number) =>
    (inBytes ? round(number / 2 ** 20) : number).toLocaleString();
  const downTo = (value: number) => Math.floor(value * 10) / 10;
  return t(`limit.${limit}`, { found: words(found, Math.ceil), most: words(MOST[limit], downTo) });
}

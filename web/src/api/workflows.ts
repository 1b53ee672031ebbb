// Workflow files on the server: the user's own, each save of them a version, and the ones to begin with.

import { asObject, type JsonObject, parseJson } from '../core/json';
import { checkLength } from '../core/limits';
import { call } from './call';
import { ApiError, request } from './client';
import type { TrashedFile, Version, WorkflowFile, WorkflowList } from './types';

export type { TrashedFile, Version, WorkflowFile };

const FILES = '/api/v1/workflows/files';
const address = (name: string) => `${FILES}/${encodeURIComponent(name)}`;

export async function listFiles(): Promise<WorkflowList> {
  const { files, folders, favourites } = await call('GET /api/v1/workflows/files');
  const isShown = (name: string) => !name.split('/').some((part) => part.startsWith('.'));
  return { files: files.filter(({ name }) => isShown(name)), folders: folders.filter(isShown), favourites };
}

interface FetchedFile {
  readonly text: string;
  readonly revision: string | null;
}

/** The text of a file, for `toDocument`, which takes its time where it is long. Throws `TooLarge`. */
export async function fetchFile(name: string, signal?: AbortSignal): Promise<FetchedFile> {
  const response = await request('GET', address(name), signal === undefined ? {} : { signal });
  try {
    checkLength(Number(response.headers.get('Content-Length') ?? 0));
  } catch (error) {
    void response.body?.cancel();
    throw error;
  }
  return { text: await response.text(), revision: revisionIn(response) };
}

export async function readFile(name: string): Promise<{ raw: JsonObject; revision: string | null }> {
  const { text, revision } = await fetchFile(name);
  return { raw: toDocument(text), revision };
}

function revisionIn(response: Response): string | null {
  return response.headers.get('ETag')?.replace(/^W\//, '').replace(/^"|"$/g, '') ?? null;
}

/** What must be at a name for a save to be done: the revision that was read, nothing at all, or no matter what. */
export type Expected = { readonly revision: string } | 'nothing' | 'anything';

/** Save; the revision from now on. Throws an `ApiError` of status 412 if something else is there than was expected. */
export async function writeFile(name: string, text: string, expected: Expected): Promise<string | null> {
  const headers: Record<string, string> =
    expected === 'anything'
      ? {}
      : expected === 'nothing'
        ? { 'If-None-Match': '*' }
        : { 'If-Match': `"${expected.revision}"` };
  const body = new Blob([text], { type: 'application/json' });
  return revisionIn(await request('PUT', address(name), { headers, body }));
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** Whether a change was refused because what should be changed is not there any more. */
export function isGone(error: unknown): boolean {
  return isConflict(error) && error instanceof ApiError && error.extra['current'] === null;
}

/** Move a file to the trash; its place there. */
export async function deleteFile(name: string): Promise<string> {
  return (await call('DELETE /api/v1/workflows/files/{name}', { path: { name } })).trash_id;
}

export async function moveFile(name: string, to: string): Promise<void> {
  await call('POST /api/v1/workflows/files/{name}/move', { path: { name }, body: { to } });
}

export async function copyFile(name: string, to: string): Promise<void> {
  await call('POST /api/v1/workflows/files/{name}/copy', { path: { name }, body: { to } });
}

export async function markFavourite(name: string, favourite: boolean): Promise<void> {
  await call('POST /api/v1/workflows/files/{name}/mark', { path: { name }, body: { favourite } });
}

// -- folders ---------------------------------------------------------------------------------------------------------

export async function makeFolder(name: string): Promise<void> {
  await call('POST /api/v1/workflows/folders', { body: { name } });
}

export async function moveFolder(name: string, to: string): Promise<void> {
  await call('POST /api/v1/workflows/folders/{name}/move', { path: { name }, body: { to } });
}

/** Move all that is in a folder to the trash; the places there. */
export async function deleteFolder(name: string): Promise<readonly string[]> {
  return (await call('DELETE /api/v1/workflows/folders/{name}', { path: { name } })).trash_ids;
}

// -- the trash -------------------------------------------------------------------------------------------------------

export async function listTrash(): Promise<readonly TrashedFile[]> {
  return (await call('GET /api/v1/workflows/trash')).files;
}

export async function takeBack(trashId: string): Promise<WorkflowFile> {
  return call('POST /api/v1/workflows/trash/{trash_id}/restore', { path: { trash_id: trashId } });
}

export async function removeForGood(trashId: string): Promise<void> {
  await call('DELETE /api/v1/workflows/trash/{trash_id}', { path: { trash_id: trashId } });
}

export async function emptyTrash(): Promise<void> {
  await call('DELETE /api/v1/workflows/trash');
}

// -- versions --------------------------------------------------------------------------------------------------------

export async function labelVersion(name: string, id: number, label: string): Promise<Version> {
  return call('PATCH /api/v1/workflows/files/{name}/versions/{version_id}', {
    path: { name, version_id: id },
    body: { label },
  });
}

export async function listVersions(name: string): Promise<readonly Version[]> {
  return (await call('GET /api/v1/workflows/files/{name}/versions', { path: { name } })).versions;
}

export async function readVersion(name: string, id: number): Promise<JsonObject> {
  return toDocument(await (await request('GET', `${address(name)}/versions/${id}`)).text());
}

/** The object that a file holds. Throws `TooLarge`, or `SyntaxError` if it is none. */
export function toDocument(text: string): JsonObject {
  checkLength(text.length);
  const raw = asObject(parseJson(text));
  if (raw === null) throw new SyntaxError('not an object');
  return raw;
}

// Workflow files on the server: the user's own, each save of them a version, and the ones to begin with.

import { ApiError, api, request } from '../../api/client';
import { asObject, type JsonObject, parseJson } from '../../core/json';

export interface WorkflowFile {
  /** Below `workflows`: `portraits/red.json`. */
  readonly name: string;
  readonly size: number;
  readonly modified: number;
  readonly nodes: number | null;
  readonly revision: string;
}

export interface Version {
  readonly id: number;
  readonly saved_at: number;
  readonly nodes: number | null;
  readonly revision: string;
  readonly origin: 'saved' | 'restored' | 'found';
  /** What changed since the version before, in the server's words. */
  readonly changes: { readonly text: string };
}

export interface Template {
  readonly pack: string;
  readonly name: string;
  readonly picture: string;
}

const FILES = '/api/v1/workflows/files';
const address = (name: string) => `${FILES}/${encodeURIComponent(name)}`;

export async function listFiles(): Promise<readonly WorkflowFile[]> {
  const { files } = await api.get<{ files: readonly WorkflowFile[] }>(FILES);
  return files.filter((file) => !file.name.startsWith('.'));
}

export async function readFile(name: string): Promise<{ raw: JsonObject; revision: string | null }> {
  const response = await request('GET', address(name));
  return { raw: toDocument(await response.text()), revision: revisionIn(response) };
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

export async function deleteFile(name: string): Promise<void> {
  await request('DELETE', address(name));
}

export async function moveFile(name: string, to: string): Promise<void> {
  await api.post(`${address(name)}/move`, { to });
}

export async function listVersions(name: string): Promise<readonly Version[]> {
  return (await api.get<{ versions: readonly Version[] }>(`${address(name)}/versions`)).versions;
}

export async function readVersion(name: string, id: number): Promise<JsonObject> {
  return toDocument(await (await request('GET', `${address(name)}/versions/${id}`)).text());
}

export async function listTemplates(): Promise<Template[]> {
  const packs = await api.get<Record<string, readonly string[]>>('/workflow_templates');
  return Object.entries(packs).flatMap(([pack, names]) =>
    names.map((name) => ({
      pack,
      name,
      picture: `/workflow_templates/${encodeURIComponent(pack)}/${encodeURIComponent(name)}.jpg`,
    })),
  );
}

export async function readTemplate({ pack, name }: Pick<Template, 'pack' | 'name'>): Promise<JsonObject> {
  const path = `/workflow_templates/${encodeURIComponent(pack)}/${encodeURIComponent(name)}.json`;
  return toDocument(await (await request('GET', path)).text());
}

export function toDocument(text: string): JsonObject {
  const raw = asObject(parseJson(text));
  if (raw === null) throw new SyntaxError('not an object');
  return raw;
}

/** A template's file name as a title: `text_to_image` is "Text to image". */
export function titleOfName(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

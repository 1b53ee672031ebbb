// Workflow files on the server: the user's own, below `workflows`, and the ones to begin with.

import { api, request } from '../../api/client';
import { asObject, type JsonObject, parseJson } from '../../core/json';

export interface WorkflowFile {
  /** Below `workflows`: `portraits/red.json`. */
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

export interface Template {
  readonly pack: string;
  readonly name: string;
  readonly picture: string;
}

const FOLDER = 'workflows';

function address(path: string): string {
  return `/userdata/${encodeURIComponent(`${FOLDER}/${path}`)}`;
}

export async function listFiles(): Promise<WorkflowFile[]> {
  const files = await api.get<WorkflowFile[]>('/userdata', {
    query: { dir: FOLDER, recurse: true, full_info: true },
  });
  return files.filter((file) => file.path.endsWith('.json') && !file.path.startsWith('.'));
}

export async function readFile(path: string): Promise<{ raw: JsonObject; revision: string | null }> {
  const response = await request('GET', address(path));
  return { raw: toDocument(await response.text()), revision: response.headers.get('ETag') };
}

/** Write a file; the ETag that it has from now on. Refused with 409 if it exists and may not be overwritten. */
export async function writeFile(path: string, text: string, overwrites: boolean): Promise<string | null> {
  await request('POST', address(path), {
    query: { overwrite: overwrites, full_info: true },
    body: new Blob([text], { type: 'application/json' }),
  });
  return readRevision(path);
}

/** What the file is now; null if there is none. */
export async function readRevision(path: string): Promise<string | null> {
  try {
    const response = await request('HEAD', address(path));
    return response.headers.get('ETag');
  } catch {
    return null;
  }
}

export async function deleteFile(path: string): Promise<void> {
  await request('DELETE', address(path));
}

export async function moveFile(path: string, to: string): Promise<void> {
  const target = encodeURIComponent(`${FOLDER}/${to}`);
  await request('POST', `${address(path)}/move/${target}`, { query: { overwrite: false } });
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

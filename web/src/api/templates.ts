// Workflows to begin with: our own and those of packs.

import type { JsonObject } from '../core/json';
import { call } from './call';
import { request } from './client';
import { toDocument } from './workflows';

export interface Template {
  readonly pack: string;
  readonly name: string;
  readonly title: string;
  /** Where a picture of what it makes is; null if there is none. */
  readonly picture: string | null;
}

export type TemplateId = Pick<Template, 'pack' | 'name'>;

const address = ({ pack, name }: TemplateId) =>
  `/workflow_templates/${encodeURIComponent(pack)}/${encodeURIComponent(name)}`;

/** A template's file name as a title: `text_to_image` is "Text to image". */
export function titleOfTemplate(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export async function listTemplates(): Promise<readonly Template[]> {
  const { templates } = await call('GET /api/v1/templates');
  return templates.map(({ pack, name, has_picture }) => ({
    pack,
    name,
    title: titleOfTemplate(name),
    picture: has_picture ? `${address({ pack, name })}.jpg` : null,
  }));
}

export async function readTemplate(of: TemplateId): Promise<JsonObject> {
  return toDocument(await (await request('GET', `${address(of)}.json`)).text());
}

// How an API file, which says nothing of where nodes stand, becomes a canvas document. The part that can do it registers.

import type { Catalog } from '../core/catalog';
import type { JsonObject } from '../core/json';

export type ApiImporter = (prompt: JsonObject, catalog: Catalog) => JsonObject;

let importer: ApiImporter | null = null;

export function registerApiImporter(next: ApiImporter): void {
  importer = next;
}

export function apiImporter(): ApiImporter | null {
  return importer;
}

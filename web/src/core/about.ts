// What a workflow is about, for lists: tags that its file gives or its nodes show, and the model files that it names.

import type { Catalog, NodeType } from './catalog';
import { asArray, asObject, asString, type JsonObject } from './json';
import { shapeOf, typeNameOf } from './slots';

/** Tags that nodes show. A file may give others, in `extra.info.tags`. */
export type Tag =
  | 'text-to-image'
  | 'image-to-image'
  | 'inpainting'
  | 'upscaling'
  | 'controlnet'
  | 'lora'
  | 'audio'
  | 'video';

export interface NeededModel {
  readonly name: string;
  /** `checkpoints`, `loras`, ... */
  readonly kind: string;
  readonly isThere: boolean;
}

const takes = (type: NodeType, kind: string) => type.inputs.some((input) => input.type === kind);
const gives = (type: NodeType, kind: string) => type.outputs.some((output) => output.type === kind);
const loads = (type: NodeType, folder: string) => type.inputs.some((input) => input.choices_from === folder);

const SIGNS: readonly (readonly [Tag, (type: NodeType) => boolean])[] = [
  ['image-to-image', (type) => takes(type, 'IMAGE') && gives(type, 'LATENT')],
  ['inpainting', (type) => takes(type, 'MASK') && gives(type, 'LATENT')],
  ['upscaling', (type) => /upscale/i.test(type.type)],
  ['controlnet', (type) => gives(type, 'CONTROL_NET')],
  ['lora', (type) => loads(type, 'loras')],
  ['audio', (type) => gives(type, 'AUDIO')],
  ['video', (type) => gives(type, 'VIDEO')],
];

function nodesIn(raw: JsonObject): JsonObject[] {
  const graphs = [raw, ...(asArray(asObject(raw['definitions'])?.['subgraphs']) ?? []).map(asObject)];
  return graphs.flatMap((graph) =>
    (asArray(graph?.['nodes']) ?? []).flatMap((node) => {
      const record = asObject(node);
      return record === null ? [] : [record];
    }),
  );
}

/** What nodes show first, then what the file says. */
export function tagsOf(raw: JsonObject, catalog: Catalog): string[] {
  const types = nodesIn(raw).flatMap((node) => catalog.get(typeNameOf(node)) ?? []);
  const shown: string[] = SIGNS.filter(([, isShown]) => types.some(isShown)).map(([tag]) => tag);
  const isSampled = types.some((type) => takes(type, 'LATENT') && takes(type, 'MODEL'));
  if (isSampled && !shown.includes('image-to-image') && !shown.includes('inpainting'))
    shown.unshift('text-to-image');
  const said = asArray(asObject(asObject(raw['extra'])?.['info'])?.['tags']) ?? [];
  return [...new Set([...shown, ...said.flatMap((tag) => asString(tag)?.trim() || [])])];
}

export function modelsOf(raw: JsonObject, catalog: Catalog): NeededModel[] {
  const found = new Map<string, NeededModel>();
  for (const node of nodesIn(raw)) {
    for (const { input, value } of shapeOf(node, catalog).widgets) {
      const kind = input?.choices_from ?? null;
      if (input === null || kind === null || input.image_upload || typeof value !== 'string') continue;
      if (kind === 'input' || kind === 'output' || value === '') continue;
      const isThere = input.choices?.includes(value) ?? false;
      found.set(`${kind}/${value}`, { name: value, kind, isThere });
    }
  }
  return [...found.values()];
}

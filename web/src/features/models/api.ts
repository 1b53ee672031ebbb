// Model files as /api/v1/models describes them.

import { api, urlOf } from '../../api/client';

export interface ModelFile {
  readonly name: string;
  readonly size_bytes: number;
  readonly modified_at: number;
  readonly has_picture: boolean;
}

export interface ModelFolder {
  readonly kind: string;
  readonly files: readonly ModelFile[];
}

export interface ModelDetails extends ModelFile {
  readonly kind: string;
  readonly family: string;
  readonly tensors: number | null;
  readonly parameters: number | null;
  readonly dtypes: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly sha256: string | null;
  readonly problem: string;
}

const address = (kind: string, name: string) =>
  `/api/v1/models/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;

export async function listModels(): Promise<readonly ModelFolder[]> {
  return (await api.get<{ folders: readonly ModelFolder[] }>('/api/v1/models')).folders;
}

export const readModel = (kind: string, name: string) => api.get<ModelDetails>(address(kind, name));

export const pictureOf = (kind: string, name: string) => urlOf(`${address(kind, name)}/picture`);

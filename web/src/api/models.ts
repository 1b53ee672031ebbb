// Model files as /api/v1/models describes them.

import { call } from './call';
import { urlOf } from './client';
import type { ModelDetails, ModelFile, ModelFolder } from './types';

export type { ModelDetails, ModelFile, ModelFolder };

const address = (kind: string, name: string) =>
  `/api/v1/models/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;

export async function listModels(): Promise<readonly ModelFolder[]> {
  return (await call('GET /api/v1/models')).folders;
}

export const readModel = (kind: string, name: string): Promise<ModelDetails> =>
  call('GET /api/v1/models/{kind}/{name}', { path: { kind, name } });

export const pictureOf = (kind: string, name: string) => urlOf(`${address(kind, name)}/picture`);

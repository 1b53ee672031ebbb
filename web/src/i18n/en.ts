// All texts that a user reads, put together from one file for each part of the application.

import { canvas } from './en/canvas';
import { drafts } from './en/drafts';
import { edit } from './en/edit';
import { files } from './en/files';
import { gallery } from './en/gallery';
import { graph } from './en/graph';
import { mask } from './en/mask';
import { nodes } from './en/nodes';
import { results } from './en/results';
import { run } from './en/run';
import { shell } from './en/shell';
import { words } from './en/words';

export const en = {
  ...canvas,
  ...drafts,
  ...edit,
  ...files,
  ...shell,
  ...words,
  ...nodes,
  ...graph,
  ...gallery,
  ...results,
  ...mask,
  ...run,
} as const;
export type TextKey = keyof typeof en;

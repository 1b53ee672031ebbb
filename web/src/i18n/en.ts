// All texts that a user reads, put together from one file for each part of the application.

import { edit } from './en/edit';
import { graph } from './en/graph';
import { mask } from './en/mask';
import { nodes } from './en/nodes';
import { results } from './en/results';
import { run } from './en/run';
import { shell } from './en/shell';

export const en = { ...edit, ...shell, ...nodes, ...graph, ...results, ...mask, ...run } as const;
export type TextKey = keyof typeof en;

// The workflow of a job in a tab of its own.

import { readJobWorkflow } from '../api/jobs';
import { fromApi } from '../core/api';
import { catalog } from './catalog';
import { openTab } from './tabs';

/** As its document was, or, of one that was given in API format, laid out. */
export async function openJobWorkflow(jobId: string, name: string): Promise<void> {
  const { workflow, prompt } = await readJobWorkflow(jobId);
  const raw = workflow ?? fromApi(prompt, catalog.getState().types);
  openTab(raw, { name, isDirty: true, isImportedFromApi: workflow === null });
}

// Jobs: where they are, what they are, what they ran.

import { api } from './client';
import type { JobView, JobWorkflow } from './types';

export const jobPath = (id: string) => `/api/v1/jobs/${encodeURIComponent(id)}`;

export const readJob = (id: string) => api.get<JobView>(jobPath(id));

/** The prompt that ran, and the canvas document that came with it. */
export const readJobWorkflow = (id: string) => api.get<JobWorkflow>(`${jobPath(id)}/workflow`);

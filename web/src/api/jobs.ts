// Jobs: where they are, what they are, what they ran.

import { call } from './call';
import type { JobValues, JobView, JobWorkflow } from './types';

export const jobPath = (id: string) => `/api/v1/jobs/${encodeURIComponent(id)}`;

export const readJob = (id: string): Promise<JobView> =>
  call('GET /api/v1/jobs/{job_id}', { path: { job_id: id } });

/** The prompt that ran, and the canvas document that came with it. */
export const readJobWorkflow = (id: string): Promise<JobWorkflow> =>
  call('GET /api/v1/jobs/{job_id}/workflow', { path: { job_id: id } });

/** What its nodes gave, each output in a few characters. */
export const readJobValues = (id: string): Promise<JobValues> =>
  call('GET /api/v1/jobs/{job_id}/values', { path: { job_id: id } });

// Records of /api/v1, as GET /api/v1/openapi.json documents them. Only what the page reads.

import type { Json, JsonObject } from '../core/json';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface ErrorRecord {
  readonly type: string;
  readonly message: string;
  readonly details?: string;
  readonly extra_info?: JsonObject;
  readonly node_id?: string;
  readonly node_type?: string;
  readonly title?: string;
  readonly exception_type?: string;
  readonly traceback?: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface NodeErrors {
  readonly errors: readonly ErrorRecord[];
  readonly dependent_outputs: readonly string[];
  readonly class_type: string;
}

export interface JobSummary {
  readonly id: string;
  readonly state: JobState;
  readonly priority: number;
  readonly queue_position: number | null;
  readonly client_id: string;
  readonly targets: readonly string[];
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly seconds: number | null;
  readonly restarted: boolean;
  readonly deaths: number;
  readonly error: ErrorRecord | null;
  readonly url: string;
}

export interface NodeInProgress {
  readonly node_id: string;
  readonly display_id: string;
  readonly node_type: string;
  readonly value: number | null;
  readonly total: number | null;
}

export interface Progress {
  readonly fraction: number;
  readonly nodes_done: number;
  readonly nodes_total: number;
  readonly running: readonly NodeInProgress[];
  readonly seq: number;
}

export interface AssetView {
  readonly id: string;
  readonly job_id: string;
  readonly node_id: string;
  readonly key: string;
  readonly index: number;
  readonly filename: string;
  readonly subfolder: string;
  readonly kind: 'output' | 'temp' | 'input';
  readonly media_type: string;
  readonly created_at: number;
  readonly url: string;
}

export interface NodeOutput {
  readonly node_id: string;
  readonly node_type: string;
  readonly title: string;
  readonly values: Readonly<Record<string, readonly Json[]>>;
  readonly assets: readonly AssetView[];
}

export interface NodeRecord {
  readonly node_type: string;
  readonly display_id: string;
  readonly parent_id: string | null;
  readonly seconds: number;
  readonly cached: boolean;
}

export interface RunRecord {
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly device: string;
  readonly dtype: string;
  readonly seeds: Readonly<Record<string, number | bigint>>;
}

export interface Note {
  readonly node_id: string;
  readonly message: string;
  readonly input_name: string | null;
}

export interface JobView extends JobSummary {
  readonly progress: Progress | null;
  readonly outputs: readonly NodeOutput[];
  readonly nodes: Readonly<Record<string, NodeRecord>>;
  readonly cached: readonly string[];
  readonly record: RunRecord | null;
  readonly notes: readonly Note[];
  readonly node_errors: Readonly<Record<string, NodeErrors>>;
}

export interface JobPage {
  readonly jobs: readonly JobSummary[];
  readonly total: number;
  readonly next_cursor: string | null;
}

export interface JobWorkflow {
  readonly prompt: JsonObject;
  readonly workflow: JsonObject | null;
  readonly targets: readonly string[];
}

export interface QueueView {
  readonly paused: boolean;
  readonly running: readonly JobSummary[];
  readonly pending: readonly JobSummary[];
  readonly pending_total: number;
}

export interface InputError {
  readonly node_id: string;
  readonly node_type: string;
  readonly input_name: string | null;
  readonly type: string;
  readonly message: string;
  readonly details: string;
}

export type Ui = Readonly<Record<string, readonly Json[]>>;

/** What happens to a job, told apart by `type`. */
export type JobEvent =
  | { readonly type: 'hello' }
  | { readonly type: 'queued'; readonly deaths: number }
  | { readonly type: 'started'; readonly worker: number; readonly restarted: boolean }
  | { readonly type: 'nodes_cached'; readonly node_ids: readonly string[] }
  | {
      readonly type: 'node_started';
      readonly node_id: string;
      readonly node_type: string;
      readonly display_id: string;
    }
  | {
      readonly type: 'node_progress';
      readonly node_id: string;
      readonly display_id: string;
      readonly value: number;
      readonly total: number;
    }
  | { readonly type: 'node_text'; readonly node_id: string; readonly text: string }
  | {
      readonly type: 'node_finished';
      readonly node_id: string;
      readonly node_type: string;
      readonly display_id: string;
      readonly seconds: number;
      readonly ui: Ui | null;
      readonly cached: boolean;
    }
  | {
      readonly type: 'node_blocked';
      readonly node_id: string;
      readonly display_id: string;
      readonly message: string;
    }
  | { readonly type: 'succeeded'; readonly seconds: number }
  | { readonly type: 'failed'; readonly error: ErrorRecord; readonly executed: readonly string[] }
  | { readonly type: 'cancelled'; readonly node_id: string; readonly message: string };

export interface StreamedEvent {
  readonly seq: number;
  readonly job_id: string;
  readonly client_id: string;
  readonly at: number;
  readonly event: JobEvent;
}

export interface Preview {
  readonly jobId: string;
  readonly nodeId: string;
  readonly displayId: string;
  readonly blob: Blob;
}

// Records of /api/v1 under the names that the page uses. What they are is in `schema.gen.ts`, which is made from the
// server's code (`python web/tools/api_types.py`); only what the server has no record for stands here.

import type { Json } from '../core/json';
import type { JobSummary, StateTold, StreamedEvent } from './schema.gen';

export type {
  AssetDetails,
  AssetPage,
  AssetView,
  Cancelled,
  ConvertedWorkflow,
  Draft,
  ErrorRecord,
  ForecastView,
  InputErrorView as InputError,
  JobPage,
  JobSummary,
  JobValues,
  JobView,
  JobWorkflow,
  ListedDraft,
  MissingModel,
  MissingType,
  ModelDetails,
  ModelFileView as ModelFile,
  ModelFolder,
  ModelRecord as ModelUsed,
  NodeErrors,
  NodeInProgress,
  NodeOutput,
  NodeRecord,
  NoteView,
  ParentAsset,
  Progress,
  QueueView,
  Routes,
  RunRecord,
  StateTold,
  StreamedEvent,
  TrashedFile,
  UpstreamNode,
  ValidationView,
  ValueSummary,
  Version,
  WorkflowFile,
  WorkflowList,
} from './schema.gen';

export type JobState = JobSummary['state'];

/** What happens to a job, told apart by `type`. */
export type JobEvent = StreamedEvent['event'];

/** How something of the server is now, told apart by `type`. */
export type Told = StateTold['event'];

/** What a node gave to be shown, by kind (`images`, `text`, ...). */
export type Ui = Readonly<Record<string, readonly Json[]>>;

/** A picture of a run under way. */
export interface Preview {
  readonly jobId: string;
  readonly nodeId: string;
  readonly displayId: string;
  readonly blob: Blob;
}

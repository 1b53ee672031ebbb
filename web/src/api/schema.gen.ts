// Made by `python web/tools/api_types.py` from the routes of /api/v1 and their records. Never edit this file.

import type { Json, JsonObject } from '../core/json';

/** A file that a job left, and where it comes from. */
export interface AssetDetails {
  /** Its id. */
  readonly id: string;
  /**
   * The job that made it: that which wrote the file, whatever later jobs showed it again without having to
   * compute it. If it was deleted, the first of those.
   */
  readonly job_id: string;
  /** The node of its workflow that showed it. */
  readonly node_id: string;
  /** Under which key of the node's output it stands (`images`, `audio`, ...). */
  readonly key: string;
  /** Its place in that list. */
  readonly index: number;
  /** Without its folder. */
  readonly filename: string;
  /** Below the directory of its kind; may be empty. */
  readonly subfolder: string;
  /** The directory: `output`, `temp`, or `input` for what a node showed of the input directory. */
  readonly kind: 'input' | 'output' | 'temp';
  /** Of its content. */
  readonly media_type: string;
  /** In seconds since 1970. */
  readonly created_at: number;
  /** Where its content is. */
  readonly url: string;
  /** Whether the file is still there. */
  readonly exists: boolean;
  /** The job that made it. */
  readonly job: JobSummary;
  /** By node id, the node that showed it and all that it depends on, with their inputs. */
  readonly upstream: Readonly<Record<string, UpstreamNode>>;
  /** Every seed of these nodes as it was used, by `NODE.INPUT`. */
  readonly seeds: Readonly<Record<string, number | bigint>>;
  /** Files of ours that the workflow read, as far as they are recognised by their names. */
  readonly parents: readonly ParentAsset[];
}

/** Some assets of a list, the newest first. */
export interface AssetPage {
  /** Those of this page. */
  readonly assets: readonly AssetView[];
  /** How many the whole list has at present. */
  readonly total: number;
  /** Give it as `offset` for the next page; null if this is the last. */
  readonly next_offset: number | null;
}

/** A file that a job left. */
export interface AssetView {
  /** Its id. */
  readonly id: string;
  /**
   * The job that made it: that which wrote the file, whatever later jobs showed it again without having to
   * compute it. If it was deleted, the first of those.
   */
  readonly job_id: string;
  /** The node of its workflow that showed it. */
  readonly node_id: string;
  /** Under which key of the node's output it stands (`images`, `audio`, ...). */
  readonly key: string;
  /** Its place in that list. */
  readonly index: number;
  /** Without its folder. */
  readonly filename: string;
  /** Below the directory of its kind; may be empty. */
  readonly subfolder: string;
  /** The directory: `output`, `temp`, or `input` for what a node showed of the input directory. */
  readonly kind: 'input' | 'output' | 'temp';
  /** Of its content. */
  readonly media_type: string;
  /** In seconds since 1970. */
  readonly created_at: number;
  /** Where its content is. */
  readonly url: string;
}

/** What bodies may be at most; flags of the command line set it. */
export interface BodyLimits {
  /** Of JSON, unpacked (`--max-json-size`). */
  readonly json_bytes: number;
  /** Levels of objects and lists in each other (`--max-json-depth`). */
  readonly json_depth: number;
  /** Of everything else (`--max-upload-size`). */
  readonly upload_bytes: number;
}

/** Which jobs to cancel. */
export interface CancelRequest {
  /** These; those that have ended or are unknown are passed over. */
  readonly ids?: readonly string[];
  /** All that wait. */
  readonly pending?: boolean;
}

/** What became of a wish to cancel. */
export interface Cancelled {
  /** The job. */
  readonly id: string;
  /** Whether it was taken out of the queue, or its run is being stopped. */
  readonly cancelled: boolean;
  /** Its state now; a run that is being stopped may be `running` for a moment. */
  readonly state: 'cancelled' | 'failed' | 'queued' | 'running' | 'succeeded';
}

/** How many jobs were cancelled. */
export interface CancelledMany {
  /** So many were taken out of the queue or are being stopped. */
  readonly cancelled: number;
  /** Ids that were given and stand for no job that waits or runs. */
  readonly passed_over: readonly string[];
}

/** The node types are others than before. */
export interface CatalogTold {
  readonly type: 'catalog_changed';
  /** Names what they are; empty while no worker has said it. */
  readonly etag: string;
}

/** How much changed. */
export interface ChangeCounts {
  /** Nodes that came. */
  readonly added: number;
  /** Nodes that went. */
  readonly removed: number;
  /** Nodes with other values, titles or modes than before. */
  readonly changed: number;
  /** Values that changed. */
  readonly values: number;
  /** Nodes in another place or of another size. */
  readonly moved: number;
  /** Links that came or went. */
  readonly links: number;
}

/** A node that came, went, or is not as it was. */
export interface ChangedNode {
  /** Its id; inside of a subgraph with the subgraph's before it, `SUBGRAPH:ID`. */
  readonly id: string;
  /** Its type. */
  readonly type: string;
  /** What the user called it; empty if nothing. */
  readonly title: string;
  /** Values that changed, the first eight. */
  readonly values: readonly ChangedValue[];
}

/** A value of a node that is not as it was. */
export interface ChangedValue {
  /** Of the input, or, where the file has values without names, its place among them, from 0. */
  readonly name: string;
  /** The value then, long ones cut short; null if there was none. */
  readonly before: Json;
  /** The value now. */
  readonly after: Json;
}

/** What changed from the version before. */
export interface Changes {
  /** In words, such as `2 nodes added, 1 value changed`. */
  readonly text: string;
  /** In numbers. */
  readonly counts: ChangeCounts;
  /** Nodes that came, the first twenty. */
  readonly added: readonly ChangedNode[];
  /** Nodes that went, the first twenty. */
  readonly removed: readonly ChangedNode[];
  /** Nodes with other values, the first twenty. */
  readonly changed: readonly ChangedNode[];
}

/** A workflow in API format. */
export interface ConvertedWorkflow {
  /** Nodes by id. */
  readonly prompt: JsonObject;
  /** What came with it and pictures carry on; `workflow` is the canvas document. */
  readonly extra: JsonObject;
  /** What was dropped, filled in or guessed. */
  readonly notes: readonly NoteView[];
}

/** How many jobs were forgotten. */
export interface Deleted {
  /** Jobs, each with its events and the records of its files. */
  readonly deleted: number;
}

/** Where what was in a folder is now. */
export interface DeletedFolder {
  /** Places in the trash, one for each file. */
  readonly trash_ids: readonly string[];
}

/** What was deleted. */
export interface DeletedItems {
  /** Ids of the files that are not there any more. */
  readonly deleted: readonly number[];
  /** Where they are in the trash, for 30 days; null if nothing was moved there. */
  readonly trash_id: string | null;
}

/** A device that computes, as `/system_stats` shows it. Bytes. */
export interface DeviceInfo {
  readonly name: string;
  readonly type: string;
  readonly index: number | null;
  readonly memory_total: number;
  readonly memory_free: number;
  readonly torch_memory_total: number;
  readonly torch_memory_free: number;
}

/** The memory of a device that computes. */
export interface DeviceLoad {
  /** Of the device. */
  readonly name: string;
  /** All of it. */
  readonly memory_bytes: number;
  /** What is in use, by whomever. */
  readonly used_bytes: number;
}

/** A document that is not saved. */
export interface Draft {
  /** As the client named it. */
  readonly id: string;
  /** What the user sees it as. */
  readonly name: string;
  /** The workflow file that it is of; null if of none yet. */
  readonly file: string | null;
  /** The revision of that file that was opened. */
  readonly base: string | null;
  /** The browser window that has it open; as the client named it. */
  readonly window: string | null;
  /** When it was stored, in seconds since 1970. */
  readonly saved_at: number;
  /** Of its text, in bytes. */
  readonly size: number;
  /** Names its text; `ETag` and `If-Match` have it in quotes. */
  readonly revision: string;
}

/** A draft with its document. */
export interface DraftDetails {
  /** As the client named it. */
  readonly id: string;
  /** What the user sees it as. */
  readonly name: string;
  /** The workflow file that it is of; null if of none yet. */
  readonly file: string | null;
  /** The revision of that file that was opened. */
  readonly base: string | null;
  /** The browser window that has it open; as the client named it. */
  readonly window: string | null;
  /** When it was stored, in seconds since 1970. */
  readonly saved_at: number;
  /** Of its text, in bytes. */
  readonly size: number;
  /** Names its text; `ETag` and `If-Match` have it in quotes. */
  readonly revision: string;
  /** As it was stored. */
  readonly document: JsonObject;
}

/** All drafts, without their documents. */
export interface DraftList {
  /** The newest first. */
  readonly drafts: readonly ListedDraft[];
}

/** A document that is not saved. */
export interface DraftRequest {
  /** The document, as it would be saved. */
  readonly document: JsonObject;
  /** What the user sees it as. */
  readonly name?: string;
  /** The workflow file that it is of. */
  readonly file?: string | null;
  /** The revision of that file that was opened. */
  readonly base?: string | null;
  /** The browser window that has it open. */
  readonly window?: string | null;
}

/** What is gone for good. */
export interface EmptiedTrash {
  /** How many workflows. */
  readonly removed: number;
}

/** Why a job failed, for people and programs. */
export interface ErrorRecord {
  /** The wire type of an `EngineError`, or `worker_died`, `worker_killed`, `execution_blocked`. */
  readonly type: string;
  /** One or two sentences that name the node. */
  readonly message: string;
  /** More for people; may be empty. */
  readonly details?: string;
  /** JSON values for programs. */
  readonly extra_info?: JsonObject;
  /** The node that failed; empty if none did. */
  readonly node_id?: string;
  /** Its type. */
  readonly node_type?: string;
  /** Its title. */
  readonly title?: string;
  /** The dotted name of the exception's class. */
  readonly exception_type?: string;
  /** Lines as Python prints them; shown to clients only with `--verbose DEBUG`. */
  readonly traceback?: readonly string[];
  /** The node's inputs, each in a few words. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** One thing that is wrong. */
export interface ErrorRecordView {
  /** Names the kind of error, for programs. */
  readonly type: string;
  /** One or two sentences: what was expected, what came, where. */
  readonly message: string;
  /** More for people; may be empty. */
  readonly details: string;
  /** JSON values for programs. */
  readonly extra_info: JsonObject;
}

/** A value, and how many files have it. */
export interface FacetValue {
  /** The value. */
  readonly value: string;
  /** How many files have it. */
  readonly count: number;
}

/** The body of every refusal. */
export interface Failure {
  /** What is wrong with the request. */
  readonly error: ErrorRecordView;
  /** What is wrong with nodes of its workflow, by node id. */
  readonly node_errors: Readonly<Record<string, NodeErrors>>;
}

/** What a file is to the user. */
export interface FavouriteRequest {
  /** Whether it stands first. */
  readonly favourite: boolean;
}

/** What files hold at present. */
export interface FileVersions {
  /**
   * In the order in which they were named: a text that is another one once the file was written anew; null for
   * what is no file there.
   */
  readonly versions: readonly (string | null)[];
}

/** A folder as it is now. */
export interface Folder {
  /** With those above it. */
  readonly name: string;
}

/** Another name for a folder. */
export interface FolderMove {
  /** The new name, with the folders above it. */
  readonly to: string;
}

/** What a run would do now. */
export interface ForecastView {
  /**
   * By node id: `cached` (its outputs are known), `runs`, `perhaps` (behind an input that is only computed on
   * demand), `unneeded`, or `blocked` (it is wanted, and it or something that it needs is wrong).
   */
  readonly nodes: Readonly<Record<string, 'blocked' | 'cached' | 'perhaps' | 'runs' | 'unneeded'>>;
  /** Of each blocked node, the id of the one that is wrong; its own if it is. */
  readonly blocked_by: Readonly<Record<string, string>>;
  /** Of each of those, the first thing that is wrong with it, in one sentence. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** What to free. */
export interface FreeRequest {
  /** Models leave their devices and memory. */
  readonly unload_models?: boolean;
  /** Cached outputs of nodes are forgotten. */
  readonly forget_outputs?: boolean;
}

/** What will be freed: at once in workers that are idle, in others after their run. */
export interface Freeing {
  /** Models. */
  readonly unload_models: boolean;
  /** Cached outputs of nodes. */
  readonly forget_outputs: boolean;
  /** In so many workers. */
  readonly workers: number;
}

/** A file of the output directory, and what it tells. */
export interface GalleryDetails {
  /** Names it in addresses; stays while the file has its name. */
  readonly id: number;
  /** With its folders. */
  readonly name: string;
  /** Its folder; empty for the output directory itself. */
  readonly folder: string;
  /** Without its folder. */
  readonly filename: string;
  /** What it is. */
  readonly kind: 'audio' | 'picture' | 'video';
  /** As HTTP names it. */
  readonly media_type: string;
  /** In bytes. */
  readonly size: number;
  /** When it was written last, in seconds since 1970. */
  readonly modified: number;
  /** In pixels; null if that is not known. */
  readonly width: number | null;
  /** In pixels. */
  readonly height: number | null;
  /** Whether the user starred it. */
  readonly star: boolean;
  /** Whether the user sorted it out. */
  readonly rejected: boolean;
  /** By the user, 1 to 5; 0 is none. */
  readonly rating: number;
  /** By the user. */
  readonly tags: readonly string[];
  /** Its content. */
  readonly url: string;
  /** A small picture of it, `?size=256` or `512`; null if it is no picture. */
  readonly thumbnail_url: string | null;
  /** Model files that were used. */
  readonly models: readonly string[];
  /** Seeds that were used; texts, as they may be too large for a number of JavaScript. */
  readonly seeds: readonly string[];
  /** The whole prompt. */
  readonly prompt: string;
  /** What the picture should not show. */
  readonly negative: string;
  /** Other settings, by `sampler`, `scheduler`, `steps`, `cfg`: each value that was used. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
  /** The texts in the file by name: `workflow`, `prompt`, `parameters`, ... */
  readonly texts: Readonly<Record<string, string>>;
  /** The file as what a job left, which leads to the job; null if none of the history made it. */
  readonly asset: AssetView | null;
}

/** By what the files can be told apart; of each at most 500 (of folders 5000), the most frequent first. */
export interface GalleryFacets {
  /** Folders; empty is the output directory itself. */
  readonly folders: readonly FacetValue[];
  /** Pictures, films, sounds. */
  readonly kinds: readonly FacetValue[];
  /** Model files. */
  readonly models: readonly FacetValue[];
  /** The user's tags. */
  readonly tags: readonly FacetValue[];
  /** Widths and heights of pictures: `512x768`. */
  readonly sizes: readonly FacetValue[];
  /** When they were written: `2026-01`; the newest first. */
  readonly months: readonly FacetValue[];
  /** The user's ratings, 5 first; 0 is none. */
  readonly ratings: readonly FacetValue[];
  /** `star` and `rejected`. */
  readonly marks: readonly FacetValue[];
}

/** Ids of files. */
export interface GalleryIds {
  /** In order. */
  readonly ids: readonly number[];
  /** How many the search finds. */
  readonly total: number;
}

/** A file of the output directory. */
export interface GalleryItem {
  /** Names it in addresses; stays while the file has its name. */
  readonly id: number;
  /** With its folders. */
  readonly name: string;
  /** Its folder; empty for the output directory itself. */
  readonly folder: string;
  /** Without its folder. */
  readonly filename: string;
  /** What it is. */
  readonly kind: 'audio' | 'picture' | 'video';
  /** As HTTP names it. */
  readonly media_type: string;
  /** In bytes. */
  readonly size: number;
  /** When it was written last, in seconds since 1970. */
  readonly modified: number;
  /** In pixels; null if that is not known. */
  readonly width: number | null;
  /** In pixels. */
  readonly height: number | null;
  /** Whether the user starred it. */
  readonly star: boolean;
  /** Whether the user sorted it out. */
  readonly rejected: boolean;
  /** By the user, 1 to 5; 0 is none. */
  readonly rating: number;
  /** By the user. */
  readonly tags: readonly string[];
  /** Its content. */
  readonly url: string;
  /** A small picture of it, `?size=256` or `512`; null if it is no picture. */
  readonly thumbnail_url: string | null;
  /** Model files that were used. */
  readonly models: readonly string[];
  /** Seeds that were used; texts, as they may be too large for a number of JavaScript. */
  readonly seeds: readonly string[];
  /** The beginning of the prompt. */
  readonly prompt: string;
}

/** Some files of a list. */
export interface GalleryPage {
  /** Those of this page. */
  readonly items: readonly GalleryItem[];
  /** How many the search finds. */
  readonly total: number;
  /** Give it as `offset` for the next page; null if this is the last. */
  readonly next_offset: number | null;
  /** Whether files are being looked at that are not in the list yet. */
  readonly indexing: boolean;
}

/** Files of the output directory came, changed or went. */
export interface GalleryTold {
  readonly type: 'gallery_changed';
  /** How many came or changed since this was told last. */
  readonly added: number;
  /** How many went. */
  readonly removed: number;
}

/** The server lives. */
export interface Health {
  /** Always `ok`. */
  readonly status: string;
  /** What is refused for its size alone. */
  readonly limits: BodyLimits;
}

/** The stream begins here: events of greater numbers follow. */
export interface Hello {
  readonly type: 'hello';
}

/** Something that takes memory: a model's weights, or the cached output of a node. */
export interface Holder {
  readonly name: string;
  readonly kind: string;
  readonly place: string;
  readonly size_bytes: number;
}

/** One thing wrong with one node. */
export interface InputErrorView {
  /** The node. */
  readonly node_id: string;
  /** Its type. */
  readonly node_type: string;
  /** The input; null if the error concerns the whole node. */
  readonly input_name: string | null;
  /** Names the kind of error, for programs. */
  readonly type: string;
  /** One sentence: node, input, what was expected, what came. */
  readonly message: string;
  /** The short form. */
  readonly details: string;
  /** JSON values for programs. */
  readonly extra_info: JsonObject;
  /** Output nodes that cannot run because of it, the first hundred or fewer. */
  readonly dependent_outputs: readonly string[];
  /** How many more there are. */
  readonly more_dependent_outputs: number;
}

/** An input of a node type. */
export interface InputView {
  /** Its name. */
  readonly name: string;
  /** `INT FLOAT STRING BOOLEAN COMBO`, or the type of what a link must bring; `*` takes anything. */
  readonly type: string;
  /** Whether a link or a value must be given. */
  readonly required: boolean;
  /** Whether a value may be given; otherwise it must be a link. */
  readonly is_widget: boolean;
  /** Whether there is a default. */
  readonly has_default: boolean;
  /** What the value starts with. */
  readonly default: Json;
  /** Of a COMBO: the values that may be chosen; null for other types. */
  readonly choices: readonly Json[] | null;
  /** The folder whose files are the choices; null if they are fixed. */
  readonly choices_from: string | null;
  /** Whether pictures can be uploaded to become choices. */
  readonly image_upload: boolean;
  /** Smallest number. */
  readonly min: number | bigint | null;
  /** Largest number. */
  readonly max: number | bigint | null;
  /** What a widget adds or takes away. */
  readonly step: number | null;
  /** To what a widget rounds; false: not at all; null: it is not said. */
  readonly round: number | boolean | null;
  /** How a number is shown. */
  readonly display: 'color' | 'knob' | 'number' | 'slider' | null;
  /** Whether a text has several lines. */
  readonly multiline: boolean;
  /** Whether `{a|b}` in a text is a choice. */
  readonly dynamic_prompts: boolean;
  /** What an empty text field says. */
  readonly placeholder: string;
  /** Whether it is a seed, which the canvas may change after each run. */
  readonly seed_control: boolean;
  /** Whether it is computed only if the node asks for it. */
  readonly lazy: boolean;
  /** Whether the whole list is taken at once. */
  readonly is_list: boolean;
  /** Help in a sentence. */
  readonly tooltip: string;
  /** More for widgets; JSON values. */
  readonly options: JsonObject;
}

/**
 * Somebody stopped the run (`node_id`: where it was) or took the job out of the queue (`node_id` empty).
 * `message`: what there is to say, where the worker had to be killed for it.
 */
export interface JobCancelled {
  readonly type: 'cancelled';
  readonly node_id: string;
  readonly node_type: string;
  readonly executed: readonly string[];
  readonly message: string;
}

/** Why a job failed. */
export interface JobError {
  /** Names the kind of error, for programs. */
  readonly type: string;
  /** One or two sentences that name the node. */
  readonly message: string;
  /** More for people; may be empty. */
  readonly details: string;
  /** JSON values for programs. */
  readonly extra_info: JsonObject;
  /** The node that failed; empty if none did. */
  readonly node_id: string;
  /** Its type. */
  readonly node_type: string;
  /** Its title. */
  readonly title: string;
  /** The class of the exception. */
  readonly exception_type: string;
  /** Lines of the traceback; empty unless the server shows its insides (`--verbose DEBUG`). */
  readonly traceback: readonly string[];
  /** The node's inputs, each in a few words. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The run ended with an error, or the worker died too often. `executed`: nodes that had finished. */
export interface JobFailed {
  readonly type: 'failed';
  readonly error: ErrorRecord;
  readonly executed: readonly string[];
}

/** Some jobs of a list. */
export interface JobPage {
  /** The jobs of this page. */
  readonly jobs: readonly JobSummary[];
  /** How many the whole list has at present. */
  readonly total: number;
  /** Give it as `cursor` for the next page; null if this is the last. */
  readonly next_cursor: string | null;
}

/** The job was accepted, or put back after its worker died (`deaths` so far). */
export interface JobQueued {
  readonly type: 'queued';
  readonly deaths: number;
}

/** A workflow to run. */
export interface JobRequest {
  /**
   * A workflow in canvas format or in API format, as an object or as JSON text; wrapped in a list of one, in
   * `templates`, or as `prompt` beside the canvas document, as files have it.
   */
  readonly workflow?: JsonObject | readonly Json[] | string;
  /**
   * A workflow in canvas format or in API format, as an object or as JSON text; wrapped in a list of one, in
   * `templates`, or as `prompt` beside the canvas document, as files have it.
   */
  readonly prompt?: JsonObject | readonly Json[] | string;
  /** Values to set first, by `NODE.INPUT`; NODE is an id, a title or a type name. */
  readonly inputs?: JsonObject;
  /** Ids of the nodes whose outputs are wanted; by default all output nodes. */
  readonly targets?: readonly string[] | null;
  /** The job's id; by default one is made. */
  readonly id?: string | null;
  /** Lower runs first; by default the number of jobs accepted before, so that they run in this order. */
  readonly priority?: number | null;
  /** Run before everything that waits. */
  readonly front?: boolean;
  /** Who is told what happens, over the websocket of this name. */
  readonly client_id?: string;
  /** What people call it: lists show it, and searches find it. */
  readonly name?: string;
  /** What goes along: `extra_pnginfo` into pictures; keys and tokens for nodes are never stored or shown. */
  readonly extra_data?: JsonObject;
  /**
   * Refuse if any output cannot run; otherwise those that can are run, and `node_errors` says what is wrong.
   */
  readonly strict?: boolean;
}

/** A worker has begun. `restarted`: an earlier attempt was cut short. */
export interface JobStarted {
  readonly type: 'started';
  readonly worker: number;
  readonly restarted: boolean;
}

/** The run reached its end. */
export interface JobSucceeded {
  readonly type: 'succeeded';
  readonly seconds: number;
}

/**
 * A job in a list: what is short of it, whatever its workflow. All that is known, with its `targets`, is at
 * `url`.
 */
export interface JobSummary {
  /** Its id. */
  readonly id: string;
  /** `queued` or `running`, or how it ended. */
  readonly state: 'cancelled' | 'failed' | 'queued' | 'running' | 'succeeded';
  /** Lower runs first. */
  readonly priority: number;
  /** How many jobs run before it; null if it does not wait. */
  readonly queue_position: number | null;
  /** Who is told what happens; empty if nobody said. */
  readonly client_id: string;
  /** What people call it; empty if nobody said. */
  readonly name: string;
  /** When it was accepted, in seconds since 1970. */
  readonly created_at: number;
  /** When its run began. */
  readonly started_at: number | null;
  /** When it ended. */
  readonly finished_at: number | null;
  /** How long its run took. */
  readonly seconds: number | null;
  /** An earlier run of it was cut short. */
  readonly restarted: boolean;
  /** How many runs of it were cut short. */
  readonly deaths: number;
  /** Why it failed; null if it did not. */
  readonly error: JobError | null;
  /** Where all that is known of it is found. */
  readonly url: string;
}

/** The outputs of the nodes of a job. */
export interface JobValues {
  /**
   * By node id, its outputs in order; nodes that have not run yet, and cached ones whose outputs are no longer
   * known, are not there.
   */
  readonly values: Readonly<Record<string, readonly ValueSummary[]>>;
}

/** All that is known of a job, but for its workflow. */
export interface JobView {
  /** Its id. */
  readonly id: string;
  /** `queued` or `running`, or how it ended. */
  readonly state: 'cancelled' | 'failed' | 'queued' | 'running' | 'succeeded';
  /** Lower runs first. */
  readonly priority: number;
  /** How many jobs run before it; null if it does not wait. */
  readonly queue_position: number | null;
  /** Who is told what happens; empty if nobody said. */
  readonly client_id: string;
  /** What people call it; empty if nobody said. */
  readonly name: string;
  /** When it was accepted, in seconds since 1970. */
  readonly created_at: number;
  /** When its run began. */
  readonly started_at: number | null;
  /** When it ended. */
  readonly finished_at: number | null;
  /** How long its run took. */
  readonly seconds: number | null;
  /** An earlier run of it was cut short. */
  readonly restarted: boolean;
  /** How many runs of it were cut short. */
  readonly deaths: number;
  /** Why it failed; null if it did not. */
  readonly error: JobError | null;
  /** Where all that is known of it is found. */
  readonly url: string;
  /** The output nodes that run. */
  readonly targets: readonly string[];
  /** How far its run is; null if it does not run. */
  readonly progress: Progress | null;
  /** What its nodes gave to be shown, once it has ended. */
  readonly outputs: readonly NodeOutput[];
  /** By node id, what became of each node that ran, and how long it took. */
  readonly nodes: Readonly<Record<string, NodeRecord>>;
  /** Nodes that did not have to run. */
  readonly cached: readonly string[];
  /** What is needed to repeat the run exactly: versions, device, model files, seeds as they were used. */
  readonly record: RunRecord | null;
  /** What reading the workflow had to drop, fill in or guess. */
  readonly notes: readonly NoteView[];
  /** Only in the reply to a submission: what is wrong with nodes that do not run. */
  readonly node_errors: Readonly<Record<string, NodeErrors>>;
}

/** The workflow of a job; can be submitted again as it is, as the body of `POST /jobs`. */
export interface JobWorkflow {
  /** In API format: what runs. */
  readonly prompt: JsonObject;
  /** The canvas document that it was read from, or that came with it; null if there is none. */
  readonly workflow: JsonObject | null;
  /** The output nodes that run. */
  readonly targets: readonly string[];
}

/** What the user calls a version. */
export interface LabelRequest {
  /** The name; an empty one takes it away. Versions with a name are kept when others are thinned out. */
  readonly label: string;
}

/** Where a file comes from, and what was made of it. */
export interface Lineage {
  /** The file. */
  readonly file: LineageFile;
  /** The job that made it; null if none of the history did. */
  readonly run: JobSummary | null;
  /** The workflow file that ran; null if it is not known. */
  readonly workflow: WorkflowOrigin | null;
  /** Files that went in, as far as the workflow of the run, or else that in the file, says. */
  readonly parents: readonly ParentFile[];
  /** Files of the gallery that it went into, the newest first, at most 200. */
  readonly children: readonly GalleryItem[];
  /** How many there are. */
  readonly children_total: number;
}

/** A file. */
export interface LineageFile {
  /** The directory that it is in. */
  readonly kind: 'input' | 'output' | 'temp';
  /** Below that; may be empty. */
  readonly subfolder: string;
  /** Without its folder. */
  readonly filename: string;
  /** Whether it is there. */
  readonly exists: boolean;
  /** The file as the gallery has it; null if it does not. */
  readonly item: GalleryItem | null;
  /** The file as what a job left; null if none of the history made it. */
  readonly asset: AssetView | null;
}

/** A draft without its document. */
export interface ListedDraft {
  /** As the client named it. */
  readonly id: string;
  /** What the user sees it as. */
  readonly name: string;
  /** The workflow file that it is of; null if of none yet. */
  readonly file: string | null;
  /** The revision of that file that was opened. */
  readonly base: string | null;
  /** The browser window that has it open; as the client named it. */
  readonly window: string | null;
  /** When it was stored, in seconds since 1970. */
  readonly saved_at: number;
  /** Of its text, in bytes. */
  readonly size: number;
  /** Names its text; `ETag` and `If-Match` have it in quotes. */
  readonly revision: string;
  /** The browser window that has it open is connected now. */
  readonly is_open: boolean;
}

/** How busy the machine is. */
export interface LoadView {
  /** Of all cores together, since it was measured last; null at the first time. */
  readonly cpu_percent: number | null;
  /** How many there are. */
  readonly cpu_cores: number;
  /** Of the machine. */
  readonly memory_bytes: number;
  /** What is in use and could not be had by another program. */
  readonly used_bytes: number;
  /** Those with memory of their own, as a worker last told of them. */
  readonly devices: readonly DeviceLoad[];
}

/** What the user says of files; what is not given stays as it is. */
export interface MarkRequest {
  /** Their ids; those that are not there are left out. */
  readonly ids: readonly number[];
  /** Whether they have a star. */
  readonly star?: boolean | null;
  /** Whether they are sorted out. */
  readonly rejected?: boolean | null;
  /** 1 to 5; 0 takes it away. */
  readonly rating?: number | null;
  /** Tags that they get. */
  readonly add_tags?: readonly string[];
  /** Tags that they lose. */
  readonly remove_tags?: readonly string[];
}

/** Files as they are now. */
export interface MarkedItems {
  /** In the order in which they were named. */
  readonly items: readonly GalleryItem[];
}

/** Who holds what. */
export interface MemoryView {
  /** In the order of their numbers. */
  readonly workers: readonly WorkerMemory[];
}

/** A model file that is not there. */
export interface MissingModel {
  /** As the file calls it. */
  readonly name: string;
  /** The kind of model; empty if neither a node nor the file says. */
  readonly folder: string;
  /** `NODE.INPUT`s that name it; none where only the file's list of models does. */
  readonly inputs: readonly string[];
  /** Where the file says that it can be had; empty if it does not. */
  readonly url: string;
  /** Of the file, lower case; empty if not known. */
  readonly sha256: string;
  /** The file that is there and comes nearest, or None. */
  readonly nearest: string | null;
  /** Why it does. */
  readonly nearest_by: 'base name' | 'hash' | 'similar name' | null;
}

/** A node type that is not there. */
export interface MissingType {
  /** Its name. */
  readonly node_type: string;
  /** Where the workflow uses it. */
  readonly node_ids: readonly string[];
  /** The registry's name of the pack it comes from (`cnr_id`); empty if the file does not say. */
  readonly pack: string;
  /** `owner/name` of the pack (`aux_id`); empty if the file does not say. */
  readonly repository: string;
  /** Of the pack, as the file was written; empty if it does not say. */
  readonly version: string;
  /** Types that are there and called alike, best first. */
  readonly nearest: readonly string[];
}

/** A model file, and what it says of itself. */
export interface ModelDetails {
  /** As workflows name it: relative to its folder, with slashes. */
  readonly name: string;
  /** Its size. */
  readonly size_bytes: number;
  /** When it was changed last, in seconds since 1970. */
  readonly modified_at: number;
  /** A picture of the same name stands beside it (`NAME.png`, `NAME.preview.jpg`, ...). */
  readonly has_picture: boolean;
  /** Of which it is. */
  readonly kind: string;
  /** What it is, by its tensors: `Stable Diffusion 1`, `LoRA for Stable Diffusion XL`; empty if not known. */
  readonly family: string;
  /** How many it has; null if it is no .safetensors file, or damaged. */
  readonly tensors: number | null;
  /** How many numbers they have together. */
  readonly parameters: number | null;
  /** Of its tensors: `F16`, `BF16`, ... */
  readonly dtypes: readonly string[];
  /** What its header says: texts by name; long ones are cut short. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Of the file, if a run that used it has computed it; null if not. */
  readonly sha256: string | null;
  /** Why it cannot be looked into; empty if it can, or is of another format. */
  readonly problem: string;
}

/** A model file. */
export interface ModelFileView {
  /** As workflows name it: relative to its folder, with slashes. */
  readonly name: string;
  /** Its size. */
  readonly size_bytes: number;
  /** When it was changed last, in seconds since 1970. */
  readonly modified_at: number;
  /** A picture of the same name stands beside it (`NAME.png`, `NAME.preview.jpg`, ...). */
  readonly has_picture: boolean;
}

/** Model files of a kind. */
export interface ModelFolder {
  /** `checkpoints`, `loras`, `vae`, ... */
  readonly kind: string;
  /** In the order of their names; of two of the same name, the one that is used. */
  readonly files: readonly ModelFileView[];
}

/** Model files by kind. */
export interface ModelList {
  /** One for each kind. */
  readonly folders: readonly ModelFolder[];
}

/** A file that a run used: a model, or a picture of the input directory (`folder` is `input`). */
export interface ModelRecord {
  readonly folder: string;
  readonly name: string;
  readonly sha256: string;
  readonly size_bytes: number;
}

/** Another name for a file. */
export interface MoveFileRequest {
  /** The new name with folders; ends in `.json`. */
  readonly to: string;
  /** A file that has the name goes to the trash. */
  readonly overwrite?: boolean;
}

/** Where in the queue a job shall stand: exactly one of these. */
export interface MoveRequest {
  /** Directly before this job, which waits too. */
  readonly before?: string;
  /** Before all others that wait, or after them. */
  readonly to?: 'end' | 'front';
  /** Give it this priority; lower runs first. */
  readonly priority?: number;
}

/** A file, as `/view` takes it. */
export interface NamedFile {
  /** Its name. */
  readonly filename: string;
  /** The folder that it is in; empty for none. */
  readonly subfolder?: string;
  /** The directory below which that is. */
  readonly kind?: 'input' | 'output' | 'temp';
}

/** A folder. */
export interface NewFolder {
  /** With those above it, which are made as well. */
  readonly name: string;
}

/** Another name for a file. */
export interface NewName {
  /** The new name with folders; ends in `.json`. */
  readonly to: string;
}

/** A node was not called because a blocker with a message reached it; the run goes on. */
export interface NodeBlocked {
  readonly type: 'node_blocked';
  readonly node_id: string;
  readonly node_type: string;
  readonly display_id: string;
  readonly message: string;
  readonly parent_id: string | null;
}

/** What is wrong with one node of a workflow. */
export interface NodeErrors {
  /** In the order of its inputs. */
  readonly errors: readonly ErrorRecordView[];
  /** Output nodes that cannot run because of it, the first hundred or fewer. */
  readonly dependent_outputs: readonly string[];
  /** How many more there are, if there are. */
  readonly more_dependent_outputs?: number;
  /** The node's type. */
  readonly class_type: string;
}

/**
 * A node is done; `ui` is what it gave to be shown. `cached`: it did not run, this is what it gave when it did.
 * `values`: its outputs, if it ran.
 */
export interface NodeFinished {
  readonly type: 'node_finished';
  readonly node_id: string;
  readonly node_type: string;
  readonly display_id: string;
  readonly seconds: number;
  readonly ui: Readonly<Record<string, readonly Json[]>> | null;
  readonly cached: boolean;
  readonly parent_id: string | null;
  readonly values: readonly ValueSummary[];
}

/** A node that is being computed. */
export interface NodeInProgress {
  /** The node that runs. */
  readonly node_id: string;
  /** The node of the workflow to show it at. */
  readonly display_id: string;
  /** Its type. */
  readonly node_type: string;
  /** How far it is; null if it does not say. */
  readonly value: number | null;
  /** Where it ends. */
  readonly total: number | null;
}

/** What a node of the workflow gave to be shown. */
export interface NodeOutput {
  /** The node. */
  readonly node_id: string;
  /** Its type. */
  readonly node_type: string;
  /** What the user called it; empty if nothing. */
  readonly title: string;
  /** Lists of JSON values by key (`images`, `text`, ...), as the node gave them. */
  readonly values: Readonly<Record<string, readonly Json[]>>;
  /** The files among them. */
  readonly assets: readonly AssetView[];
}

/** Some node types, in the order in which they were declared. */
export interface NodePage {
  /** Those of this page. */
  readonly nodes: readonly NodeTypeView[];
  /** How many fit the filters. */
  readonly total: number;
}

/** A node tells how far it is, from 0 to `total`. Kept in memory only. */
export interface NodeProgress {
  readonly type: 'node_progress';
  readonly node_id: string;
  readonly display_id: string;
  readonly value: number;
  readonly total: number;
  readonly parent_id: string | null;
}

/** What became of one node that ran, or that had something to show. */
export interface NodeRecord {
  readonly node_type: string;
  readonly display_id: string;
  readonly parent_id: string | null;
  readonly seconds: number;
  readonly cached: boolean;
}

/** A node is about to be called. */
export interface NodeStarted {
  readonly type: 'node_started';
  readonly node_id: string;
  readonly node_type: string;
  readonly display_id: string;
  readonly parent_id: string | null;
}

/** A node says in words what it does. Kept in memory only. */
export interface NodeText {
  readonly type: 'node_text';
  readonly node_id: string;
  readonly text: string;
}

/** A node type. */
export interface NodeTypeView {
  /** Its name in workflow files. */
  readonly type: string;
  /** Its title on the canvas. */
  readonly display_name: string;
  /** Its place in the menu, `a/b/c`. */
  readonly category: string;
  /** Help in a paragraph. */
  readonly description: string;
  /** In the order of the canvas. */
  readonly inputs: readonly InputView[];
  /** In the order of their slots. */
  readonly outputs: readonly OutputView[];
  /** Whether it is a root of execution: it saves or shows something. */
  readonly is_output: boolean;
  /** Whether every input is taken as a list. */
  readonly takes_lists: boolean;
  /** Whether there is something better. */
  readonly deprecated: boolean;
  /** Whether it may change. */
  readonly experimental: boolean;
  /** Other words to find it by. */
  readonly search_aliases: readonly string[];
  /** Where it comes from. */
  readonly module: string;
}

/**
 * Nodes that need not run. Comes at the start, possibly empty, and again when more are found. `values`: by
 * node, its outputs, where they are known. `continues`: there are so many that the next event goes on.
 */
export interface NodesCached {
  readonly type: 'nodes_cached';
  readonly node_ids: readonly string[];
  readonly values: Readonly<Record<string, readonly ValueSummary[]>>;
  readonly continues: boolean;
}

/** Something that reading a workflow had to drop, fill in or guess. */
export interface NoteView {
  /** The node concerned, as in the file; empty if it concerns the file. */
  readonly node_id: string;
  /** One sentence with the reason. */
  readonly message: string;
  /** The input concerned, if it is one. */
  readonly input_name: string | null;
  /**
   * What was done: `dropped`, `default` (filled in with it), `by_name`, `guessed`, or `resolved` (a text's
   * variables or choices).
   */
  readonly kind: 'by_name' | 'default' | 'dropped' | 'guessed' | 'resolved';
}

/** An output of a node type. */
export interface OutputView {
  /** Its name. */
  readonly name: string;
  /** The type of what a link brings. */
  readonly type: string;
  /** Whether it is a list, whose elements the next node takes one by one. */
  readonly is_list: boolean;
  /** Help in a sentence. */
  readonly tooltip: string;
}

/** A node pack. */
export interface PackInfo {
  /** Of its folder or file. */
  readonly name: string;
  /** `loads`, or what keeps it from being loaded: `disabled`, `not allowed`, `new`, `crashed`. */
  readonly standing: string;
  /** What became of it, in a sentence. */
  readonly summary: string;
  /** What it declares. */
  readonly node_types: readonly string[];
  /** How long its import took. */
  readonly seconds: number;
  /** Why it could not be loaded; empty if it was. */
  readonly error: string;
  /** What to do about it; empty if nobody can say. */
  readonly remedy: string;
  /** Nodes of it that could not be read, each with the reason. */
  readonly notes: readonly string[];
  /** Its files for the browser, relative to the pack; empty if it has none. */
  readonly web_directory: string;
}

/** Every pack below `custom_nodes`. */
export interface PackList {
  /** In the order in which they were loaded; empty until a worker was ready. */
  readonly packs: readonly PackInfo[];
}

/** An asset that the workflow read. */
export interface ParentAsset {
  /** The node that read it. */
  readonly node_id: string;
  /** The input that named it. */
  readonly input_name: string;
  /** The asset. */
  readonly asset: AssetView;
}

/** A file that went in. */
export interface ParentFile {
  /** The node that read it. */
  readonly node_id: string;
  /** Its type. */
  readonly node_type: string;
  /** The input that named it. */
  readonly input_name: string;
  /** The file. */
  readonly file: LineageFile;
}

/** How far a run is. */
export interface Progress {
  /** From 0 to 1, by the number of nodes; nodes that are under way count in part. */
  readonly fraction: number;
  /** Nodes that ran or did not have to. */
  readonly nodes_done: number;
  /** Nodes that the targets depend on, and the targets. */
  readonly nodes_total: number;
  /** Nodes that are under way. */
  readonly running: readonly NodeInProgress[];
  /** Of the last event that this takes into account; `GET /events?since=` goes on from there. */
  readonly seq: number;
}

/** The queue in numbers. */
export interface QueueState {
  /** No more jobs are started. */
  readonly paused: boolean;
  /** How many jobs run. */
  readonly running: number;
  /** How many wait. */
  readonly pending: number;
}

/** Jobs came or went, or the queue was paused or resumed. */
export interface QueueTold {
  readonly type: 'queue_changed';
  /** Jobs that wait or run. */
  readonly remaining: number;
  /** Whether no job is begun. */
  readonly paused: boolean;
}

/** The queue as it is now. */
export interface QueueView {
  /** No more jobs are started. */
  readonly paused: boolean;
  /** Jobs that run, in the order in which they began. */
  readonly running: readonly JobSummary[];
  /** A page of the jobs that wait, in the order in which they will run. */
  readonly pending: readonly JobSummary[];
  /** How many wait. */
  readonly pending_total: number;
}

/** The server can work. */
export interface Readiness {
  /** Always true; what is missing is the message of the refusal. */
  readonly ready: boolean;
  /** How many workers can run jobs. */
  readonly workers: number;
  /** How many node types there are. */
  readonly node_types: number;
}

/** What to bring back. */
export interface RestoreRequest {
  /** What the deletion answered. */
  readonly trash_id: string;
}

/** What was brought back. */
export interface RestoredItems {
  /** Names of files that are where they were. */
  readonly restored: readonly string[];
  /** Names of files that stay in the trash, as something else has their place. */
  readonly left: readonly string[];
}

/** Under which circumstances a run happened: what is needed to repeat it exactly. */
export interface RunRecord {
  /** By package: skein, python, torch, transformers, numpy, pillow. */
  readonly versions: Readonly<Record<string, string>>;
  /** Operating system and processor. */
  readonly platform: string;
  /** Name of the device. */
  readonly device: string;
  /** What networks computed in. */
  readonly dtype: string;
  /** Files that the workflow names. */
  readonly models: readonly ModelRecord[];
  /** Every seed as it was used, by `NODE.INPUT`. */
  readonly seeds: Readonly<Record<string, number | bigint>>;
  /** Of the processor, if it computed: who adds up what decides the last bit of a sum. 0 if it did not. */
  readonly threads: number;
  /** Of Skein's own code, in hexadecimal; empty if it does not run from a checkout, or in older records. */
  readonly commit: string;
  /**
   * Of the packs whose nodes the workflow uses, by name, the state of their code (`engine.revisions`); None in
   * older records, which say nothing of packs.
   */
  readonly packs: Readonly<Record<string, string>> | null;
}

/** A workflow file as it was saved. */
export interface SavedWorkflow {
  /** With its folders and its ending, `.json`. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** When it was written last, in seconds since 1970. */
  readonly modified: number;
  /** How many nodes it has; null if it is no workflow. */
  readonly nodes: number | null;
  /** Names what is in it: the same text has the same revision. */
  readonly revision: string;
  /** The version that it is. */
  readonly version: Version;
}

/** Which files. */
export interface SomeFiles {
  /** Their names; they need not exist. */
  readonly files: readonly NamedFile[];
}

/** Which files. */
export interface SomeItems {
  /** Their ids; those that are not there are left out. */
  readonly ids: readonly number[];
}

/** How something is now, in the form of an event. */
export interface StateTold {
  /** 0: it has no number. */
  readonly seq: number;
  /** Empty. */
  readonly job_id: string;
  /** Empty. */
  readonly client_id: string;
  /** When, in seconds since 1970. */
  readonly at: number;
  /** How it is; `type` tells what. */
  readonly event: QueueTold | WorkersTold | GalleryTold | CatalogTold;
}

/** One event of one job, in the order of all events of this server. */
export interface StreamedEvent {
  /** Its number; give the last one you have seen as `since` to go on after it. */
  readonly seq: number;
  /** The job; empty for `hello`. */
  readonly job_id: string;
  /** Who submitted the job; empty if nobody said. */
  readonly client_id: string;
  /** When, in seconds since 1970; 0 for `hello`. */
  readonly at: number;
  /** What happened; `type` tells which. */
  readonly event: JobQueued | JobStarted | NodesCached | NodeStarted | NodeProgress | NodeText | NodeFinished | NodeBlocked | JobSucceeded | JobFailed | JobCancelled | Hello;
}

/** How a file comes back. */
export interface TakeBackRequest {
  /** Under which name; by default its own. */
  readonly to?: string | null;
}

/** Who takes a draft over. */
export interface TakeDraftRequest {
  /**
   * What the draft is called from then on: who had it before writes to a draft of its own if it comes back.
   */
  readonly id: string;
  /** The browser window that has it open from then on. */
  readonly window?: string | null;
}

/** Workflows to begin with. */
export interface TemplateList {
  /** Our own first, then those of packs; by name. */
  readonly templates: readonly TemplateView[];
}

/** A workflow to begin with. */
export interface TemplateView {
  /** Where it comes from; our own are of `skein`. */
  readonly pack: string;
  /** Of its file, without ending: `/workflow_templates/PACK/NAME.json`. */
  readonly name: string;
  /** Whether `NAME.jpg` shows what it makes. */
  readonly has_picture: boolean;
}

/** What is in the trash. */
export interface TrashList {
  /** The newest first. */
  readonly files: readonly TrashedFile[];
}

/** Where a deleted file is. */
export interface TrashPlace {
  /** Its place in the trash; put it back with it. */
  readonly trash_id: string;
}

/** A workflow file in the trash. */
export interface TrashedFile {
  /** Names it in addresses. */
  readonly trash_id: string;
  /** As it was called. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** When it was deleted, in seconds since 1970. */
  readonly deleted_at: number;
}

/** A node that took part. */
export interface UpstreamNode {
  /** Its type. */
  readonly node_type: string;
  /** What the user called it; empty if nothing. */
  readonly title: string;
  /** Its inputs that are values, as the workflow has them. */
  readonly values: JsonObject;
  /** Its inputs that come from other nodes: node id and index of the output. */
  readonly links: Readonly<Record<string, readonly [string, number]>>;
}

/** What is wrong with a workflow. */
export interface ValidationView {
  /** Whether all that is wanted can run. */
  readonly valid: boolean;
  /** Why not, in one sentence; empty if it can. */
  readonly message: string;
  /** Wanted output nodes that can run. */
  readonly targets: readonly string[];
  /** Wanted output nodes that cannot. */
  readonly refused: readonly string[];
  /** Everything that is wrong, also where nothing depends on it, in the order of the file. */
  readonly errors: readonly InputErrorView[];
  /** Node types that are not there, with the packs they come from. */
  readonly missing_types: readonly MissingType[];
  /** Model files that are not there, with addresses and the nearest that are. */
  readonly missing_models: readonly MissingModel[];
  /** What was dropped, filled in or guessed. */
  readonly notes: readonly NoteView[];
}

/** An output of a node, in short. */
export interface ValueSummary {
  /** Its first value in at most some 60 characters (`1x4x64x64 fp32`); empty if there is nothing to say. */
  readonly text?: string;
  /** How many values it has. */
  readonly count?: number;
}

/** A text that was saved under a name. */
export interface Version {
  /** Names it in addresses. */
  readonly id: number;
  /** When, in seconds since 1970. */
  readonly saved_at: number;
  /** Of its text, in bytes. */
  readonly size: number;
  /** How many nodes it has; null if it is no workflow. */
  readonly nodes: number | null;
  /** Names the text: the same text has the same revision. */
  readonly revision: string;
  /**
   * `saved` by Save, `restored` from an older version, or `found`: something else had written the file, and it
   * was kept before it was replaced.
   */
  readonly origin: 'found' | 'restored' | 'saved';
  /** What changed from the version before. */
  readonly changes: Changes;
  /** What the user calls it; empty if nothing. */
  readonly label: string;
}

/** The versions of a file. */
export interface VersionList {
  /** The newest first; that is what is in the file. */
  readonly versions: readonly Version[];
}

/** Every worker. */
export interface WorkerList {
  /** In the order of their numbers. */
  readonly workers: readonly WorkerView[];
  /** By package, as the workers have them; empty until one was ready. */
  readonly versions: Readonly<Record<string, string>>;
  /** What they could not load, in sentences. */
  readonly notes: readonly string[];
}

/** Who holds what in a worker. */
export interface WorkerMemory {
  /** The worker's number. */
  readonly worker: number;
  /** Whether it said so in time; otherwise the rest is empty. */
  readonly answered: boolean;
  /** What the process has of the machine's memory. */
  readonly process_bytes: number;
  /** Models and cached outputs of nodes, the largest first. */
  readonly holders: readonly Holder[];
  /** Its own device first, and what they have left. */
  readonly devices: readonly DeviceInfo[];
}

/** A worker process. */
export interface WorkerView {
  /** Its place, from 0; stays when the process is replaced. */
  readonly number: number;
  /** Of the process; null if there is none at the moment. */
  readonly pid: number | null;
  /** `dead` while it waits to be started again after it could not be started. */
  readonly state: 'busy' | 'dead' | 'idle' | 'starting';
  /** The job that it runs. */
  readonly job_id: string | null;
  /** Its own device first. */
  readonly devices: readonly DeviceInfo[];
  /** How many processes have died in this place without having been told to stop. */
  readonly deaths: number;
  /** When the process became ready, in seconds since 1970. */
  readonly started_at: number | null;
  /** What it has of the machine's memory. */
  readonly memory_bytes: number;
  /** At which it is replaced. */
  readonly memory_limit_bytes: number;
  /** Why the last one died or could not be started; null if none did. */
  readonly failure: string | null;
}

/** A worker began or ended a run, became ready, died or is being started. */
export interface WorkersTold {
  readonly type: 'workers_changed';
  /** All of them. */
  readonly workers: readonly WorkerView[];
}

/** A workflow file. */
export interface WorkflowFile {
  /** With its folders and its ending, `.json`. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** When it was written last, in seconds since 1970. */
  readonly modified: number;
  /** How many nodes it has; null if it is no workflow. */
  readonly nodes: number | null;
  /** Names what is in it: the same text has the same revision. */
  readonly revision: string;
}

/** Workflow files. */
export interface WorkflowList {
  /** All, by name. */
  readonly files: readonly WorkflowFile[];
  /** All folders, by name, also empty ones. */
  readonly folders: readonly string[];
  /** Names of the files that the user wants first. */
  readonly favourites: readonly string[];
}

/** The workflow file that a job ran. */
export interface WorkflowOrigin {
  /** Of the file as it was called then. */
  readonly name: string;
  /** The version that was open; null if it is not kept any more. */
  readonly version: Version | null;
  /** Whether that is the newest version of the file. */
  readonly is_newest: boolean;
  /** What had been changed in it, and not saved, when it ran; null if that cannot be told. */
  readonly changes: Changes | null;
}

/** A workflow and what to change in it. */
export interface WorkflowRequest {
  /**
   * A workflow in canvas format or in API format, as an object or as JSON text; wrapped in a list of one, in
   * `templates`, or as `prompt` beside the canvas document, as files have it.
   */
  readonly workflow?: JsonObject | readonly Json[] | string;
  /**
   * A workflow in canvas format or in API format, as an object or as JSON text; wrapped in a list of one, in
   * `templates`, or as `prompt` beside the canvas document, as files have it.
   */
  readonly prompt?: JsonObject | readonly Json[] | string;
  /** Values to set first, by `NODE.INPUT`; NODE is an id, a title or a type name. */
  readonly inputs?: JsonObject;
  /** Ids of the nodes whose outputs are wanted; by default all output nodes. */
  readonly targets?: readonly string[] | null;
}

/** What each route that answers with JSON takes and gives, by method and path. */
export interface Routes {
  /** Run a workflow. */
  'POST /api/v1/jobs': {
    readonly query?: {
      /** Answer when the job has ended, but after so many seconds at the latest. */
      readonly wait?: number;
    };
    readonly headers?: {
      /** Makes it safe to send the same again: it is the same job. Any text of your choice. */
      readonly 'Idempotency-Key'?: string;
    };
    readonly body: JobRequest | FormData | Blob;
    readonly reply: JobView;
  };
  /** Jobs, waiting, running and ended ones, page by page. */
  'GET /api/v1/jobs': {
    readonly query?: {
      /** Only jobs in one of these states. */
      readonly state?: readonly ('cancelled' | 'failed' | 'queued' | 'running' | 'succeeded')[];
      /** Only jobs of this client. */
      readonly client_id?: string;
      /** Only jobs whose id, client, name, error or workflow holds this text. */
      readonly text?: string;
      /** Only jobs accepted at this time or later, in seconds since 1970. */
      readonly created_after?: number;
      /** Only jobs accepted before this time. */
      readonly created_before?: number;
      /** By time of acceptance, of the end, or by how long the run took. */
      readonly order?: 'created' | 'duration' | 'finished';
      /** The newest or longest first. */
      readonly descending?: boolean;
      /** At most so many. */
      readonly limit?: number;
      /** `next_cursor` of the page before. */
      readonly cursor?: string;
    };
    readonly reply: JobPage;
  };
  /**
   * Forget jobs that have ended: some, or the whole history. Others are passed over; files stay where they are.
   */
  'DELETE /api/v1/jobs': {
    readonly query?: {
      /** These; by default all that have ended. */
      readonly id?: readonly string[];
    };
    readonly reply: Deleted;
  };
  /** Run the same workflow again, as a new job. */
  'POST /api/v1/jobs/{job_id}/retry': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly reply: JobView;
  };
  /** All that is known of a job: state, progress, outputs, timings, what is needed to repeat it. */
  'GET /api/v1/jobs/{job_id}': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly reply: JobView;
  };
  /** Forget a job that has ended. The files that it left stay where they are. */
  'DELETE /api/v1/jobs/{job_id}': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly reply: Deleted;
  };
  /** The workflow of a job, in both formats where both are known. */
  'GET /api/v1/jobs/{job_id}/workflow': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly reply: JobWorkflow;
  };
  /** Take a job out of the queue, or stop its run. */
  'POST /api/v1/jobs/{job_id}/cancel': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly reply: Cancelled;
  };
  /** Cancel several jobs, or all that wait. */
  'POST /api/v1/jobs/cancel': {
    readonly body?: CancelRequest;
    readonly reply: CancelledMany;
  };
  /** Give a waiting job another place in the queue. */
  'POST /api/v1/jobs/{job_id}/move': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly body: MoveRequest;
    readonly reply: JobSummary;
  };
  /** What runs and what waits, in order. */
  'GET /api/v1/queue': {
    readonly query?: {
      /** So many are skipped. */
      readonly offset?: number;
      /** At most so many. */
      readonly limit?: number;
    };
    readonly reply: QueueView;
  };
  /** Start no more jobs, also after a restart of the server. What runs goes on. */
  'POST /api/v1/queue/pause': {
    readonly reply: QueueState;
  };
  /** Start jobs again. */
  'POST /api/v1/queue/resume': {
    readonly reply: QueueState;
  };
  /** Events of one job, as server-sent events, from its first to its last. */
  'GET /api/v1/jobs/{job_id}/events': {
    readonly path: {
      /** The job. */
      readonly job_id: string;
    };
    readonly query?: {
      /**
       * The number of the last event that was seen; 0 for everything there is. By default what happens from now
       * on.
       */
      readonly since?: number;
    };
    readonly headers?: {
      /** The same, as browsers send it when they connect again; counts more than `since`. */
      readonly 'Last-Event-ID'?: string;
    };
    readonly reply: null;
  };
  /**
   * What the nodes of a job gave, each output in a few characters: shape and number type, or the beginning of a
   * text.
   */
  'GET /api/v1/jobs/{job_id}/values': {
    readonly path: {
      /** Its id. */
      readonly job_id: string;
    };
    readonly reply: JobValues;
  };
  /** The files that jobs left, the newest first, page by page. */
  'GET /api/v1/assets': {
    readonly query?: {
      /** Only those that this job showed. */
      readonly job_id?: string;
      /** Only those that a node of this id showed. */
      readonly node_id?: string;
      /** Only those of this directory. */
      readonly kind?: 'input' | 'output' | 'temp';
      /** So many are skipped. */
      readonly offset?: number;
      /** At most so many. */
      readonly limit?: number;
    };
    readonly reply: AssetPage;
  };
  /** An asset with its lineage: which job, which node, which inputs, which other assets. */
  'GET /api/v1/assets/{asset_id}': {
    readonly path: {
      /** Its id. */
      readonly asset_id: string;
    };
    readonly reply: AssetDetails;
  };
  /** Everything that is wrong with a workflow, without running it. */
  'POST /api/v1/workflows/validate': {
    readonly body: WorkflowRequest | FormData | Blob;
    readonly reply: ValidationView;
  };
  /** What a run of a workflow would do with each node, without running it. */
  'POST /api/v1/workflows/forecast': {
    readonly body: WorkflowRequest | FormData | Blob;
    readonly reply: ForecastView;
  };
  /** A workflow of either format, or in a picture, as API JSON, and what had to be guessed on the way. */
  'POST /api/v1/convert': {
    readonly body: WorkflowRequest | FormData | Blob;
    readonly reply: ConvertedWorkflow;
  };
  /** The workflows to begin with. */
  'GET /api/v1/templates': {
    readonly reply: TemplateList;
  };
  /** All workflow files of the user, with their folders. */
  'GET /api/v1/workflows/files': {
    readonly reply: WorkflowList;
  };
  /** A workflow file, byte for byte; its `ETag` is its revision. */
  'GET /api/v1/workflows/files/{name}': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly headers?: {
      /**
       * The revision, in quotes, that the change is based on, or `*` for any: it is refused if another one is
       * there.
       */
      readonly 'If-Match'?: string;
      /** `*`: it is refused if anything is there. */
      readonly 'If-None-Match'?: string;
    };
    readonly reply: JsonObject;
  };
  /** Save a workflow: the body becomes the file, byte for byte, and a version of it. */
  'PUT /api/v1/workflows/files/{name}': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly headers?: {
      /**
       * The revision, in quotes, that the change is based on, or `*` for any: it is refused if another one is
       * there.
       */
      readonly 'If-Match'?: string;
      /** `*`: it is refused if anything is there. */
      readonly 'If-None-Match'?: string;
    };
    readonly body: JsonObject;
    readonly reply: SavedWorkflow;
  };
  /** Move a workflow file to the trash, its versions with it. */
  'DELETE /api/v1/workflows/files/{name}': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly headers?: {
      /**
       * The revision, in quotes, that the change is based on, or `*` for any: it is refused if another one is
       * there.
       */
      readonly 'If-Match'?: string;
      /** `*`: it is refused if anything is there. */
      readonly 'If-None-Match'?: string;
    };
    readonly reply: TrashPlace;
  };
  /** Give a workflow file another name or folder; its versions go with it. */
  'POST /api/v1/workflows/files/{name}/move': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly body: MoveFileRequest;
    readonly reply: WorkflowFile;
  };
  /** Duplicate a workflow file under another name. The copy has a history of its own. */
  'POST /api/v1/workflows/files/{name}/copy': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly body: NewName;
    readonly reply: WorkflowFile;
  };
  /** Have a workflow file stand first, or no longer; it keeps that under another name. */
  'POST /api/v1/workflows/files/{name}/mark': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly body: FavouriteRequest;
    readonly reply: WorkflowFile;
  };
  /** What a workflow file was at each save, and what changed. */
  'GET /api/v1/workflows/files/{name}/versions': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly reply: VersionList;
  };
  /** A workflow file as it was, byte for byte. */
  'GET /api/v1/workflows/files/{name}/versions/{version_id}': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
      /** Its id. */
      readonly version_id: number;
    };
    readonly reply: JsonObject;
  };
  /** Give a version a name. */
  'PATCH /api/v1/workflows/files/{name}/versions/{version_id}': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
      /** Its id. */
      readonly version_id: number;
    };
    readonly body: LabelRequest;
    readonly reply: Version;
  };
  /** Save a version again. What is in the file now stays a version, too. */
  'POST /api/v1/workflows/files/{name}/versions/{version_id}/restore': {
    readonly path: {
      /** Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`. */
      readonly name: string;
      /** Its id. */
      readonly version_id: number;
    };
    readonly headers?: {
      /**
       * The revision, in quotes, that the change is based on, or `*` for any: it is refused if another one is
       * there.
       */
      readonly 'If-Match'?: string;
      /** `*`: it is refused if anything is there. */
      readonly 'If-None-Match'?: string;
    };
    readonly reply: SavedWorkflow;
  };
  /** Make an empty folder. */
  'POST /api/v1/workflows/folders': {
    readonly body: NewFolder;
    readonly reply: Folder;
  };
  /** Give a folder another name or place, with all that is in it; the versions of its files go along. */
  'POST /api/v1/workflows/folders/{name}/move': {
    readonly path: {
      /** Its name with those above it, below `workflows`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly body: FolderMove;
    readonly reply: Folder;
  };
  /** Move everything in a folder to the trash, and remove the folder. */
  'DELETE /api/v1/workflows/folders/{name}': {
    readonly path: {
      /** Its name with those above it, below `workflows`. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly reply: DeletedFolder;
  };
  /** Workflow files that were deleted. */
  'GET /api/v1/workflows/trash': {
    readonly reply: TrashList;
  };
  /** Remove all workflows from the trash, their versions with them. They cannot be had again. */
  'DELETE /api/v1/workflows/trash': {
    readonly reply: EmptiedTrash;
  };
  /** Put a deleted workflow file back, its versions with it. */
  'POST /api/v1/workflows/trash/{trash_id}/restore': {
    readonly path: {
      /** Its place. */
      readonly trash_id: string;
    };
    readonly body?: TakeBackRequest;
    readonly reply: WorkflowFile;
  };
  /** Remove a workflow from the trash, its versions with it. It cannot be had again. */
  'DELETE /api/v1/workflows/trash/{trash_id}': {
    readonly path: {
      /** Its place. */
      readonly trash_id: string;
    };
    readonly reply: null;
  };
  /** What is open somewhere and not saved. */
  'GET /api/v1/drafts': {
    readonly reply: DraftList;
  };
  /**
   * Store a draft, in place of what it was. What was stored survives the end of the server, also a sudden one.
   */
  'PUT /api/v1/drafts/{draft_id}': {
    readonly path: {
      /** As the client names it, such as a UUID. */
      readonly draft_id: string;
    };
    readonly headers?: {
      /**
       * The revision, in quotes, that the change is based on: it is refused if another one is there. Where no
       * draft is there, it is stored all the same.
       */
      readonly 'If-Match'?: string;
    };
    readonly body: DraftRequest | Blob;
    readonly reply: Draft;
  };
  /** A draft with its document. */
  'GET /api/v1/drafts/{draft_id}': {
    readonly path: {
      /** As the client names it, such as a UUID. */
      readonly draft_id: string;
    };
    readonly reply: DraftDetails;
  };
  /** Forget a draft: it was saved, or is not wanted. */
  'DELETE /api/v1/drafts/{draft_id}': {
    readonly path: {
      /** As the client names it, such as a UUID. */
      readonly draft_id: string;
    };
    readonly reply: null;
  };
  /**
   * Take a draft over from a window that is gone. Of two who do it at once one is given it; it is never away.
   */
  'POST /api/v1/drafts/{draft_id}/take': {
    readonly path: {
      /** As the client names it, such as a UUID. */
      readonly draft_id: string;
    };
    readonly body: TakeDraftRequest;
    readonly reply: Draft;
  };
  /** What files hold at present, by a name for it: who has seen one sees whether it is another now. */
  'POST /api/v1/files/versions': {
    readonly body: SomeFiles;
    readonly reply: FileVersions;
  };
  /** The files of the output directory that a search finds, page by page. */
  'GET /api/v1/gallery': {
    readonly query?: {
      /**
       * A search: words, `"phrases"`, `model:x seed:1 sampler:x scheduler:x steps:20 cfg:>=7 tag:x size:>=1024
       * size:512x768 width:512 height:512 bytes:>1m rating:>=3 date:2026-01 after:2026-01 before:2026-02-15
       * folder:x name:x path:folder/name.png source:x kind:video star rejected`. All must hold; `-` before one
       * turns it round, and `model:="x"` means the whole value.
       */
      readonly q?: string;
      /** By what; `size` is in bytes. */
      readonly sort?: 'modified' | 'name' | 'pixels' | 'rating' | 'size';
      /** The newest, largest, ... first. */
      readonly descending?: boolean;
      /** So many are skipped. */
      readonly offset?: number;
      /** At most so many. */
      readonly limit?: number;
    };
    readonly reply: GalleryPage;
  };
  /** The ids of the files that a search finds: to mark, fetch or delete them all. */
  'GET /api/v1/gallery/ids': {
    readonly query?: {
      /**
       * A search: words, `"phrases"`, `model:x seed:1 sampler:x scheduler:x steps:20 cfg:>=7 tag:x size:>=1024
       * size:512x768 width:512 height:512 bytes:>1m rating:>=3 date:2026-01 after:2026-01 before:2026-02-15
       * folder:x name:x path:folder/name.png source:x kind:video star rejected`. All must hold; `-` before one
       * turns it round, and `model:="x"` means the whole value.
       */
      readonly q?: string;
      /** By what; `size` is in bytes. */
      readonly sort?: 'modified' | 'name' | 'pixels' | 'rating' | 'size';
      /** The newest, largest, ... first. */
      readonly descending?: boolean;
      /** So many are skipped. */
      readonly offset?: number;
      /** At most so many. */
      readonly limit?: number;
    };
    readonly reply: GalleryIds;
  };
  /** The folders, models, tags, ... that there are, with the number of their files. */
  'GET /api/v1/gallery/facets': {
    readonly reply: GalleryFacets;
  };
  /** A file with all that it tells, and the job that made it. */
  'GET /api/v1/gallery/{item_id}': {
    readonly path: {
      /** Its id. */
      readonly item_id: number;
    };
    readonly reply: GalleryDetails;
  };
  /**
   * Give files a star, a rating, tags, sort them out, or take that back. Files keep it while they are away.
   */
  'POST /api/v1/gallery/mark': {
    readonly body: MarkRequest;
    readonly reply: MarkedItems;
  };
  /** Move files to the user's trash, where they stay for 30 days. */
  'POST /api/v1/gallery/delete': {
    readonly body: SomeItems;
    readonly reply: DeletedItems;
  };
  /** Bring deleted files back to where they were, with what the user said of them. */
  'POST /api/v1/gallery/restore': {
    readonly body: RestoreRequest;
    readonly reply: RestoredItems;
  };
  /**
   * Where a file of the output, input or temp directory comes from, and which files of the gallery came of it.
   */
  'GET /api/v1/gallery/lineage': {
    readonly query: {
      /** Without its folder. */
      readonly filename: string;
      /** The directory that it is in. */
      readonly kind?: 'input' | 'output' | 'temp';
      /** Below that; may be empty. */
      readonly subfolder?: string;
    };
    readonly reply: Lineage;
  };
  /** Every node type with its inputs, choices, outputs and help; all at once or page by page. */
  'GET /api/v1/nodes': {
    readonly query?: {
      /** Only those of this place in the menu and below. */
      readonly category?: string;
      /** Only those whose name, title, help or other words hold this text. */
      readonly text?: string;
      /** So many are skipped. */
      readonly offset?: number;
      /** At most so many; by default all. */
      readonly limit?: number;
    };
    readonly reply: NodePage;
  };
  /** One node type. */
  'GET /api/v1/nodes/{type}': {
    readonly path: {
      /** Its name in workflow files. */
      readonly type: string;
    };
    readonly reply: NodeTypeView;
  };
  /** The model files that workflows can name, by kind. */
  'GET /api/v1/models': {
    readonly query?: {
      /** Only those of this kind. */
      readonly kind?: string;
      /** Only those whose name holds this text. */
      readonly text?: string;
    };
    readonly reply: ModelList;
  };
  /** A model file with what it says of itself. No tensor is read, and no hash is computed. */
  'GET /api/v1/models/{kind}/{name}': {
    readonly path: {
      /** `checkpoints`, `loras`, `vae`, ... */
      readonly kind: string;
      /** As workflows name it. Slashes are written as `%2F`. */
      readonly name: string;
    };
    readonly reply: ModelDetails;
  };
  /** The node packs: what each brings, why one could not be loaded, and what to install. */
  'GET /api/v1/packs': {
    readonly reply: PackList;
  };
  /** The worker processes: what each does, and how often it had to be replaced. */
  'GET /api/v1/workers': {
    readonly reply: WorkerList;
  };
  /** Who holds what in each worker: weights of models, cached outputs of nodes. */
  'GET /api/v1/memory': {
    readonly reply: MemoryView;
  };
  /** Give memory back: by default all that can be. */
  'POST /api/v1/memory/free': {
    readonly body?: FreeRequest;
    readonly reply: Freeing;
  };
  /** How busy the machine is: processor, memory, and the memory of its devices. */
  'GET /api/v1/load': {
    readonly reply: LoadView;
  };
  /** Whether the server answers, and how large what it is sent may be. Needs no token. */
  'GET /api/v1/health': {
    readonly reply: Health;
  };
  /** Whether jobs can be accepted and run. Needs no token. */
  'GET /api/v1/ready': {
    readonly reply: Readiness;
  };
  /** This document. */
  'GET /api/v1/openapi.json': {
    readonly reply: JsonObject;
  };
}

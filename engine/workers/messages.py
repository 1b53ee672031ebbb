"""Everything that crosses between the server and a worker: frozen records, told apart by `type`, packed by msgspec.

No tensors, no paths that only one side could read: the two may one day be on different machines.
Events of a run are `engine.jobs.events`, the same records that are stored and sent to clients.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from engine.jobs.events import ErrorRecord, Event
from engine.jobs.job import JobState, RunRecord

# -- server to worker ------------------------------------------------------------------------------------------------


class Configure(Struct, frozen=True, tag="configure", kw_only=True):
    """The first message: how the worker's engine is set up.

    Attributes:
        settings: `engine.settings.Settings` as JSON values.
        node_packages: Importable packages whose modules hold the nodes.
        previews: Whether and how unfinished pictures are sent.
        plain_previews: They are also for clients that can read nothing but JPEG.
        log_level: A name of `logging`.
        memory_limit_bytes: What the worker may take of the host's memory. Where it computes on the processor, it asks
            the system to refuse what is beyond; else only the server watches.
        pack_timeout_s: If the import of a pack takes longer, the process ends.
    """

    settings: dict[str, Any]
    node_packages: tuple[str, ...]
    preview_format: str = "jpeg"
    previews: bool = True
    plain_previews: bool = False
    log_level: str = "WARNING"
    memory_limit_bytes: int | None = None
    pack_timeout_s: float | None = None


class RunJob(Struct, frozen=True, tag="run"):
    """Run a job; answered by `EventTold`s and one `RunEnded`.

    Attributes:
        job_id: Which.
        prompt: The workflow in API format, JSON text in UTF-8.
        targets: Output nodes to run.
        client_id: Who submitted it.
        extra_data: What came along, JSON text of an object (its integers may be of any size); pictures carry on what it
            holds as `extra_pnginfo`.
        secrets: For nodes that ask for them.
    """

    job_id: str
    prompt: bytes
    targets: tuple[str, ...]
    client_id: str = ""
    extra_data: bytes = b"{}"
    secrets: dict[str, Any] = field(default_factory=dict[str, Any])


class InterruptRun(Struct, frozen=True, tag="interrupt"):
    """Stop the run of this job at its next step or node; ignored if it is not running."""

    job_id: str


class FreeMemory(Struct, frozen=True, tag="free"):
    """Forget cached outputs and, or, unload models, once the run in progress has ended."""

    unload_models: bool
    forget_outputs: bool


class AskValidate(Struct, frozen=True, tag="ask_validate"):
    """Validate a workflow (JSON text) whose nodes have a say in it; answered by `Validation`."""

    request_id: int
    prompt: bytes
    targets: tuple[str, ...] | None = None


class AskRenew(Struct, frozen=True, tag="ask_renew"):
    """Read the declarations again whose choices change with the world; answered by `Renewed`."""

    request_id: int


class AskFilter(Struct, frozen=True, tag="ask_filter"):
    """Have packs look at the body of a submission (JSON text) before anybody else; answered by `Filtered`."""

    request_id: int
    body: bytes


class AskForecast(Struct, frozen=True, tag="ask_forecast"):
    """What a run of a workflow (JSON text) would do; answered by `Forecasted`."""

    request_id: int
    prompt: bytes
    targets: tuple[str, ...] | None = None


class AskMemory(Struct, frozen=True, tag="ask_memory"):
    """Who holds what; answered by `MemoryReport`."""

    request_id: int


class Stop(Struct, frozen=True, tag="stop"):
    """Interrupt what runs, tidy up and exit with status 0."""


ToWorker = (
    Configure | RunJob | InterruptRun | FreeMemory | AskValidate | AskRenew | AskFilter | AskForecast | AskMemory | Stop
)

# -- worker to server ------------------------------------------------------------------------------------------------


class Hello(Struct, frozen=True, tag="hello"):
    """The first message of a worker: who it is, and that it was the server who started it."""

    secret: str
    pid: int


class DeviceInfo(Struct, frozen=True, kw_only=True):
    """A device that computes, as `/system_stats` shows it. Bytes."""

    name: str
    type: str
    index: int | None
    memory_total: int
    memory_free: int
    torch_memory_total: int
    torch_memory_free: int


class PackInfo(Struct, frozen=True, kw_only=True):
    """A node pack.

    Attributes:
        name: Of its folder or file.
        standing: `loads`, or what keeps it from being loaded: `disabled`, `not allowed`, `new`, `crashed`.
        summary: What became of it, in a sentence.
        node_types: What it declares.
        seconds: How long its import took.
        error: Why it could not be loaded; empty if it was.
        remedy: What to do about it; empty if nobody can say.
        notes: Nodes of it that could not be read, each with the reason.
        web_directory: Its files for the browser, relative to the pack; empty if it has none.
    """

    name: str
    standing: str
    summary: str
    node_types: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()
    web_directory: str = ""


class PackSite(Struct, frozen=True, kw_only=True):
    """Where a worker answers the HTTP routes that packs registered.

    Attributes:
        port: On the loopback address.
        secret: What a request must show in the header `X-Skein-Secret`.
        routes: Method (`*` for any) and path of each, as aiohttp writes paths.
    """

    port: int
    secret: str
    routes: tuple[tuple[str, str], ...]


class ModelDirectories(Struct, frozen=True):
    """Where model files lie, packs' directories among them; see the settings of these names.

    Attributes:
        first: `Settings.first_model_directories`.
        extra: `Settings.extra_model_directories`.
    """

    first: dict[str, tuple[str, ...]]
    extra: dict[str, tuple[str, ...]]


class Ready(Struct, frozen=True, tag="ready", kw_only=True):
    """The worker can run jobs.

    Attributes:
        declarations: Every node type, see `engine.graph.declaration`; JSON values.
        versions: By package, see `RunRecord.versions`.
        devices: The worker's own device first, then the others of the machine.
        accelerators: Every device (`cuda:0`, ...) that the machine has besides the processor, the worker's own too.
        notes: What could not be loaded, in sentences.
        packs: What became of each pack.
        site: Where routes of packs are answered; None if there are none.
        filters_prompts: Packs want to see submissions first, see `AskFilter`.
        model_directories: None if they are those that the worker was given.
    """

    declarations: tuple[dict[str, Any], ...]
    versions: dict[str, str]
    devices: tuple[DeviceInfo, ...]
    accelerators: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    packs: tuple[PackInfo, ...] = ()
    site: PackSite | None = None
    filters_prompts: bool = False
    model_directories: ModelDirectories | None = None


class StartFailed(Struct, frozen=True, tag="start_failed"):
    """The worker could not be set up and exits."""

    error: ErrorRecord


class RunTaken(Struct, frozen=True, tag="run_taken"):
    """The worker has read a `RunJob`. From now on its death counts as the job's doing; before, as bad luck."""

    job_id: str


class NodeAsked(Struct, frozen=True, tag="node_asked"):
    """A node is about to be asked whether it has changed (its fingerprint), which it may die of. No event: all others
    see of it is what becomes of the run."""

    job_id: str
    node_id: str
    node_type: str
    display_id: str


class EventTold(Struct, frozen=True, gc=False, tag="event"):
    """Something happened in a run (node events only; how jobs begin and end is the dispatcher's to say)."""

    job_id: str
    event: Event


class Preview(Struct, frozen=True, tag="preview", kw_only=True):
    """An unfinished picture of a node, encoded; may be dropped on the way.

    Attributes:
        media_type: `image/jpeg`, `image/webp` or `image/png`.
        data: The file's bytes.
        jpeg: The same picture for clients that can read nothing else; empty if it is one, or nobody wants it.
        final: A finished picture that a node sends over the websocket (SaveImageWebsocket); never dropped.
    """

    job_id: str
    node_id: str
    display_id: str
    parent_id: str | None
    media_type: str
    data: bytes
    jpeg: bytes = b""
    final: bool = False


class RunEnded(Struct, frozen=True, tag="run_ended", kw_only=True):
    """The last message about a job: succeeded, failed or cancelled.

    Attributes:
        seconds: How long the run took.
        error: Why it failed.
        node_id: Where it was when it was stopped.
        node_type: Its type.
        executed: Nodes that had finished.
        record: How to repeat it; None if the run never began, or if files are still being hashed for the first time:
            then a `RunRecorded` follows.
    """

    job_id: str
    state: JobState
    seconds: float
    error: ErrorRecord | None = None
    node_id: str = ""
    node_type: str = ""
    executed: tuple[str, ...] = ()
    record: RunRecord | None = None


class RunRecorded(Struct, frozen=True, tag="run_recorded"):
    """How to repeat a run that has ended; only after a `RunEnded` without a record, perhaps much later."""

    job_id: str
    record: RunRecord


class InputErrorRecord(Struct, frozen=True, kw_only=True):
    """An `engine.errors.InputError`."""

    node_id: str
    node_type: str
    code: str
    message: str
    input_name: str | None = None
    details: str = ""
    extra_info: dict[str, Any] = field(default_factory=dict[str, Any])
    dependent_outputs: tuple[str, ...] = ()
    more_outputs: int = 0


class Validation(Struct, frozen=True, tag="validation", kw_only=True):
    """What validation found; see `engine.graph.validate.Validated`. `failure`: it could not be done at all."""

    request_id: int
    targets: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    errors: tuple[InputErrorRecord, ...] = ()
    failure: ErrorRecord | None = None


class Renewed(Struct, frozen=True, tag="renewed"):
    """The declarations that were read again, see `Ready.declarations`."""

    request_id: int
    declarations: tuple[dict[str, Any], ...]


class Filtered(Struct, frozen=True, tag="filtered"):
    """The body as the packs' handlers left it."""

    request_id: int
    body: bytes


class Forecasted(Struct, frozen=True, tag="forecasted"):
    """By node id, what a run would do with it, see `engine.execution.forecast`."""

    request_id: int
    nodes: dict[str, str]


class Holder(Struct, frozen=True, kw_only=True):
    """Something that takes memory: a model's weights, or the cached output of a node."""

    name: str
    kind: str
    place: str
    size_bytes: int


class MemoryReport(Struct, frozen=True, tag="memory", kw_only=True):
    """Who holds what in this worker, largest first, and what its devices have left."""

    request_id: int
    holders: tuple[Holder, ...]
    devices: tuple[DeviceInfo, ...]
    process_bytes: int


class PackMessage(Struct, frozen=True, tag="pack_message"):
    """A message of a node pack to clients; to all of them if `client_id` is None."""

    name: str
    data: Any
    client_id: str | None = None


class PackText(Struct, frozen=True, tag="pack_text"):
    """A node pack shows a text at a node, outside of its runs or to another client; to all if `client_id` is None."""

    node_id: str
    text: str
    client_id: str | None = None


class LogLine(Struct, frozen=True, tag="log"):
    """A line that the worker logged or printed; `at` in seconds since 1970. See `engine.workers.output`."""

    at: float
    text: str


ToServer = (
    Hello
    | Ready
    | StartFailed
    | RunTaken
    | NodeAsked
    | EventTold
    | Preview
    | RunEnded
    | RunRecorded
    | Validation
    | Renewed
    | Filtered
    | Forecasted
    | MemoryReport
    | PackMessage
    | PackText
    | LogLine
)

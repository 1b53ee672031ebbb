"""Engine: registry, pool, cache and executor of one process or one part of it; loads, validates and runs workflows.

What `main.py` and library users hold. Everything here happens on the caller's thread, without asyncio. No module has
state, so several engines can live side by side, each with a cache and a pool of its own; one engine runs one workflow
at a time. Torch is imported when nodes or a run need it, not by this module.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from engine.embedded.containers import read_document
from engine.errors import EngineError, WorkflowError
from engine.execution.cache import OutputCache
from engine.execution.events import Event
from engine.execution.executor import Executor, RunResult
from engine.execution.forecast import Forecast, forecast_run
from engine.files import list_choices
from engine.graph.document import read_workflow
from engine.graph.missing import Missing
from engine.graph.object_info import choices_of, object_info
from engine.graph.overrides import set_inputs
from engine.graph.registry import Registry
from engine.graph.schema import Input
from engine.graph.validate import Validated, validate
from engine.graph.workflow import Workflow
from engine.provenance import RunRecord, known_hashes, make_record, missing_here, open_hashes
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.compat.host import Host
    from engine.compat.loader import PackReport
    from engine.context import Submitter
    from engine.memory.pool import Pool

__all__ = ["Engine", "RunResult"]


class Engine:
    """Runs workflows.

    Args:
        settings: Directories, device, budgets, limits.
        node_packages: Importable packages whose modules hold the nodes.
        registry: The node types, instead of what the packages hold.

    Attributes:
        settings: As given.
        registry: Every node type that workflows may name.
        cache: Outputs of earlier runs.
        pack_host: What packs registered besides nodes; None before `load_packs`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        node_packages: Sequence[str] = ("nodes",),
        *,
        registry: Registry | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.registry = registry if registry is not None else Registry.collect(*node_packages)
        self.cache = OutputCache(self.settings)
        self.pack_host: Host | None = None
        self._packs: Mapping[str, tuple[str, Path]] = {}
        self._hashes = open_hashes(self.settings)
        self._pool: Pool | None = None
        self._pool_lock = threading.Lock()
        self._run_lock = threading.Lock()
        self._running_thread: int | None = None
        self._interrupted = threading.Event()

    @property
    def pool(self) -> Pool:
        """Who may be on the device. Made when first asked for."""
        from engine.memory.pool import Pool

        with self._pool_lock:  # nodes in other threads may ask too
            if self._pool is None:
                self._pool = Pool(self.settings)
            return self._pool

    def load_packs(
        self, send: Callable[[str, Any, str | None], None] | None = None, timeout_s: float | None = None
    ) -> list[PackReport]:
        """Load the node packs below `custom_nodes/`; a pack that fails is reported, nothing else.

        Args:
            send: Sends messages of packs to clients: name, data, client or None for all.
            timeout_s: If the import of one takes longer, this process ends, and the next one leaves it out.
        """
        from engine.compat.host import Host
        from engine.compat.loader import load_packs
        from engine.compat.packs import find_packs

        host = Host(self.settings, self.registry, lambda: self.pool, interrupt=self.interrupt)
        if send is not None:
            host.send = send
        reports = load_packs(host, timeout_s)
        self.settings = host.settings  # packs may have added folders of model files
        self.pack_host = host
        paths = {pack.name: pack.path for pack in find_packs(self.settings)}
        self._packs = {kind: (report.name, paths[report.name]) for report in reports for kind in report.node_types}
        return reports

    def load(self, source: str | Path | Mapping[str, Any] | list[Any]) -> Workflow:
        """Read a workflow of either format.

        Args:
            source: A JSON file, a file that carries a workflow (`engine.embedded`), or the document itself.

        Raises:
            FileError: if the file cannot be read.
            WorkflowError: if it holds no workflow, or is larger than `Settings.max_workflow_bytes`.
        """
        document: object = source
        if isinstance(source, (str, Path)):
            document = read_document(Path(source), self.settings.max_workflow_bytes)
        return read_workflow(
            document, self.registry, self._files(), lambda: known_hashes(self.settings, self._hashes, "checkpoints")
        )

    def validate(self, workflow: Workflow, targets: Iterable[str] | None = None) -> Validated:
        """Everything that is wrong with a workflow, and the workflow as it will run.

        Args:
            workflow: As loaded.
            targets: Ids of the nodes whose outputs are wanted; None means every output node.
        """
        self.registry.renew({node.type for node in workflow.nodes.values()})
        return validate(workflow, self.registry, self._files(), targets, self.settings)

    def forecast(self, workflow: Workflow, targets: Iterable[str] | None = None) -> dict[str, Forecast]:
        """By node id, what a run would do with it now: `cached`, `runs`, `perhaps` (behind a lazy input), `unneeded`.

        Args:
            workflow: As loaded; what is wrong with it counts as if it were not there.
            targets: Ids of the nodes whose outputs are wanted; None means every output node.
        """
        checked = self.validate(workflow, targets)
        return forecast_run(checked.workflow, checked.targets, self.cache, self.registry, self.settings)

    def find_missing(self, workflow: Workflow) -> Missing:
        """The node types and model files that a workflow needs and that are not there."""
        return missing_here(workflow, self.registry, self._files(), self.settings, self._hashes)

    def run(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Any] | None = None,
        targets: Iterable[str] | None = None,
        on_event: Callable[[Event], None] | None = None,
        *,
        run_id: str | None = None,
        interrupted: threading.Event | None = None,
        submitter: Submitter | None = None,
    ) -> RunResult:
        """Validate and run a workflow; only what changed since earlier runs is computed. Waits for a run in progress.

        Args:
            workflow: As loaded.
            inputs: Values to set first, by `NODE.INPUT`; NODE is an id or a title.
            targets: Ids of the nodes whose outputs are wanted, any nodes; None means every output node.
            on_event: Receives what happens, see `engine.execution.events`; must not raise.
            run_id: Names the run in the events.
            interrupted: Stops this run when it is set, also before it has begun; `interrupt` sets it as well.
            submitter: Who asks for the run; nodes may ask for his keys and send him messages.

        Raises:
            WorkflowError: if a name in `inputs` or `targets` means nothing.
            ValidationError: if anything that is wanted cannot run; holds every error.
            NodeError: if a node failed. What finished before stays cached.
            Interrupted: if `interrupt` was called meanwhile, or `interrupted` set.
        """
        wanted = None if targets is None else _known_targets(workflow, targets)
        submitted = set_inputs(workflow, self.registry, inputs) if inputs else workflow
        with self._one_run_at_a_time(interrupted):
            files = self._files()
            self.registry.renew({node.type for node in submitted.nodes.values()})
            checked = validate(submitted, self.registry, files, wanted, self.settings)
            if (error := checked.failure()) is not None:
                raise error
            record = cache(lambda: msgspec.to_builtins(self.make_record(checked.workflow, checked.targets)))
            executor = Executor(self.registry, self.cache, self.settings, files, lambda: self.pool)
            return executor.run(
                checked.workflow,
                checked.targets,
                run_id=run_id or str(uuid4()),
                submitted=submitted,
                on_event=on_event,
                interrupted=self._interrupted,
                record=record,
                submitter=submitter,
            )

    def make_record(self, workflow: Workflow, targets: Sequence[str] | None = None) -> RunRecord:
        """Under which circumstances this engine runs a workflow: versions, device, hashes of files, seeds.

        Args:
            workflow: As it runs.
            targets: Only what these nodes need is looked at; None means every node.

        Raises:
            WorkflowError: if the targets depend on a cycle or on a node that does not exist.
        """
        from engine.memory.device import count_threads, name_device

        device = self.pool.device
        return make_record(
            workflow,
            targets,
            self.registry,
            self.settings,
            self._hashes,
            device=name_device(device),
            dtype=str(self.pool.dtype_for("unet")).removeprefix("torch."),
            threads=count_threads(device),
            packs=self._packs,
        )

    def interrupt(self) -> None:
        """Stop the run in progress, if there is one, at its next step or node. From any thread or signal handler."""
        self._interrupted.set()

    def free_memory(self, *, unload_models: bool = True, forget_outputs: bool = True) -> None:
        """Unload all models and, or, forget all cached outputs. Waits for a run in progress."""
        with self._one_run_at_a_time():
            if forget_outputs:
                self.cache.clear()
            if unload_models and self._pool is not None:
                self._pool.unload_all()

    def set_inputs(self, workflow: Workflow, inputs: Mapping[str, Any]) -> Workflow:
        """A copy with some inputs set by `NODE.INPUT`, as `run` does it."""
        return set_inputs(workflow, self.registry, inputs)

    def object_info(self, type_name: str) -> dict[str, Any]:
        """What a canvas needs to know about a node type: the entry of `GET /object_info`.

        Raises:
            WorkflowError: if there is no such type; names the nearest.
        """
        return object_info(self.registry.require(type_name), self._files())

    def choices_of(self, declared: Input) -> Sequence[Any]:
        """The values that an input of type COMBO may take now."""
        return choices_of(declared, self._files())

    def _files(self) -> Callable[[str], Sequence[str]]:
        """The choices of `ModelFile` folders, each listed at most once."""
        listed: dict[str, list[str]] = {}

        def choices(folder: str) -> Sequence[str]:
            if folder not in listed:
                listed[folder] = list_choices(self.settings, folder)
            return listed[folder]

        return choices

    @contextmanager
    def _one_run_at_a_time(self, interrupted: threading.Event | None = None) -> Generator[None]:
        if self._running_thread == threading.get_ident():
            raise EngineError("This engine is running a workflow already; a node cannot start another run on it.")
        with self._run_lock:
            self._running_thread = threading.get_ident()
            self._interrupted = interrupted or threading.Event()  # a new one: nothing to lock in a signal handler's way
            try:
                yield
            finally:
                self._running_thread = None


def _known_targets(workflow: Workflow, targets: Iterable[str]) -> list[str]:
    wanted = list(targets)
    for target in wanted:
        if target not in workflow.nodes:
            raise WorkflowError(f"There is no node {target!r} to run.", code="invalid_prompt", node_id=target)
    return wanted

"""All workers: how many there are and on which device, their memory, and questions that any of them can answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import Any, Protocol

import msgspec

from engine.errors import WorkerUnavailable
from engine.settings import ServerSettings, Settings
from engine.workers.affinity import Holdings, Needs, choose
from engine.workers.catalog import Catalog
from engine.workers.channel import Listener
from engine.workers.environment import make_environment
from engine.workers.memory_limit import MemoryWatch, describe_bytes
from engine.workers.messages import (
    AskFilter,
    AskForecast,
    AskMemory,
    AskRenew,
    AskValidate,
    Configure,
    Filtered,
    Forecasted,
    FreeMemory,
    MemoryReport,
    Ready,
    Renewed,
    ToServer,
    ToWorker,
    Validation,
)
from engine.workers.notices import WorkerStatus
from engine.workers.supervisor import Death, Worker

START_PATIENCE_S = 60.0
"""How long a question waits for a worker that is being started."""
MEMORY_TIMEOUT_S = 3.0
RENEW_TIMEOUT_S = 5.0
FILTER_TIMEOUT_S = 5.0
_PULSE_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


class Boss(Protocol):
    """Who decides what workers do."""

    def on_message(self, worker: Worker, message: ToServer) -> Awaitable[None]:
        """A worker said something about its run."""
        ...

    def on_death(self, worker: Worker, death: Death, *, was_validating: bool) -> Awaitable[None]:
        """A worker's process ended. `was_validating`: it was also validating somebody's workflow."""
        ...

    def on_line(self, text: str) -> None:
        """A worker wrote a line."""
        ...

    def on_change(self) -> None:
        """The state of a worker changed."""
        ...


class Question:
    """A request to a worker that has not been answered yet."""

    def __init__(self, worker: Worker, *, is_validation: bool) -> None:
        self.worker = worker
        self.is_validation = is_validation
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


class Crew:
    """The workers of a server.

    Attributes:
        workers: By number.
    """

    def __init__(self, settings: Settings, server: ServerSettings, catalog: Catalog, boss: Boss) -> None:
        self.workers: list[Worker] = []
        self._settings = settings
        self._server = server
        self._catalog = catalog
        self._boss = boss
        self._memory = MemoryWatch(server.worker_memory_limit_bytes, self._remove_excess)
        self._holdings: dict[int, Holdings] = {}
        self._questions: dict[int, Question] = {}
        self._numbers = count(1)
        self._changed = asyncio.Event()
        self._listener: Listener | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the first worker; the others follow when it has said which devices there are."""
        self._listener = await Listener.open()
        self._tasks.append(asyncio.create_task(self._memory.run(), name="memory-watch"))
        self._add(self._settings.device.partition(",")[0])

    async def stop(self) -> None:
        """End all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *(worker.stop() for worker in self.workers), return_exceptions=True)
        for question in self._questions.values():
            if not question.answer.done():
                question.answer.set_exception(WorkerUnavailable("The server stops."))
        if self._listener is not None:
            await self._listener.close()

    def _add(self, device: str) -> None:
        assert self._listener is not None
        number = len(self.workers)
        worker = Worker(
            number,
            self._configure(device),
            self,
            self._listener,
            start_timeout_s=self._server.worker_start_timeout_s,
            environment=self._environment(),
        )
        self.workers.append(worker)
        self._holdings[number] = Holdings()
        worker.start()

    def _configure(self, device: str) -> Configure:
        values: dict[str, Any] = msgspec.to_builtins(self._settings, enc_hook=str)
        level = logging.getLevelName(logging.getLogger().getEffectiveLevel())
        return Configure(
            settings={**values, "device": device},
            node_packages=self._server.node_packages,
            previews=self._server.sends_previews is not False,
            preview_format=self._server.preview_format,
            plain_previews=self._server.sends_previews is True,
            log_level=level,
            memory_limit_bytes=self._memory.limit_bytes,
            pack_timeout_s=self._server.pack_timeout_s,
        )

    def _environment(self) -> dict[str, str]:
        """Several workers share the processor, so that they don't wait for one another."""
        return make_environment(workers_on_processor=self._server.workers or 1)

    def _add_others(self, ready: Ready) -> None:
        devices = spread_devices(self._settings.device, ready)
        for number in range(len(self.workers), self._server.workers or len(devices)):
            self._add(devices[number % len(devices)])

    # -- choosing, giving and taking -------------------------------------------------------------------------------

    def idle(self) -> list[Worker]:
        """Workers that can take a job now."""
        return [worker for worker in self.workers if worker.state == "idle" and not worker.is_worn]

    def choose(self, needs: Needs, idle: Iterable[Worker]) -> Worker:
        """Of these, the one that has most of what a job needs."""
        return self.workers[choose(needs, {worker.number: self._holdings[worker.number] for worker in idle})]

    def take(self, worker: Worker, job_id: str, needs: Needs) -> None:
        """The worker runs this job from now on."""
        worker.job_id = job_id
        self._holdings[worker.number].jobs.append(needs)
        self._announce_change()

    def release(self, worker: Worker) -> None:
        """The worker's run has ended."""
        worker.job_id = None
        if worker.is_worn:
            worker.kill("silent", "was replaced after its run, because a validation of a workflow never ended in it")
        self._announce_change()

    def free(self, *, unload_models: bool, forget_outputs: bool) -> None:
        """Have all workers forget; those that run a job do it afterwards."""
        for worker in self.workers:
            worker.send(FreeMemory(unload_models=unload_models, forget_outputs=forget_outputs))
            self._holdings[worker.number] = Holdings()

    def statuses(self) -> list[WorkerStatus]:
        """How every worker is."""
        return [
            WorkerStatus(
                number=worker.number,
                pid=worker.pid,
                state=worker.state,
                job_id=worker.job_id,
                devices=worker.devices,
                deaths=worker.deaths,
                started_at=worker.started_at,
                memory_bytes=self._memory.taken_bytes(worker.number),
                memory_limit_bytes=self._memory.limit_bytes,
                failure=worker.failure,
            )
            for worker in self.workers
        ]

    # -- questions -------------------------------------------------------------------------------------------------

    async def validate(self, prompt: bytes, targets: tuple[str, ...] | None) -> Validation:
        """Have a worker validate; see `Dispatcher.validate`."""
        timeout_s = self._server.validate_timeout_s
        worker = await self._wait_for_answerer(max(timeout_s, START_PATIENCE_S))
        question = Question(worker, is_validation=True)
        try:
            return await self._ask(
                question, lambda number: AskValidate(request_id=number, prompt=prompt, targets=targets), timeout_s
            )
        except TimeoutError:
            await self._replace_hung(worker)
            raise WorkerUnavailable(
                f"The workflow was not validated in {timeout_s:g} seconds: a node that has a say in validation"
                " (VALIDATE_INPUTS) did not return. The worker is replaced."
            ) from None

    async def renew_catalog(self) -> None:
        """Have a worker read the declarations again whose choices change with the world; see `Dispatcher`."""
        worker = await self._wait_for_answerer(RENEW_TIMEOUT_S)
        question = Question(worker, is_validation=False)
        with contextlib.suppress(TimeoutError):
            renewed: Renewed = await self._ask(question, AskRenew, RENEW_TIMEOUT_S)
            await self._catalog.renew(renewed.declarations)

    async def filter_prompt(self, body: bytes) -> bytes:
        """Have packs look at a submission; see `Dispatcher.filter_prompt`."""
        worker = await self._wait_for_answerer(START_PATIENCE_S)
        question = Question(worker, is_validation=False)
        with contextlib.suppress(TimeoutError):
            filtered: Filtered = await self._ask(question, lambda number: AskFilter(number, body), FILTER_TIMEOUT_S)
            return filtered.body
        return body

    async def forecast(self, prompt: bytes, targets: tuple[str, ...] | None) -> dict[str, str]:
        """What a run would do; see `Dispatcher.forecast`."""
        worker = await self._wait_for_answerer(START_PATIENCE_S)
        question = Question(worker, is_validation=True)
        try:
            told: Forecasted = await self._ask(
                question, lambda number: AskForecast(number, prompt, targets), self._server.validate_timeout_s
            )
        except TimeoutError:
            await self._replace_hung(worker)
            raise WorkerUnavailable(
                "What would run was not found out in time: a node's fingerprint (IS_CHANGED) did not return."
                " The worker is replaced."
            ) from None
        return told.nodes

    async def memory(self) -> list[tuple[int, MemoryReport | None]]:
        """Who holds what, by worker."""
        ready = [worker for worker in self.workers if worker.state in ("idle", "busy")]
        answers = await asyncio.gather(*(self._ask_memory(worker, MEMORY_TIMEOUT_S) for worker in ready))
        by_number = {worker.number: answer for worker, answer in zip(ready, answers, strict=True)}
        return [(worker.number, by_number.get(worker.number)) for worker in self.workers]

    async def _ask_memory(self, worker: Worker, timeout_s: float) -> MemoryReport | None:
        try:
            return await self._ask(Question(worker, is_validation=False), AskMemory, timeout_s)
        except (TimeoutError, WorkerUnavailable):
            return None

    async def _ask(self, question: Question, make: Callable[[int], ToWorker], timeout_s: float) -> Any:
        number = next(self._numbers)
        self._questions[number] = question
        try:
            question.worker.send(make(number))
            return await asyncio.wait_for(question.answer, timeout_s)
        finally:
            del self._questions[number]

    async def _wait_for_answerer(self, timeout_s: float) -> Worker:
        """A worker that is ready, idle ones and those with fewest questions first."""
        deadline = time.monotonic() + timeout_s
        while True:
            ready = [worker for worker in self.workers if worker.state in ("idle", "busy") and not worker.is_worn]
            if ready:
                return min(ready, key=lambda worker: (worker.state == "busy", self._count_questions(worker)))
            if self._catalog.failure is not None:
                raise WorkerUnavailable(self._catalog.failure)
            try:
                await asyncio.wait_for(self._changed.wait(), deadline - time.monotonic())
            except TimeoutError:
                raise WorkerUnavailable(f"No worker was ready to validate within {timeout_s:g} seconds.") from None

    def _count_questions(self, worker: Worker) -> int:
        return sum(question.worker is worker for question in self._questions.values())

    async def _replace_hung(self, worker: Worker) -> None:
        """Replace a worker in which a thread hangs: now, or after its run if that goes on beside it."""
        pid = worker.pid
        worker.is_worn = True
        if worker.state == "busy" and await self._ask_memory(worker, _PULSE_TIMEOUT_S) is not None:
            return
        if worker.pid == pid and worker.is_worn:
            worker.kill("silent", "was replaced because a validation of a workflow never ended in it")

    # -- what workers tell -----------------------------------------------------------------------------------------

    async def on_ready(self, worker: Worker, ready: Ready) -> None:
        """As `supervisor.Observer`."""
        await self._catalog.update(ready)
        device = ready.devices[0].name if ready.devices else "no device"
        _log.info("Worker %d is ready: %d node types, %s.", worker.number, len(ready.declarations), device)
        if worker.number == 0:  # all workers load the same packs
            for pack in ready.packs:
                is_fine = pack.standing in ("loads", "disabled") and not pack.error and not pack.notes
                _log.log(logging.INFO if is_fine else logging.WARNING, "%s", pack.summary)
        for note in ready.notes:
            _log.warning("%s", note)
        if len(self.workers) == 1:
            self._add_others(ready)

    async def on_message(self, worker: Worker, message: ToServer) -> None:
        """As `supervisor.Observer`."""
        if isinstance(message, Validation | MemoryReport | Renewed | Filtered | Forecasted):
            question = self._questions.get(message.request_id)
            if question is not None and question.worker is worker and not question.answer.done():
                question.answer.set_result(message)
        else:
            await self._boss.on_message(worker, message)

    async def on_death(self, worker: Worker, death: Death) -> None:
        """As `supervisor.Observer`."""
        self._memory.forget(worker.number)
        self._holdings[worker.number] = Holdings()
        asked = [question for question in self._questions.values() if question.worker is worker]
        for question in asked:
            if not question.answer.done():
                question.answer.set_exception(
                    WorkerUnavailable(f"The worker {death.reason} while it was asked; it is being replaced.")
                )
        # The first death at a start may be chance; who waits goes on waiting. What the worker itself says is none.
        is_lasting = not death.was_ready and (death.kind == "refused" or worker.failures > 1)
        if is_lasting and not any(other.started_at is not None for other in self.workers):
            self._catalog.fail(f"The worker {death.reason}. Its start is tried again.")
        was_validating = worker.is_worn or any(question.is_validation for question in asked)
        await self._boss.on_death(worker, death, was_validating=was_validating)

    def on_line(self, text: str) -> None:
        """As `supervisor.Observer`."""
        self._boss.on_line(text)

    def on_change(self, worker: Worker) -> None:
        """As `supervisor.Observer`."""
        if worker.pid is not None:
            self._memory.watch(worker.number, worker.pid)
        self._announce_change()

    def _announce_change(self) -> None:
        self._changed.set()  # whoever waits for the next change finds the next event
        self._changed = asyncio.Event()
        self._boss.on_change()

    def _remove_excess(self, number: int, taken_bytes: int, limit: str) -> None:
        self.workers[number].kill("memory", f"took {describe_bytes(taken_bytes)} of memory and was stopped: {limit}")


def spread_devices(wanted: str, ready: Ready) -> list[str]:
    """The devices that workers compute on in turn, that of the first worker first.

    Args:
        wanted: As in `Settings.device`; only "auto", and a list of several, spread over several.
        ready: What the first worker said.
    """
    if wanted != "auto" or len(ready.accelerators) < 2:
        return wanted.split(",")
    own = next((f"{device.type}:{device.index}" for device in ready.devices), "")
    return sorted(ready.accelerators, key=lambda name: name != own)

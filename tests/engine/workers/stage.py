"""A dispatcher on an event loop of its own thread, to be spoken to from tests: what was told, and how jobs ended."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from engine.jobs.events import FINAL, JobEvent
from engine.jobs.job import ENDED, Job, JobDetails, Submission
from engine.jobs.store import Store
from engine.settings import ServerSettings, Settings
from engine.workers.dispatch import Dispatcher, Notice

PACKAGE = "tests.engine.workers.awkward"
PATIENCE_S = 60.0
T = TypeVar("T")


class Stage:
    """A server's dispatcher without a server.

    Attributes:
        notices: All that was told, in order.
    """

    def __init__(self, directory: Path, store_directory: Path | None = None, **server: Any) -> None:
        self.notices: list[Notice] = []
        self._told = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        settings = Settings(base_directory=directory, device="cpu")
        named: dict[str, Any] = {"node_packages": (PACKAGE,), "interrupt_grace_s": 0.5, **server}
        server_settings = ServerSettings(**named)
        self.store = Store.open(store_directory)
        self.dispatcher = self.do(self._make(settings, server_settings))

    async def _make(self, settings: Settings, server: ServerSettings) -> Dispatcher:
        dispatcher = Dispatcher(settings, server, self.store)
        dispatcher.subscribe(self._note)
        await dispatcher.start()
        return dispatcher

    def close(self) -> None:
        self.do(self.dispatcher.stop())
        self.abandon()

    def abandon(self) -> None:
        """As if the server had been killed, but for what the store has in hand."""
        self.store.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def _note(self, notice: Notice) -> None:
        with self._told:
            self.notices.append(notice)
            self._told.notify_all()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.begin(work).result(PATIENCE_S)

    def call(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        async def work() -> T:
            return function(*args, **named)

        return self.do(work())

    def wait_until(self, condition: Callable[[], T]) -> T:
        """Wait for something that changes when something is told."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            count = len(self.notices)
            if value := condition():  # without the lock: it may ask the loop
                return value
            assert time.monotonic() < deadline, self.notices[-5:]
            with self._told:
                self._told.wait_for(lambda seen=count: len(self.notices) > seen, timeout=0.2)

    def pid(self) -> int:
        """The process of the first worker, once it is idle."""

        def find() -> int | None:
            status = self.call(self.dispatcher.workers)[0]
            return status.pid if status.state == "idle" else None

        return self.wait_until(find) or 0

    # -- jobs ------------------------------------------------------------------------------------------------------

    def submit(self, *nodes: tuple[str, dict[str, Any]], title: str = "", **more: Any) -> str:
        """Submit a job whose nodes are all outputs; returns its id."""
        prompt = {
            str(place): {"class_type": type_name, "inputs": inputs, "_meta": {"title": title or type_name}}
            for place, (type_name, inputs) in enumerate(nodes, 1)
        }
        named: dict[str, Any] = {"id": uuid.uuid4().hex, "targets": tuple(prompt), "client_id": "me", **more}
        submission = Submission(prompt=prompt, **named)
        return self.do(self.dispatcher.submit(submission)).id

    def events(self, job_id: str) -> list[JobEvent]:
        return [notice for notice in self.notices if isinstance(notice, JobEvent) and notice.job_id == job_id]

    def wait_for(self, job_id: str, *kinds: type) -> JobEvent:
        """The first event of a job of these kinds; of any that ends it, if none are given."""
        wanted = kinds or FINAL

        def find() -> JobEvent | None:
            return next((event for event in self.events(job_id) if isinstance(event.event, wanted)), None)

        return self.wait_until(find)  # type: ignore[return-value]

    def details(self, job_id: str) -> JobDetails:
        details = self.do(self.store.details(job_id))
        assert details is not None
        return details

    def outcome(self, job_id: str) -> Job:
        """A job as the history knows it, once it has ended."""
        self.wait_for(job_id)
        job = self.details(job_id).job
        assert job.state in ENDED
        return job

    def run(self, *nodes: tuple[str, dict[str, Any]], **more: Any) -> Job:
        return self.outcome(self.submit(*nodes, **more))


def assert_others_go_on(stage: Stage) -> None:
    """The next prompt runs as if nothing had been."""
    job = stage.run(("Show", {"text": "next"}))
    assert (job.state, job.restarted, job.deaths) == ("succeeded", False, 0)

"""Makes the records of runs beside them, in a thread of the lowest priority, as hashing models takes a while."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress

from engine.errors import EngineError
from engine.graph.workflow import Workflow
from engine.provenance import RunRecord
from engine.runtime import Engine

log = logging.getLogger(__name__)

_LOWEST_PRIORITY = 19

_Task = tuple[Workflow, Sequence[str], "Future[RunRecord | None]"]


class Recorder:
    """Its thread starts with the first record.

    Args:
        engine: Knows under which circumstances it runs.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self, workflow: Workflow, targets: Sequence[str]) -> Future[RunRecord | None]:
        """Make the record of a run; the future gives it, or None if it could not be made."""
        future: Future[RunRecord | None] = Future()
        self._tasks.put((workflow, targets, future))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
            self._thread.start()
        return future

    def _work(self) -> None:
        if sys.platform == "linux":  # where threads have priorities of their own
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
        while True:
            workflow, targets, future = self._tasks.get()
            record: RunRecord | None = None
            try:
                record = self._engine.make_record(workflow, targets)
            except EngineError as error:  # the run will say the same
                log.debug("no record of the run: %s", error)
            except BaseException:
                log.exception("the record of a run could not be made")
            future.set_result(record)

"""What runs beside the compute thread: coroutines of async nodes, and nodes that wait for files.

Both are started when first needed, so a run without such nodes has neither a thread nor an event loop. There is one
thread for files: they are read and written in the order of the plan, which keeps the numbering of saved files the same
each time.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.execution.inference import inference_mode

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from engine.execution.coroutines import CoroutineCall, CoroutineThread

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Completion(Generic[T]):
    """A job that ended.

    Attributes:
        job: What it is called by whoever started it.
        results: What each of its calls gave.
        error: What the first call that failed raised.
        seconds: How long it took.
        is_file_job: It ran in the thread for files.
    """

    job: T
    results: list[Any]
    error: BaseException | None
    seconds: float
    is_file_job: bool


class Background(Generic[T]):
    """Jobs in other threads, their completions taken by one thread. Close it when the run is over.

    Attributes:
        pending: Jobs whose completions were not taken yet.
        pending_file_jobs: Those of them that are in the thread for files.
    """

    def __init__(self) -> None:
        self.pending = 0
        self.pending_file_jobs = 0
        self._completions: queue.SimpleQueue[Completion[T]] = queue.SimpleQueue()
        self._file_thread: ThreadPoolExecutor | None = None
        self._coroutine_thread: CoroutineThread | None = None

    def start_coroutines(self, job: T, calls: Sequence[CoroutineCall]) -> None:
        """Run the coroutines of a job in the private event loop, all at once."""
        if self._coroutine_thread is None:
            from engine.execution.coroutines import CoroutineThread

            self._coroutine_thread = CoroutineThread()
        self.pending += 1
        started = perf_counter()

        def done(results: list[Any], error: BaseException | None) -> None:
            self._completions.put(Completion(job, results, error, perf_counter() - started, is_file_job=False))

        self._coroutine_thread.start(calls, done)

    def start_file_job(self, job: T, calls: Sequence[Callable[[], Any]]) -> None:
        """Make the calls of a job in the thread for files, after the jobs that were given before."""
        if self._file_thread is None:
            from concurrent.futures import ThreadPoolExecutor

            self._file_thread = ThreadPoolExecutor(1, thread_name_prefix="files")
        self.pending += 1
        self.pending_file_jobs += 1
        self._file_thread.submit(self._call_all, job, calls)

    def take(self, timeout_s: float) -> Completion[T] | None:
        """The next completion; None if none comes in time."""
        try:
            completion = self._completions.get(timeout=timeout_s) if timeout_s else self._completions.get_nowait()
        except queue.Empty:
            return None
        self.pending -= 1
        self.pending_file_jobs -= completion.is_file_job
        return completion

    def close(self) -> None:
        """Cancel coroutines, forget jobs that were not begun, wait for those that were."""
        if self._coroutine_thread is not None:
            self._coroutine_thread.close()
        if self._file_thread is not None:
            self._file_thread.shutdown(wait=True, cancel_futures=True)

    def _call_all(self, job: T, calls: Sequence[Callable[[], Any]]) -> None:
        started = perf_counter()
        results: list[Any] = []
        failure: BaseException | None = None
        try:
            with inference_mode():
                results.extend(call() for call in calls)
        except BaseException as error:
            failure = error
        self._completions.put(Completion(job, results, failure, perf_counter() - started, is_file_job=True))

"""A thread with a private event loop, for async nodes. Imported only when a run has one.

The loop is not the caller's, so it works whether or not the caller runs inside an event loop, and coroutines go on
while the compute thread computes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from engine.execution.inference import inference_mode

CoroutineCall = Callable[[], Coroutine[Any, Any, Any]]


class CoroutineThread:
    """Runs coroutines until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="coroutines", daemon=True)
        self._thread.start()

    def start(self, calls: Sequence[CoroutineCall], done: Callable[[list[Any], BaseException | None], None]) -> None:
        """Begin these coroutines, all at once.

        Args:
            calls: Make the coroutines.
            done: Called in this thread with the results, in order, and the first error among them.
        """
        asyncio.run_coroutine_threadsafe(_await_all(calls, done), self._loop)

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        self._loop.call_soon_threadsafe(self._cancel_all)
        self._thread.join()
        self._loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        with inference_mode():
            self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())

    def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        asyncio.gather(*tasks, return_exceptions=True).add_done_callback(lambda _: self._loop.stop())


async def _await_all(calls: Sequence[CoroutineCall], done: Callable[[list[Any], BaseException | None], None]) -> None:
    outcomes = await asyncio.gather(*(_await_one(call) for call in calls))
    done([result for result, _ in outcomes], next((error for _, error in outcomes if error is not None), None))


async def _await_one(call: CoroutineCall) -> tuple[Any, BaseException | None]:
    # BaseException: SystemExit would otherwise end the loop's thread and leave the run waiting for ever.
    try:
        return await call(), None
    except BaseException as error:
        return None, error

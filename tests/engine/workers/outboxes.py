"""An outbox that keeps what it is given, for tests of those who write to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from engine.workers.messages import EventTold, ToServer


class KeptOutbox:
    """Keeps messages in order; timers wait to be called by the test.

    Attributes:
        messages: What was put.
        timers: What is to be done later: delay and function.
        has_new: Set whenever something is put.
    """

    def __init__(self) -> None:
        self.messages: list[ToServer] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.has_new = threading.Condition()

    def put(self, message: ToServer, *, is_droppable: bool = False) -> bool:
        with self.has_new:
            self.messages.append(message)
            self.has_new.notify_all()
        return True

    def call_later(self, delay_s: float, function: Callable[[], None]) -> None:
        self.timers.append((delay_s, function))

    def run_timers(self) -> None:
        """Do what was to be done later."""
        timers, self.timers = self.timers, []
        for _, function in timers:
            function()

    def events(self, kind: type[Any] | tuple[type[Any], ...] = object) -> list[Any]:
        """Events of this kind."""
        return [said.event for said in self.messages if isinstance(said, EventTold) and isinstance(said.event, kind)]

    def wait_for(self, condition: Callable[[], bool], patience_s: float = 30.0) -> None:
        """Wait until messages are as wanted."""
        with self.has_new:
            assert self.has_new.wait_for(condition, patience_s)

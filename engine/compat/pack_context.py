"""Which node runs here, as packs ask for it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from engine.compat.host import current_run


class ExecutionContext(NamedTuple):
    """A node that runs.

    Attributes:
        prompt_id: Of the run; nodes are not told, so it is empty unless a pack said it.
        node_id: Of the node.
        list_index: Which of several calls; not known.
    """

    prompt_id: str
    node_id: str
    list_index: int | None = None


_said: ContextVar[ExecutionContext | None] = ContextVar("said_execution_context", default=None)


def get_executing_context() -> ExecutionContext | None:
    """The node that runs here; None outside of a run."""
    said, running = _said.get(), current_run()
    if said is not None:
        return said
    return None if running is None else ExecutionContext("", running.context.node_id)


@contextmanager
def CurrentNodeContext(prompt_id: str, node_id: str, list_index: int | None = None) -> Generator[None]:  # noqa: N802
    """For as long as the `with` lasts, say that this node runs."""
    token = _said.set(ExecutionContext(prompt_id, node_id, list_index))
    try:
        yield
    finally:
        _said.reset(token)

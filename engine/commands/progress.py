"""Progress on the terminal: one bar for the node that counts its steps. Consumes events, decides nothing."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from engine.execution.events import Event, NodeBlocked, NodeFinished, Progress


class ProgressBars:
    """Shows events as bars on the error stream; shows nothing there but warnings if it is not a terminal.

    Args:
        titles: Title of each node by id.
        quiet: Never draw a bar.
    """

    def __init__(self, titles: dict[str, str], *, quiet: bool = False) -> None:
        self._titles = titles
        self._quiet = quiet
        self._bars: dict[str, tqdm[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node_id in list(self._bars):
            self._close(node_id)

    def show(self, event: Event) -> None:
        """Take one event of the run."""
        match event:
            case Progress(node_id=node_id, value=value, total=total) if not self._quiet:
                bar: tqdm[Any] | None = self._bars.get(node_id)
                if bar is None:
                    title = self._titles.get(node_id, node_id)
                    bar = tqdm(total=total, desc=title, file=sys.stderr, disable=None, dynamic_ncols=True)
                    self._bars[node_id] = bar
                bar.update(value - bar.n)
            case NodeFinished(node_id=node_id):
                self._close(node_id)
            case NodeBlocked(node_id=node_id, message=message) if message:
                print(f"{self._titles.get(node_id, node_id)}: {message}", file=sys.stderr)
            case _:
                pass

    def _close(self, node_id: str) -> None:
        if (bar := self._bars.pop(node_id, None)) is not None:
            bar.close()

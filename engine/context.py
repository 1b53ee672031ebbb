"""Context: everything that a running node may ask of the engine. Injected by type, never imported as a singleton.

The executor makes one per call; scripts that call nodes as plain functions make one with `Context.standalone`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from torch import Tensor

from engine.errors import Interrupted
from engine.graph.workflow import Node
from engine.memory.pool import Pool
from engine.settings import Settings


def _ignore(*_: object) -> None:
    return None


class RunningGraph(Protocol):
    """The nodes of a run, ephemeral ones included, while it goes on."""

    @property
    def nodes(self) -> Mapping[str, Node]:
        """By id; grows when nodes expand."""
        ...

    def display_of(self, node_id: str) -> str:
        """The node of the workflow at which a node is shown."""
        ...

    def parent_of(self, node_id: str) -> str | None:
        """The node whose expansion a node belongs to; None for nodes of the workflow."""
        ...


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who asked for a run.

    Attributes:
        client_id: The websocket client to tell; empty for none.
        secrets: Keys and tokens for nodes that ask for them; never stored or shown.
    """

    client_id: str = ""
    secrets: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Context:
    """What a node may ask of the engine.

    Attributes:
        settings: Directories and limits.
        pool: Who may be on the device: `with ctx.pool.use(weights) as module`.
        node_id: The id of the node that runs, as in the workflow.
        prompt: The whole workflow in API format, as submitted; what saved files carry as `prompt`.
        extra_pnginfo: What else saved files carry, by key (`workflow`: the canvas document).
        interrupted: Set when the user stops the run.
        record: Gives the record of the run (`engine.provenance.RunRecord`) as JSON values; may hash model files.
        timings: Gives, by node id, the seconds that each node took that has run so far.
        submitter: Who asked for the run.
        graph: The nodes of the run; None outside of one.
        on_progress: Receives (value, total).
        on_preview: Receives an image `[h, w, c]` or `[b, h, w, c]`, range 0..1, on any device.
        on_picture: Receives the bytes of a PNG file.
        on_text: Receives a text and the id of the node to show it at.
    """

    is_node_context: ClassVar[bool] = True

    settings: Settings
    pool: Pool
    node_id: str = ""
    prompt: Mapping[str, Any] = field(default_factory=dict[str, Any])
    extra_pnginfo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    interrupted: threading.Event = field(default_factory=threading.Event)
    record: Callable[[], Mapping[str, Any]] = dict[str, Any]
    timings: Callable[[], Mapping[str, float]] = dict[str, float]
    submitter: Submitter = field(default_factory=Submitter)
    graph: RunningGraph | None = None
    on_progress: Callable[[int, int], None] = _ignore
    on_preview: Callable[[Tensor], None] = _ignore
    on_picture: Callable[[bytes], None] = _ignore
    on_text: Callable[[str, str], None] = _ignore

    @classmethod
    def standalone(cls, settings: Settings | None = None) -> Context:
        """A context for scripts that call nodes as functions, outside any run."""
        settings = settings or Settings()
        return cls(settings=settings, pool=Pool(settings))

    def check_interrupted(self) -> None:
        """Raise `Interrupted` if the user stopped the run. Cheap; called between steps."""
        if self.interrupted.is_set():
            raise Interrupted

    def progress(self, value: int, total: int) -> None:
        """Tell how far the node is; also the place where an interrupt takes effect."""
        self.check_interrupted()
        self.on_progress(value, total)

    def preview(self, image: Tensor) -> None:
        """Show an unfinished image, `[h, w, c]` or `[b, h, w, c]`, range 0..1."""
        self.on_preview(image)

    def send_picture(self, png: bytes) -> None:
        """Send a finished picture, the bytes of a PNG file, to who asked for the run. Nobody keeps it."""
        self.on_picture(png)

    def say(self, text: str, node_id: str = "") -> None:
        """Say in words what the node does. It is shown at the node itself, or at that of the given id."""
        self.on_text(text, node_id or self.node_id)

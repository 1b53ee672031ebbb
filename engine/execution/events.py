"""What happens during a run, as frozen records; the only thing that an observer of a run sees.

Enough to build the messages of the websocket protocol (`/ws`) and the history entry from. An ephemeral node, one that
the expansion of another node made, has an id of its own; `display_id` is the node of the workflow to show it at and
`parent_id` the node whose expansion it belongs to. Times are in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from torch import Tensor

    from engine.errors import EngineError
    from engine.execution.summaries import ValueSummary

Ui = Mapping[str, Sequence[Any]]
RunStatus = Literal["succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins. `node_count`: the nodes of the workflow, whether they will run or not."""

    run_id: str
    node_count: int


@dataclass(frozen=True, slots=True)
class NodesCached:
    """Nodes that need not run, because their outputs, or all outputs made from theirs, are known.

    Comes once after `RunStarted`, possibly empty, and again whenever lazy inputs or an expansion find more. `values`:
    by node, what is known of its outputs.
    """

    node_ids: tuple[str, ...]
    values: Mapping[str, tuple[ValueSummary, ...]] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class NodeAsked:
    """A node is about to be asked for its fingerprint, before it is known whether it must run."""

    node_id: str
    node_type: str
    display_id: str


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A node is about to be called."""

    node_id: str
    node_type: str
    display_id: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A node tells how far it is. `value` runs from 0 to `total`."""

    node_id: str
    display_id: str
    value: int
    total: int
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A node shows an unfinished image: `[h, w, c]` or `[b, h, w, c]`, range 0..1, on any device."""

    node_id: str
    display_id: str
    image: Tensor
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class PictureSent:
    """A node sends a finished picture, a PNG file, to who asked for the run. It is kept nowhere."""

    node_id: str
    display_id: str
    png: bytes
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class TextSaid:
    """A node says in words what it does. `shown_at`: the id of the node to show it at, as the node itself named it."""

    node_id: str
    shown_at: str
    text: str


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node is done.

    Attributes:
        node_id: Which.
        node_type: Its type name.
        display_id: The node of the workflow to show it at.
        ui: What it gave to be shown, or None.
        seconds: How long its calls took; 0 if the outputs were cached.
        cached: The node did not run: `ui` is what it gave when it did. Only nodes with something to show tell this.
        parent_id: The node whose expansion it belongs to.
        values: Its outputs, each in a few characters.
    """

    node_id: str
    node_type: str
    display_id: str
    ui: Ui | None
    seconds: float
    cached: bool = False
    parent_id: str | None = None
    values: tuple[ValueSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeBlocked:
    """A node was not called because an `ExecutionBlocker` with a message reached it.

    Told once for each blocker; what depends on the node is then skipped in silence and the run goes on.
    """

    node_id: str
    node_type: str
    display_id: str
    message: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NodeFailed:
    """A node raised; the run ends. `error` is usually a `NodeError`; its `__cause__` is what the node raised."""

    node_id: str
    node_type: str
    display_id: str
    error: EngineError
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event of every run, whatever became of it. `node_id`: the node at which it failed or was stopped."""

    run_id: str
    status: RunStatus
    seconds: float
    node_id: str | None = None


Event = (
    RunStarted
    | NodesCached
    | NodeAsked
    | NodeStarted
    | Progress
    | Preview
    | PictureSent
    | TextSaid
    | NodeFinished
    | NodeBlocked
    | NodeFailed
    | RunFinished
)

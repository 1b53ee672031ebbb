"""Known: content keys and outputs at hand during one run, those taken from the cache and those just made.

What is at hand is in use in the cache, so it stays; letting go of it leaves the cache to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.execution.cache import Entry, OutputCache, Outputs
from engine.execution.calls import ask_fingerprint
from engine.execution.events import Ui
from engine.execution.shown_files import shown_files_exist
from engine.graph.keys import content_keys
from engine.graph.registry import Registry
from engine.graph.workflow import Node, Workflow
from engine.settings import Settings


class _Fingerprints(Mapping[str, Any]):
    """Fingerprints by node id, each asked for when it is looked up: of nodes that nobody needs, none is."""

    def __init__(
        self, workflow: Workflow, registry: Registry, settings: Settings, on_ask: Callable[[Node], None]
    ) -> None:
        self._nodes = workflow.nodes
        self._on_ask = on_ask
        self._registry = registry
        self._settings = settings

    def __contains__(self, node_id: object) -> bool:
        return self._registry[self._nodes[str(node_id)].type].fingerprint is not None

    def __getitem__(self, node_id: str) -> Any:
        node = self._nodes[node_id]
        self._on_ask(node)
        return ask_fingerprint(self._registry[node.type], node, self._settings)

    def __iter__(self) -> Iterator[str]:
        return filter(self.__contains__, self._nodes)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Known:
    """What is known in a run, by node id.

    Args:
        cache: Outputs of this and earlier runs.
        registry: Knows all types of the workflow.
        settings: For fingerprints, and to find the files that nodes have shown.
        on_ask: Told of each node whose fingerprint is about to be asked for, which is code of its own.

    Attributes:
        keys: Content keys.
        outputs: What is at hand.
        ui: What nodes gave to be shown, whether they ran or not.
    """

    def __init__(
        self,
        cache: OutputCache,
        registry: Registry,
        settings: Settings,
        on_ask: Callable[[Node], None] = lambda _: None,
    ) -> None:
        self.keys: dict[str, bytes] = {}
        self.outputs: dict[str, Outputs] = {}
        self.ui: dict[str, Ui] = {}
        self._cache = cache
        self._registry = registry
        self._settings = settings
        self._on_ask = on_ask
        self._entries: dict[str, Entry] = {}
        self._recalled: list[str] = []

    def add_keys(self, workflow: Workflow, targets: Iterable[str], positions: Mapping[str, int]) -> None:
        """Compute the keys of the targets and of all that they may need, where they are not known yet.

        Args:
            workflow: Where the nodes are.
            targets: Ids.
            positions: By node id, its place in the file.
        """
        fingerprints = _Fingerprints(workflow, self._registry, self._settings, self._on_ask)
        self.keys |= content_keys(
            workflow, self._registry, fingerprints, targets=targets, known=self.keys, positions=positions
        )

    def forget_keys(self, node_ids: Iterable[str]) -> None:
        """Forget the keys of nodes that are no longer part of the run."""
        for node_id in node_ids:
            self.keys.pop(node_id, None)

    def is_cached(self, node_id: str) -> bool:
        """Whether the cache has a node's outputs."""
        return self.keys[node_id] in self._cache

    def peek(self, node_id: str) -> Outputs | None:
        """A node's outputs, wherever they lie at present, without using them."""
        found = self.outputs.get(node_id)
        return found if found is not None else self._cache.peek(self.keys[node_id])

    def recall(self, node_id: str) -> bool:
        """Take a node's outputs from the cache, if they are there, and so are the files that it has shown."""
        entry = self._cache.take(self.keys[node_id])
        if entry is None:
            return False
        if entry.ui is not None:
            if not shown_files_exist(entry.ui, self._settings):
                self._cache.drop(entry)
                return False
            self.ui[node_id] = entry.ui
        self.outputs[node_id] = entry.outputs
        self._entries[node_id] = entry
        self._recalled.append(node_id)
        return True

    def take_recalled(self) -> list[str]:
        """The nodes recalled since this was last asked."""
        recalled, self._recalled = self._recalled, []
        return recalled

    def add(self, node: Node, outputs: Outputs, ui: Ui | None, seconds: float, *, is_cacheable: bool) -> None:
        """A node has run."""
        self.outputs[node.id] = outputs
        if ui is not None:
            self.ui[node.id] = ui
        if is_cacheable:
            self._entries[node.id] = self._cache.put(self.keys[node.id], node.type, outputs, ui, seconds)

    def let_go(self, node_id: str) -> None:
        """Nobody in this run needs a node's outputs any more."""
        del self.outputs[node_id]
        if (entry := self._entries.pop(node_id, None)) is not None:
            self._cache.release(entry)

    def let_go_of_all(self) -> None:
        """The run is over. `outputs` and `ui` stay as they are, for its result."""
        for entry in self._entries.values():
            self._cache.release(entry)
        self._entries.clear()

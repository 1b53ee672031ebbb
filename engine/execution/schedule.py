"""Schedule: which nodes of a run wait for which, which is next, and whose outputs are still needed.

Bookkeeping only: nothing is called and nothing is told here. Every plan is a frame: the nodes of a later frame (lazy
inputs that were asked for, the inside of an expansion) go before those of an earlier one, and within a frame the order
of `engine.graph.plan` holds. A node is ready when nothing it waits for is missing. Every step is logarithmic at most.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from engine.errors import WorkflowError
from engine.execution.cache import Outputs
from engine.execution.calls import Answer
from engine.graph.plan import cycle_error, file_positions, order_upstream
from engine.graph.registry import Registry
from engine.graph.schema import NodeDef
from engine.graph.workflow import Link, Node, Workflow

_FRAME = 1 << 32
"""Distance between the priorities of two frames: more than any frame has nodes."""


@dataclass(slots=True, eq=False)
class Task:
    """One node that runs.

    Attributes:
        node: The node.
        definition: Its type.
        priority: The lowest goes first.
        missing: How many of the outputs that it waits for are not there.
        readers: Who waits for it; once for each output.
        awaited: What it waits for beside its links: lazy inputs that it asked for, and the inside of its expansion.
        answers: What its calls gave, while its expansion runs.
        is_started: It was looked at; it will not be planned again.
        is_done: Its outputs are, or were, there.
        was_retried: Memory ran out once already.
        seconds: What its calls took, and those inside its expansion.
    """

    node: Node
    definition: NodeDef
    priority: int = 0
    missing: int = 0
    readers: list[Task] = field(default_factory=list["Task"])
    awaited: tuple[str, ...] = ()
    answers: list[Answer] | None = None
    is_started: bool = False
    is_done: bool = False
    was_retried: bool = False
    seconds: float = 0.0


class Schedule:
    """The nodes of one run that are still to do.

    Args:
        workflow: Validated.
        registry: Knows all its types.
        outputs: What is at hand, by node id; kept up to date by the caller.
        recall: Puts a node's outputs into `outputs` if they are known from an earlier run; says whether they were.
    """

    def __init__(
        self,
        workflow: Workflow,
        registry: Registry,
        outputs: Mapping[str, Outputs],
        recall: Callable[[str], bool],
    ) -> None:
        self.workflow = workflow
        self.parents: dict[str, Task] = {}
        self._registry = registry
        self._outputs = outputs
        self._recall = recall
        self._positions = file_positions(workflow)
        self._next_position = count(len(workflow.nodes))
        self._own_nodes: dict[str, Node] | None = None
        self._insides: dict[str, list[str]] = {}
        self._tasks: dict[str, Task] = {}
        self._uses: dict[str, int] = {}
        self._ready: list[tuple[int, Task]] = []
        self._frame = 0
        self._lazy_names: dict[str, Collection[str]] = {
            definition.type: frozenset(declared.name for declared in definition.inputs if declared.lazy)
            for definition in registry
            if definition.needs is not None
        }

    @property
    def has_ready(self) -> bool:
        """Whether some node can run now."""
        return bool(self._ready)

    @property
    def positions(self) -> Mapping[str, int]:
        """By node id, its place in the file; nodes of expansions come after."""
        return self._positions

    def expand(self, parent: Task, nodes: Mapping[str, Node]) -> None:
        """Take in the inside of a node's expansion."""
        if self._own_nodes is None:  # the workflow's own mapping is never written to
            self._own_nodes = dict(self.workflow.nodes)
            self.workflow = Workflow(self._own_nodes)
        for node_id, node in nodes.items():
            self._own_nodes[node_id] = node
            self._positions[node_id] = next(self._next_position)
            self.parents[node_id] = parent
        self._insides.setdefault(parent.node.id, []).extend(nodes)

    def collapse(self, node_id: str) -> list[str]:
        """Forget the inside of an earlier expansion of a node that has to run once more; return its ids."""
        inside = self._insides.pop(node_id, [])
        for inner_id in inside:
            assert self._own_nodes is not None
            del self._own_nodes[inner_id], self._positions[inner_id], self.parents[inner_id]
            self._tasks.pop(inner_id, None)
        return inside

    def plan(self, targets: Iterable[str]) -> None:
        """Plan what these nodes need, before everything that was planned earlier. Outputs at hand are not planned.

        Raises:
            WorkflowError: if a target does not exist, or on a cycle.
        """
        order = order_upstream(
            self.workflow,
            targets,
            weak=self._weak if self._lazy_names else None,
            done=_Settled(self._is_settled),
            positions=self._positions,
        )
        self._frame -= _FRAME
        for priority, node_id in enumerate(order, self._frame):
            task = self._tasks.get(node_id)
            if task is None or task.is_done:
                task = self._add_task(node_id)
            task.priority = priority
            if not task.missing:
                heapq.heappush(self._ready, (priority, task))

    def pop(self) -> Task | None:
        """The next node that can run."""
        while self._ready:
            priority, task = heapq.heappop(self._ready)
            if priority == task.priority and not task.is_done:  # else it was planned again, to go earlier
                return task
        return None

    def wait_for(self, task: Task, node_ids: Iterable[str]) -> bool:
        """Plan these nodes and let the task wait for them; their outputs are held until it is finished.

        Returns:
            Whether anything is missing; if so, the task becomes ready when it is there.
        """
        wanted = tuple(node_ids)
        self.plan(wanted)
        task.awaited += wanted
        for node_id in wanted:
            self._uses[node_id] = self._uses.get(node_id, 0) + 1
            if node_id not in self._outputs:
                self.wait_for_task(task, self._tasks[node_id])
        return task.missing > 0

    def wait_for_task(self, task: Task, other: Task) -> None:
        """Let a task wait for another one to finish."""
        other.readers.append(task)
        task.missing += 1

    def finish(self, task: Task) -> list[str]:
        """A node's outputs are at hand.

        Returns:
            Ids of the nodes whose outputs nobody needs any more, of those that `keep` does not name.
        """
        task.is_done = True
        for reader in task.readers:
            reader.missing -= 1
            if not reader.missing:
                heapq.heappush(self._ready, (reader.priority, reader))
        task.readers = []
        unneeded = [] if self._uses.get(task.node.id) else [task.node.id]
        for value in task.node.inputs.values():
            if type(value) is Link:
                self._count_down(value.node_id, unneeded)
        for node_id in task.awaited:
            self._count_down(node_id, unneeded)
        return unneeded

    def describe_deadlock(self) -> WorkflowError | None:
        """The cycle in which nodes wait for one another, if any node still waits."""
        task = next((task for task in self._tasks.values() if not task.is_done), None)
        path: dict[str, None] = {}
        while task is not None and task.node.id not in path:
            path[task.node.id] = None
            task = next((self._tasks[source] for source in self._missing_sources(task)), None)
        if task is None:
            return None
        walked = list(path)
        return cycle_error(self.workflow, walked[walked.index(task.node.id) :])

    def _add_task(self, node_id: str) -> Task:
        node = self.workflow.nodes[node_id]
        task = self._tasks[node_id] = Task(node, self._registry[node.type])
        weak = self._weak(node)
        uses = self._uses
        for name, value in node.inputs.items():
            if type(value) is Link:
                source = value.node_id
                uses[source] = uses.get(source, 0) + 1
                if source not in self._outputs and name not in weak:
                    self._tasks[source].readers.append(task)
                    task.missing += 1
        return task

    def _is_settled(self, node_id: str) -> bool:
        """Whether a node need not be planned: its outputs are at hand, or it is on its way."""
        if node_id in self._outputs:
            return True
        task = self._tasks.get(node_id)
        if task is not None and not task.is_done:
            return task.is_started
        return self._recall(node_id)

    def _weak(self, node: Node) -> Collection[str]:
        return self._lazy_names.get(node.type, ())

    def _count_down(self, node_id: str, unneeded: list[str]) -> None:
        self._uses[node_id] -= 1
        if not self._uses[node_id] and node_id in self._outputs:
            unneeded.append(node_id)

    def _missing_sources(self, task: Task) -> list[str]:
        weak = self._weak(task.node)
        linked = [
            value.node_id
            for name, value in task.node.inputs.items()
            if type(value) is Link and name not in weak and not task.is_started
        ]
        return [node_id for node_id in (*linked, *task.awaited) if node_id not in self._outputs]


class _Settled:
    """The nodes that a plan stops at, as `order_upstream` wants them."""

    __slots__ = ("_test",)

    def __init__(self, test: Callable[[str], bool]) -> None:
        self._test = test

    def __contains__(self, node_id: object) -> bool:
        return self._test(str(node_id))

"""One run of a workflow: a loop over the nodes that are ready, in the order of the plan.

Keys, hits and plan come first; a node that wants lazy inputs or that expands adds a plan of its own. When the last
reader of an output has run, the output is let go, and the cache decides how long to keep it. When memory runs out, the
cache leaves the place where it is short, the pool unloads its models, and the node is called once more. A cycle that
only lazy inputs or expansions close shows when nothing is ready and something is still waited for.

What is known already: `known`; who is next: `schedule`; how a node is called: `calls`; what it may ask for: `contexts`;
sub-graphs: `expansion`; other threads: `background`; errors: `failures`; events: `reporter`.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from engine.errors import Interrupted
from engine.execution.background import Background
from engine.execution.cache import Outputs
from engine.execution.calls import (
    Answer,
    Call,
    Lists,
    arrange_calls,
    ask_needs,
    blocked_answer,
    find_blocker,
    follow_links,
    gather_inputs,
    merge_answers,
    merge_ui,
    read_answer,
)
from engine.execution.contexts import Contexts
from engine.execution.events import RunStatus, Ui
from engine.execution.expansion import Expander
from engine.execution.failures import make_memory_error, make_node_error, memory_shortage
from engine.execution.known import Known
from engine.execution.reporter import Reporter
from engine.execution.schedule import Schedule, Task
from engine.graph.schema import ExecutionBlocker
from engine.graph.workflow import Link, Node, Workflow

if TYPE_CHECKING:
    from engine.context import Submitter
    from engine.execution.executor import Executor

log = logging.getLogger(__name__)

_POLL_S = 0.05
"""How often an interrupt is looked for while only other threads work."""
_MOST_FILE_JOBS = 4
"""Files that may wait to be written while computing goes on: each holds its pictures in memory."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave.

    Attributes:
        outputs: By target, its outputs: a value, or the list of them where the node was called for several or
            declares a list. Targets that were blocked are not there.
        ui: By node id, what it gave to be shown (`images`, `text`), cached or not.
        seconds: How long the run took.
        cached: Nodes that did not run because their outputs were known.
        executed: Nodes that ran, in the order in which they ended.
    """

    outputs: Mapping[str, tuple[Any, ...]]
    ui: Mapping[str, Ui]
    seconds: float
    cached: frozenset[str]
    executed: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Job:
    """A node that is being called: its inputs, the arguments of its calls, and the work, calls that nothing blocks."""

    task: Task
    lists: Lists
    calls: list[Call]
    work: list[Callable[[], Any]]


class Run:
    """The state of one run, and its loop. Arguments: see `Executor.run`."""

    def __init__(
        self,
        executor: Executor,
        workflow: Workflow,
        targets: Sequence[str],
        submitted: Workflow,
        reporter: Reporter,
        interrupted: threading.Event,
        record: Callable[[], Mapping[str, Any]],
        submitter: Submitter | None,
    ) -> None:
        self.executor = executor
        self.reporter = reporter
        self.interrupted = interrupted
        self.targets = dict.fromkeys(targets)
        self.node_count = len(workflow.nodes)
        self.known = Known(executor.cache, executor.registry, executor.settings, reporter.asked)
        self.schedule = Schedule(workflow, executor.registry, self.known.outputs, self.known.recall)
        self.contexts = Contexts(executor, self.schedule, reporter, submitted, interrupted, record, submitter)
        self.cached: set[str] = set()
        self.executed: list[str] = []
        self.blocked: set[str] = set()
        self.without_outputs: set[str] = set()
        self.background: Background[_Job] = Background()
        self.in_flight: dict[bytes, Task] = {}
        self.told: dict[int, ExecutionBlocker] = {}
        self.current: Node | None = None

    def execute(self) -> RunResult:
        """Run to the end, once."""
        started = perf_counter()
        status: RunStatus = "failed"
        try:
            self.reporter.run_started(self.node_count)
            self._plan()
            self._loop()
            status = "succeeded"
        except (Interrupted, KeyboardInterrupt):
            status = "interrupted"
            raise
        finally:
            self.background.close()
            self.known.let_go_of_all()
            seconds = perf_counter() - started
            at = self.current.id if self.current is not None and status != "succeeded" else None
            self.reporter.run_finished(status, seconds, at)
        outputs = {
            node_id: _simplify(self.known.outputs[node_id])
            for node_id in self.targets
            if node_id not in self.without_outputs
        }
        return RunResult(outputs, self.known.ui, seconds, frozenset(self.cached), tuple(self.executed))

    def _plan(self) -> None:
        """Keys, what is known already, and the order of the rest."""
        workflow, known = self.schedule.workflow, self.known
        known.add_keys(workflow, self.targets, self.schedule.positions)
        self.schedule.plan(self.targets)
        recalled = known.take_recalled()
        self._tell_cached(filter(known.is_cached, known.keys))
        self._tell_shown(recalled)

    def _tell_cached(self, node_ids: Iterable[str]) -> None:
        new = [node_id for node_id in node_ids if node_id not in self.cached]
        self.cached.update(new)
        self.reporter.cached(new, self.known.peek)

    def _tell_shown(self, node_ids: Iterable[str]) -> None:
        """What wanted nodes that need not run show all the same."""
        for node_id in node_ids:
            if node_id in self.targets and node_id in self.known.ui:
                node = self.schedule.workflow.nodes[node_id]
                self.reporter.finished(node, self.known.ui[node_id], 0.0, cached=True)

    # -- the loop ---------------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        while True:
            if self.interrupted.is_set():
                raise Interrupted
            if self.background.pending:
                self._take_completion(wait=not self.schedule.has_ready)
            task = self.schedule.pop()
            if task is not None:
                self._advance(task)
            elif not self.background.pending:
                break
        if (error := self.schedule.describe_deadlock()) is not None:
            raise error

    def _advance(self, task: Task) -> None:
        """Bring a node that is ready as far as it gets: to the end, or to the next thing that it has to wait for."""
        if task.answers is not None:
            self._finish(task, task.answers, ran=True)
            return
        if not task.is_started:
            if self.known.recall(task.node.id):
                recalled = self.known.take_recalled()  # an equal node ran meanwhile
                self._tell_cached(recalled)
                self._tell_shown(recalled)
                self._close(task)
                return
            equal = self.in_flight.get(self.known.keys[task.node.id])
            if equal is not None:
                self.schedule.wait_for_task(task, equal)
                return
            task.is_started = True
        if task.definition.needs is not None and self._waits_for_lazy(task):
            return
        self._call(task)

    def _waits_for_lazy(self, task: Task) -> bool:
        """Ask the node which lazy inputs it wants, until it wants nothing new or has to wait."""
        while True:
            lists = gather_inputs(task.node, self.known.outputs, task.definition.raw_links)
            try:
                wanted = [task.node.inputs.get(name) for name in ask_needs(task.definition, lists, task.node.id)]
            except BaseException as error:
                self._fail(task, error, lists)
            sources = [link.node_id for link in wanted if type(link) is Link and link.node_id not in self.known.outputs]
            if not sources:
                return False
            if self._wait_for(task, sources):
                return True

    def _wait_for(self, task: Task, node_ids: Iterable[str]) -> bool:
        """Plan these nodes; whether the task has to wait for any of them."""
        waits = self.schedule.wait_for(task, node_ids)
        if recalled := self.known.take_recalled():
            self._tell_cached(recalled)
        return waits

    # -- calling a node ---------------------------------------------------------------------------------------------

    def _call(self, task: Task) -> None:
        node, definition = task.node, task.definition
        lists = gather_inputs(node, self.known.outputs, definition.raw_links)
        try:
            calls = arrange_calls(definition, lists)
            job = _Job(task, lists, calls, self._make_work(task, calls))
        except BaseException as error:
            self._fail(task, error, lists)
        if not job.work:  # a list without elements, or blocked
            self._finish_calls(job, [])
            return
        self.current = node
        self.reporter.started(node)
        if definition.is_async:
            self.background.start_coroutines(job, job.work)
        elif definition.is_io and (self.schedule.has_ready or self.background.pending):
            while self.background.pending_file_jobs >= _MOST_FILE_JOBS:
                self._take_completion(wait=True)
            self.background.start_file_job(job, job.work)
        else:
            self._call_here(job)
            return
        self.in_flight[self.known.keys[node.id]] = task

    def _make_work(self, task: Task, calls: Iterable[Call]) -> list[Callable[[], Any]]:
        call, context_name = task.definition.call, task.definition.context_name
        extra: dict[str, Any] = {}
        if context_name is not None:
            extra[context_name] = self.contexts.make(task.node)
        return [
            partial(call, **arguments, **extra) for arguments in calls if not isinstance(arguments, ExecutionBlocker)
        ]

    def _call_here(self, job: _Job) -> None:
        started = perf_counter()
        results: list[Any] = []
        try:
            for work in job.work:
                if results and self.interrupted.is_set():
                    raise Interrupted
                results.append(self._attempt(job.task, work))
        except BaseException as error:
            self._fail(job.task, error, job.lists)
        job.task.seconds += perf_counter() - started
        self._finish_calls(job, results)

    def _attempt(self, task: Task, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (MemoryError, RuntimeError) as error:
            shortage = memory_shortage(error)
            if shortage is None:
                raise
        # Outside of the clause, so that the traceback no longer holds what the node had made.
        self._free_memory(task, shortage)
        return work()

    def _take_completion(self, *, wait: bool) -> None:
        """Finish a node that ran beside the compute thread; without waiting for one if there is other work."""
        completion = self.background.take(_POLL_S if wait else 0)
        if completion is None:
            return
        job = completion.job
        task = job.task
        shortage = memory_shortage(completion.error)
        if shortage is not None and not task.was_retried:
            self._free_memory(task, shortage)
            start = self.background.start_file_job if completion.is_file_job else self.background.start_coroutines
            start(job, job.work)
            return
        self.in_flight.pop(self.known.keys[task.node.id], None)
        if completion.error is not None:
            self._fail(task, completion.error, job.lists)
        task.seconds += completion.seconds
        self._finish_calls(job, completion.results)

    # -- what came of it --------------------------------------------------------------------------------------------

    def _finish_calls(self, job: _Job, results: list[Any]) -> None:
        task, definition = job.task, job.task.definition
        given = iter(results)
        try:
            answers = [
                blocked_answer(definition, call)
                if type(call) is ExecutionBlocker
                else read_answer(definition, next(given))
                for call in job.calls
            ]
            if len(job.work) < len(job.calls):
                self.blocked.add(task.node.id)
                self._tell_blocked(task.node, job.calls)
            if any(answer.expand is not None for answer in answers) and self._expand(task, answers):
                task.answers = answers  # until the expansion has run
                return
        except BaseException as error:  # what a node gives may be anything, and do anything when it is looked at
            self._fail(task, error, job.lists)
        self._finish(task, answers, ran=bool(job.work))

    def _expand(self, task: Task, answers: list[Answer]) -> bool:
        """Take in what the calls of a node expanded to; whether there is anything to wait for."""
        schedule, node_id = self.schedule, task.node.id
        self.known.forget_keys(schedule.collapse(node_id))
        expander = Expander(self.executor.registry, self.executor.files, self.executor.settings)
        awaited: list[str] = []
        for index, answer in enumerate(answers):
            if answer.expand is not None:
                present = schedule.workflow.nodes
                expansion = expander.expand(node_id, index, answer.expand, answer.slots, present)
                answer.slots = expansion.slots
                schedule.expand(task, expansion.nodes)
                self.reporter.place(expansion.nodes, node_id, expansion.display_ids)
                self.known.add_keys(schedule.workflow, expansion.nodes, schedule.positions)
                awaited += expansion.output_ids
                awaited += [slot.node_id for slot in expansion.slots if type(slot) is Link]
        return self._wait_for(task, awaited)

    def _finish(self, task: Task, answers: list[Answer], *, ran: bool) -> None:
        """The calls of a node, and what they expanded to, are done."""
        node = task.node
        try:
            outputs, ui = follow_links(merge_answers(task.definition, answers), self.known.outputs), merge_ui(answers)
        except BaseException as error:  # as above
            self._fail(task, error, {})
        blocker = find_blocker(outputs)
        is_cacheable = blocker is None and node.id not in self.blocked
        self.known.add(node, outputs, ui, task.seconds, is_cacheable=is_cacheable)
        if blocker is not None and node.id in self.targets:
            self._tell_blocked(node, [blocker])
        if ran:
            self.executed.append(node.id)
            self.reporter.finished(node, ui, task.seconds, outputs=outputs)
        if blocker is not None or (node.id in self.blocked and not ran):
            self.without_outputs.add(node.id)
        if (parent := self.schedule.parents.get(node.id)) is not None:
            parent.seconds += task.seconds
        self._close(task)

    def _close(self, task: Task) -> None:
        """Wake who waited for the node, and let go of what nobody needs any more."""
        for node_id in self.schedule.finish(task):
            if node_id not in self.targets:
                self.known.let_go(node_id)

    def _tell_blocked(self, node: Node, values: Iterable[Any]) -> None:
        """Report a blocker with a message, if it was not reported before."""
        blocker = find_blocker([values])
        if blocker is not None and blocker.message and id(blocker) not in self.told:
            self.told[id(blocker)] = blocker  # held, so that its address stays its own
            self.reporter.blocked(node, blocker.message)

    # -- failure ----------------------------------------------------------------------------------------------------

    def _fail(self, task: Task, error: BaseException, lists: Lists) -> NoReturn:
        """End the run because of what a node raised."""
        self.current = task.node
        if isinstance(error, (Interrupted, KeyboardInterrupt)):
            raise error
        if memory_shortage(error) is not None:
            failure = make_memory_error(task.node, lists, self.executor.pool(), self.executor.cache)
        else:
            failure = make_node_error(task.node, error, lists)
        self.reporter.failed(task.node, failure)
        raise failure from error

    def _free_memory(self, task: Task, shortage: Literal["host", "accelerator"]) -> None:
        """Make room: cached outputs leave the place where it is short, models are unloaded."""
        log.warning("node %s ran out of memory; freeing what can be freed and trying once more", task.node.label)
        task.was_retried = True
        self.executor.cache.vacate(host=shortage == "host")
        gc.collect()
        self.executor.pool().unload_all()


def _simplify(outputs: Outputs) -> tuple[Any, ...]:
    return tuple(values[0] if len(values) == 1 else values for values in outputs)

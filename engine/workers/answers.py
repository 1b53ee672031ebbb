"""Answers to questions that a worker is asked while it computes, each in a thread of its own.

Validation calls code of nodes, which may take as long as it likes or never end: whoever asked stops waiting, and when
too many threads hang the next question is answered by saying so.
"""

from __future__ import annotations

import copy
import json
import logging
import threading
from collections.abc import Callable
from typing import Final

import psutil

from engine.errors import InputError, WorkerUnavailable, text_of
from engine.graph.document import parse_json_text, with_current_names
from engine.graph.workflow import Workflow
from engine.runtime import Engine
from engine.workers.declaring import declare
from engine.workers.devices import describe_devices
from engine.workers.failure_records import for_clients, plain_info, record_failure, utf8
from engine.workers.messages import (
    AskFilter,
    AskForecast,
    AskMemory,
    AskRenew,
    AskValidate,
    Filtered,
    Forecasted,
    Holder,
    InputErrorRecord,
    MemoryReport,
    Renewed,
    ToServer,
    Validation,
)
from engine.workers.outbox import Outbox

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 16
_MOST_HOLDERS = 100


class Answers:
    """Answers questions.

    Args:
        engine: Who is asked about.
        outbox: To the server.
    """

    def __init__(self, engine: Engine, outbox: Outbox) -> None:
        self._engine = engine
        self._outbox = outbox
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

    def validate(self, question: AskValidate) -> None:
        """Answer with a `Validation`, soon."""

        def refuse(error: BaseException) -> Validation:
            failure = record_failure(error, "The workflow could not be validated")
            return Validation(request_id=question.request_id, failure=failure)

        self._answer(lambda: validate(self._engine, question), refuse)

    def renew(self, question: AskRenew) -> None:
        """Answer with `Renewed`, soon."""

        def renew_nothing(_: BaseException) -> Renewed:
            return Renewed(question.request_id, ())

        self._answer(lambda: renew(self._engine, question), renew_nothing)

    def filter_body(self, question: AskFilter) -> None:
        """Answer with `Filtered`, soon; if a handler fails, the body stays as it was."""

        def leave(_: BaseException) -> Filtered:
            return Filtered(question.request_id, question.body)

        self._answer(lambda: filter_body(self._engine, question), leave)

    def forecast(self, question: AskForecast) -> None:
        """Answer with `Forecasted`, soon."""

        def tell_nothing(_: BaseException) -> Forecasted:
            return Forecasted(question.request_id, {})

        self._answer(lambda: forecast(self._engine, question), tell_nothing)

    def report_memory(self, question: AskMemory) -> None:
        """Answer with a `MemoryReport`, soon."""

        def report_nothing(_: BaseException) -> MemoryReport:
            return MemoryReport(request_id=question.request_id, holders=(), devices=(), process_bytes=0)

        self._answer(lambda: report_memory(self._engine, question), report_nothing)

    def _answer(self, answer: Callable[[], ToServer], otherwise: Callable[[BaseException], ToServer]) -> None:
        if not self._room.acquire(blocking=False):
            self._outbox.put(otherwise(WorkerUnavailable(f"{MOST_AT_ONCE} questions are still being answered.")))
            return

        def work() -> None:
            try:
                message = answer()
            except BaseException as error:  # code of nodes
                log.debug("a question could not be answered", exc_info=True)
                message = otherwise(error)
            finally:
                self._room.release()
            if not self._outbox.put(message):
                self._outbox.put(otherwise(WorkerUnavailable("The answer is too large to be sent.")))

        threading.Thread(target=work, name="answer", daemon=True).start()


def validate(engine: Engine, question: AskValidate) -> Validation:
    """What the nodes themselves and the engine have to say about a workflow."""
    found = engine.validate(_read(engine, question.prompt), question.targets)
    return Validation(
        request_id=question.request_id,
        targets=found.targets,
        refused=found.refused,
        errors=tuple(map(_record, found.errors)),
    )


def forecast(engine: Engine, question: AskForecast) -> Forecasted:
    """What a run would do now."""
    nodes = engine.forecast(_read(engine, question.prompt), question.targets)
    return Forecasted(question.request_id, {utf8(node_id): fate for node_id, fate in nodes.items()})


def _read(engine: Engine, prompt: bytes) -> Workflow:
    return with_current_names(Workflow.from_api(parse_json_text(prompt, "The prompt")), engine.registry)


def _record(error: InputError) -> InputErrorRecord:
    return InputErrorRecord(
        node_id=utf8(error.node_id),
        node_type=utf8(error.node_type),
        code=error.code,
        message=for_clients(error.message),
        input_name=None if error.input_name is None else utf8(error.input_name),
        details=for_clients(error.details),
        extra_info=plain_info(error.extra_info),
        dependent_outputs=tuple(map(utf8, error.dependent_outputs)),
        more_outputs=error.more_outputs,
    )


def report_memory(engine: Engine, question: AskMemory) -> MemoryReport:
    """Who holds what. What is counted may change while it is counted."""
    holders = [
        Holder(name=held.name, kind="model", place=str(held.device), size_bytes=held.bytes)
        for held in engine.pool.held()
    ]
    holders += [
        Holder(name=label, kind="output", place=place, size_bytes=size)
        for label, place, size in engine.cache.biggest(_MOST_HOLDERS)
    ]
    holders.sort(key=lambda holder: -holder.size_bytes)
    return MemoryReport(
        request_id=question.request_id,
        holders=tuple(holders[:_MOST_HOLDERS]),
        devices=describe_devices(engine.pool.device),
        process_bytes=psutil.Process().memory_info().rss,
    )


def renew(engine: Engine, question: AskRenew) -> Renewed:
    """The declarations whose choices change with the world, as they are now."""
    names = [definition.type for definition in engine.registry if definition.renew is not None]
    engine.registry.renew(names)
    declarations, _ = declare(engine.registry[name] for name in names)
    return Renewed(question.request_id, declarations)


def filter_body(engine: Engine, question: AskFilter) -> Filtered:
    """The body of a submission after the packs' handlers; one that raises is logged and changes nothing."""
    body = parse_json_text(question.body, "The body")
    for handler in engine.pack_host.prompt_handlers if engine.pack_host is not None else ():
        try:
            changed = handler(copy.deepcopy(body))
            json.dumps(changed, allow_nan=False)
        except Exception as error:  # a pack's own code
            log.warning("A pack's handler of submissions failed: %s", text_of(error))
            continue
        body = changed
    return Filtered(question.request_id, json.dumps(body, allow_nan=False).encode())

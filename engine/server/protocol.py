"""Events of jobs -> the messages that existing clients expect over `/ws`, in their order.

Pure: nothing is sent here. The same builders make the `status.messages` of a history entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec

from engine.jobs.events import (
    ErrorRecord,
    JobCancelled,
    JobEvent,
    JobFailed,
    JobQueued,
    JobStarted,
    JobSucceeded,
    NodeBlocked,
    NodeFinished,
    NodeProgress,
    NodesCached,
    NodeStarted,
    NodeText,
)
from engine.server.outbox import BINARY, TEXT, frame
from engine.settings import ServerSettings
from engine.workers.messages import Preview
from engine.workers.notices import RunSnapshot

_MOST_RUNNING_SHOWN = 32
_PREVIEW_IMAGE, _TEXT, _PREVIEW_IMAGE_WITH_METADATA = 1, 3, 4
_JPEG, _PNG = 1, 2
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Message:
    """A message before it is written.

    Attributes:
        name: Its `type` on the wire.
        data: Its `data`; JSON values.
        is_for_all: Everybody gets it, not only the clients of the job.
        key: See `engine.server.outbox.Outbox.put`.
    """

    name: str
    data: Mapping[str, Any]
    is_for_all: bool = False
    key: object = None

    def frame(self) -> bytes:
        """As it goes over the wire."""
        return frame(TEXT, _ENCODER.encode({"type": self.name, "data": self.data}))


# -- messages --------------------------------------------------------------------------------------------------------


def status(remaining: int, sid: str | None = None) -> Message:
    """How many jobs wait or run; with `sid` the first message on a connection."""
    data: dict[str, Any] = {"status": {"exec_info": {"queue_remaining": remaining}}}
    if sid is not None:
        data["sid"] = sid
    return Message("status", data, is_for_all=True, key="status")


def features(settings: ServerSettings) -> dict[str, Any]:
    """What this server can do, as `GET /features` and the answer to a client's `feature_flags` say it."""
    return {"supports_preview_metadata": True, "max_upload_size": settings.max_upload_bytes}


def executing(job_id: str, node: NodeStarted | None) -> Message:
    """Which node runs; None when the run has ended."""
    if node is None:
        return Message("executing", {"node": None, "prompt_id": job_id})
    return Message("executing", {"node": node.node_id, "display_node": node.display_id, "prompt_id": job_id})


def execution_start(job_id: str, at: float) -> Message:
    """A run begins."""
    return Message("execution_start", {"prompt_id": job_id, "timestamp": _ms(at)})


def execution_cached(job_id: str, node_ids: tuple[str, ...], at: float) -> Message:
    """Nodes that need not run."""
    return Message("execution_cached", {"nodes": list(node_ids), "prompt_id": job_id, "timestamp": _ms(at)})


def execution_success(job_id: str, at: float) -> Message:
    """A run reached its end."""
    return Message("execution_success", {"prompt_id": job_id, "timestamp": _ms(at)})


def execution_interrupted(job_id: str, event: JobCancelled, at: float) -> Message:
    """A run was stopped. Everybody is told, as the protocol has it."""
    data = {
        "prompt_id": job_id,
        "node_id": event.node_id,
        "node_type": event.node_type,
        "executed": list(event.executed),
        "timestamp": _ms(at),
    }
    return Message("execution_interrupted", data, is_for_all=True)


def execution_error(
    job_id: str, error: ErrorRecord, executed: tuple[str, ...], at: float, *, shows_internals: bool
) -> Message:
    """A run failed. Where in our code is told only if internals are shown."""
    return Message(
        "execution_error",
        {
            "prompt_id": job_id,
            "node_id": error.node_id,
            "node_type": error.node_type,
            "executed": list(executed),
            "exception_message": error.message,
            "exception_type": error.exception_type or error.type,
            "traceback": list(error.traceback) if shows_internals else [],
            "current_inputs": {name: [value] for name, value in error.inputs.items()},
            "current_outputs": list(executed),
            "timestamp": _ms(at),
        },
    )


def _ms(at: float) -> int:
    return int(at * 1000)


def _number(value: float) -> float:
    """Whole numbers without a decimal point, as other servers write them."""
    return int(value) if float(value).is_integer() else value


# -- what happens in a run -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """What has to be remembered of a run: the nodes in progress, as `progress_state` shows them, and cached ones of
    which more are about to be told."""

    running: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    cached: list[str] = field(default_factory=list[str])


class Translator:
    """Turns the events of all jobs, in their order, into messages."""

    def __init__(self, *, shows_internals: bool = False) -> None:
        self._shows_internals = shows_internals
        self._runs: dict[str, _Run] = {}

    def translate(self, told: JobEvent) -> list[Message]:
        """The messages that an event becomes; often none or two."""
        job_id, event = told.job_id, told.event
        match event:
            case JobQueued():
                self._runs.pop(job_id, None)  # it was put back
                return []
            case JobStarted():
                self._runs[job_id] = _Run()
                return [execution_start(job_id, told.at)]
            case NodesCached():
                return self._cached(job_id, event, told.at)
            case NodeStarted():
                return [self._state(job_id, event, 0, 1, "running"), executing(job_id, event)]
            case NodeProgress():
                return self._progress(job_id, event)
            case NodeFinished():
                return self._finished(job_id, event)
            case NodeBlocked():
                error = ErrorRecord(
                    type="execution_blocked",
                    message=event.message,
                    node_id=event.node_id,
                    node_type=event.node_type,
                    exception_type="ExecutionBlocked",
                )
                return [execution_error(job_id, error, (), told.at, shows_internals=False)]
            case JobSucceeded():
                self._runs.pop(job_id, None)
                return [execution_success(job_id, told.at)]
            case JobFailed():
                self._runs.pop(job_id, None)
                shown = self._shows_internals
                return [execution_error(job_id, event.error, event.executed, told.at, shows_internals=shown)]
            case JobCancelled():
                has_begun = self._runs.pop(job_id, None) is not None
                return [execution_interrupted(job_id, event, told.at)] if has_begun else []
            case _:
                return []

    def _cached(self, job_id: str, event: NodesCached, at: float) -> list[Message]:
        """One message, however many events it comes in: clients expect it so."""
        run = self._runs.get(job_id) or _Run()
        run.cached += event.node_ids
        if event.continues:
            return []
        node_ids, run.cached = tuple(run.cached), []
        return [execution_cached(job_id, node_ids, at)]

    def _progress(self, job_id: str, event: NodeProgress) -> list[Message]:
        value, total = _number(event.value), _number(event.total)
        data = {"value": value, "max": total, "prompt_id": job_id, "node": event.node_id}
        state = self._state(job_id, event, value, total, "running")
        return [state, Message("progress", data, key=("progress", job_id, event.node_id))]

    def _finished(self, job_id: str, event: NodeFinished) -> list[Message]:
        messages: list[Message] = []
        if event.ui is not None:
            data = {
                "node": event.node_id,
                "display_node": event.display_id,
                "output": event.ui,
                "prompt_id": job_id,
            }
            messages.append(Message("executed", data))
        run = self._runs.get(job_id)
        last = run.running.get(event.node_id) if run is not None else None
        total = last["max"] if last is not None else 1
        return [*messages, self._state(job_id, event, total, total, "finished")]

    def _state(
        self,
        job_id: str,
        node: NodeStarted | NodeProgress | NodeFinished,
        value: float,
        total: float,
        state: str,
    ) -> Message:
        """`progress_state` with the nodes that run now and the one that changed.

        The protocol resends the whole map at every change, which for a graph of n nodes is n * n entries. Clients
        either replace their map, and then ask it which nodes run, or merge it, and then have seen each node finish:
        both find what they look for in the few nodes that are not as before, and the amount grows with n alone.
        """
        run = self._runs.get(job_id) or _Run()
        entry = {
            "value": value,
            "max": total,
            "state": state,
            "node_id": node.node_id,
            "prompt_id": job_id,
            "display_node_id": node.display_id,
            "parent_node_id": node.parent_id,
            "real_node_id": node.node_id,
        }
        if state == "running":
            run.running[node.node_id] = entry
        else:
            run.running.pop(node.node_id, None)
        nodes = dict(islice(run.running.items(), _MOST_RUNNING_SHOWN))
        nodes[node.node_id] = entry
        # A state that a later one of the same node replaces may be skipped; the last one, finished, may not.
        key = ("state", job_id, node.node_id) if state == "running" else None
        return Message("progress_state", {"prompt_id": job_id, "nodes": nodes}, key=key)


def describe_run(snapshot: RunSnapshot) -> list[Message]:
    """What a client is told that comes while its job runs: the nodes that run, and how far they are."""
    job_id = snapshot.job.id
    messages: list[Message] = []
    nodes: dict[str, dict[str, Any]] = {}
    for node in snapshot.running[:_MOST_RUNNING_SHOWN]:
        progress = snapshot.progress.get(node.node_id)
        value, total = (_number(progress.value), _number(progress.total)) if progress else (0, 1)
        nodes[node.node_id] = {
            "value": value,
            "max": total,
            "state": "running",
            "node_id": node.node_id,
            "prompt_id": job_id,
            "display_node_id": node.display_id,
            "parent_node_id": node.parent_id,
            "real_node_id": node.node_id,
        }
        messages.append(executing(job_id, node))
        if progress:
            data = {"value": value, "max": total, "prompt_id": job_id, "node": node.node_id}
            messages.append(Message("progress", data))
    return [Message("progress_state", {"prompt_id": job_id, "nodes": nodes}), *messages] if nodes else []


# -- binary messages -------------------------------------------------------------------------------------------------


def frame_preview(preview: Preview) -> bytes:
    """A picture for clients that announced nothing: type 1. Empty if it is neither JPEG nor PNG: they know no other."""
    code = _PNG if preview.media_type == "image/png" else _JPEG
    data = preview.data if preview.media_type in ("image/png", "image/jpeg") else preview.jpeg
    return frame(BINARY, _uint(_PREVIEW_IMAGE) + _uint(code) + data) if data else b""


def frame_preview_with_metadata(preview: Preview) -> bytes:
    """A picture with what it is of: type 4."""
    return frame(BINARY, preview_payload(preview))


def preview_payload(preview: Preview) -> bytes:
    """What such a frame holds: 4, the length of a JSON record, the record, the picture."""
    metadata = _ENCODER.encode(
        {
            "node_id": preview.node_id,
            "prompt_id": preview.job_id,
            "display_node_id": preview.display_id,
            "parent_node_id": preview.parent_id,
            "real_node_id": preview.node_id,
            "image_type": preview.media_type,
        }
    )
    return _uint(_PREVIEW_IMAGE_WITH_METADATA) + _uint(len(metadata)) + metadata + preview.data


def frame_node_text(event: NodeText) -> bytes:
    """What a node says: type 3."""
    node_id = event.node_id.encode()
    return frame(BINARY, _uint(_TEXT) + _uint(len(node_id)) + node_id + event.text.encode())


def _uint(value: int) -> bytes:
    return value.to_bytes(4, "big")

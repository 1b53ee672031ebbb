"""Every exception that the engine raises, and the record each becomes on the wire.

One root, `EngineError`; `except EngineError` at the edge (command line, request handler, worker) is enough to turn
any expected failure into a clear message. `record()` gives the JSON of `error` in the HTTP protocol:
`{"type", "message", "details", "extra_info"}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_LONGEST_TEXT = 10_000


class EngineError(Exception):
    """Root of all errors that the engine raises on purpose. Its text is meant for the user."""

    wire_type = "engine_error"
    _details = ""
    _extra_info: Mapping[str, Any] = {}

    @property
    def details(self) -> str:
        """More about the same error, for people; empty when the message says it all."""
        return self._details

    @property
    def extra_info(self) -> dict[str, Any]:
        """What a program may want to know about the error; JSON values only."""
        return dict(self._extra_info)

    def record(self) -> dict[str, Any]:
        """The error object of the HTTP protocol."""
        return {
            "type": self.wire_type,
            "message": str(self),
            "details": self.details,
            "extra_info": self.extra_info,
        }


class WorkflowError(EngineError):
    """A file or a body is not a workflow that can be read. `code` is the wire type, where the protocol has one."""

    def __init__(self, message: str, *, code: str = "invalid_prompt", details: str = "", **extra_info: Any) -> None:
        super().__init__(message)
        self.wire_type = code
        self._details = details
        self._extra_info = extra_info


@dataclass(frozen=True, slots=True)
class InputError:
    """One thing wrong with one node of a workflow.

    Attributes:
        node_id: The node concerned.
        node_type: Its type name.
        code: The wire type (`required_input_missing`, `value_not_in_list`, ...).
        message: One sentence for people: node, title, input, what was expected, what came.
        input_name: The input concerned; None if the error concerns the whole node.
        details: The short form that the protocol's clients show after the message.
        extra_info: JSON values, as the protocol lists them for each code.
        dependent_outputs: Ids of output nodes that cannot run because of it.
        more_outputs: How many more there are than these.
    """

    node_id: str
    node_type: str
    code: str
    message: str
    input_name: str | None = None
    details: str = ""
    extra_info: Mapping[str, Any] = field(default_factory=dict[str, Any])
    dependent_outputs: tuple[str, ...] = ()
    more_outputs: int = 0

    def record(self) -> dict[str, Any]:
        """One entry of `node_errors[id]["errors"]`."""
        return {
            "type": self.code,
            "message": self.message,
            "details": self.details,
            "extra_info": dict(self.extra_info),
        }


class ValidationError(EngineError):
    """A workflow that can be read cannot be run. Holds every `InputError`, in the order of the file."""

    wire_type = "prompt_outputs_failed_validation"

    def __init__(self, errors: Sequence[InputError], message: str | None = None, *, code: str | None = None) -> None:
        self.errors = tuple(errors)
        if code is not None:
            self.wire_type = code
        super().__init__(message or "\n".join(error.message for error in self.errors))

    def by_node(self, most: int | None = None) -> dict[str, Any]:
        """`node_errors` of the protocol: by node id, what is wrong with the node. Holds the first `most` nodes."""
        found: dict[str, Any] = {}
        for one in self.errors:
            if one.node_id not in found:
                if len(found) == most:
                    break
                found[one.node_id] = {
                    "errors": [],
                    "dependent_outputs": list(one.dependent_outputs),
                    "class_type": one.node_type,
                }
                if one.more_outputs:
                    found[one.node_id]["more_dependent_outputs"] = one.more_outputs
            found[one.node_id]["errors"].append(one.record())
        return found


class NodeError(EngineError):
    """A node failed while it ran. Raised `from` the node's own exception.

    Attributes:
        node_id: The node that failed.
        node_type: Its type name.
        title: Its title in the workflow.
        inputs: Each input's name and what it held, in a few words (shape and type of tensors).
    """

    wire_type = "node_failed"

    def __init__(
        self, message: str, *, node_id: str, node_type: str, title: str = "", inputs: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.node_id = node_id
        self.node_type = node_type
        self.title = title or node_type
        self.inputs = dict(inputs or {})

    @property
    def extra_info(self) -> dict[str, Any]:
        """Which node, and what its inputs were."""
        return {"node_id": self.node_id, "node_type": self.node_type, "title": self.title, "inputs": self.inputs}


class OutOfMemory(NodeError):
    """A node needed more memory than the device has, after everything that could be freed was freed.

    Attributes:
        remedies: What helps, a sentence each.
    """

    wire_type = "out_of_memory"

    def __init__(self, message: str, *, remedies: Sequence[str] = (), **about: Any) -> None:
        super().__init__(message, **about)
        self.remedies = tuple(remedies)

    @property
    def details(self) -> str:
        """What helps, as a numbered list."""
        if not self.remedies:
            return ""
        lines = (f"{number}. {remedy}" for number, remedy in enumerate(self.remedies, 1))
        return "\n".join(("What helps:", *lines))


class InputValueError(EngineError, ValueError):
    """What a node was given is of the right type but cannot be used (a mask of another size, an empty image).

    Nodes and the functions below them raise it; the executor turns it into a `NodeError` with the same words.
    """

    wire_type = "invalid_value"


class FileError(EngineError):
    """A file cannot be found, read or written: an image, a directory, an output."""

    wire_type = "file_error"


class CheckpointError(FileError):
    """A model file cannot be used: not found, damaged, of an unknown family, tensors missing or of a wrong shape.

    Attributes:
        path: The file's name as the user gave it.
        missing: The first few tensors that were expected and are not there.
        unexpected: The first few tensors that nothing asked for.
    """

    wire_type = "checkpoint_error"

    def __init__(
        self, path: object, reason: str, *, missing: Sequence[str] = (), unexpected: Sequence[str] = ()
    ) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = str(path)
        self.reason = reason
        self.missing = tuple(missing)
        self.unexpected = tuple(unexpected)

    @property
    def extra_info(self) -> dict[str, Any]:
        """The first missing and unexpected tensors."""
        return {"missing": list(self.missing), "unexpected": list(self.unexpected)}


class PackError(EngineError):
    """A node pack cannot be loaded. Never stops another pack or the engine."""

    wire_type = "pack_error"


class Interrupted(EngineError):
    """The user stopped the run. Not a failure; nothing half-done is kept."""

    wire_type = "interrupted"

    def __init__(self, message: str = "The run was interrupted.") -> None:
        super().__init__(message)


class JobConflict(EngineError):
    """Another job has this id or idempotency key and asks for something else."""

    wire_type = "prompt_id_in_use"


class UnknownJob(EngineError):
    """No job has this id: it never existed, or its history was deleted."""

    wire_type = "job_not_found"


class ShuttingDown(EngineError):
    """The server is stopping and accepts no more jobs."""

    wire_type = "shutting_down"


class QueueFull(EngineError):
    """More jobs wait than the server is willing to keep."""

    wire_type = "queue_full"


class WorkerUnavailable(EngineError):
    """No worker answered in time: it is starting, being replaced, or could not be started (the message says which)."""

    wire_type = "worker_unavailable"


class StoreError(EngineError):
    """The database of jobs cannot be used: disk full, read-only, damaged, or in use by another server."""

    wire_type = "store_error"


def text_of(error: BaseException) -> str:
    """What an exception says; nodes raise classes of their own, whose `__str__` may raise, or say too much."""
    try:
        text = str(error).strip()
    except BaseException:
        return "its text cannot be shown, as its __str__ raises."
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}... ({len(text)} characters)"

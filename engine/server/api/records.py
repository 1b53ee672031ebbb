"""Records that several routes read or write: the error object, notes, what is wrong with nodes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from engine.errors import InputError
from engine.graph.workflow import Note, NoteKind

Limit = Annotated[int, Meta(ge=1, le=1000)]
Offset = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=1e12)]
ShortText = Annotated[str, Meta(max_length=1000)]


class ErrorRecordView(Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    Attributes:
        type: Names the kind of error, for programs.
        message: One or two sentences: what was expected, what came, where.
        details: More for people; may be empty.
        extra_info: JSON values for programs.
    """

    type: str
    message: str
    details: str
    extra_info: dict[str, Any]


class NodeErrors(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one node of a workflow.

    Attributes:
        errors: In the order of its inputs.
        dependent_outputs: Output nodes that cannot run because of it, the first hundred or fewer.
        more_dependent_outputs: How many more there are, if there are.
        class_type: The node's type.
    """

    errors: list[ErrorRecordView]
    dependent_outputs: list[str]
    more_dependent_outputs: int = 0
    class_type: str


class Failure(Struct, frozen=True, kw_only=True):
    """The body of every refusal.

    Attributes:
        error: What is wrong with the request.
        node_errors: What is wrong with nodes of its workflow, by node id.
    """

    error: ErrorRecordView
    node_errors: dict[str, NodeErrors]


class NoteView(Struct, frozen=True, kw_only=True):
    """Something that reading a workflow had to drop, fill in or guess.

    Attributes:
        node_id: The node concerned, as in the file; empty if it concerns the file.
        input_name: The input concerned, if it is one.
        message: One sentence with the reason.
        kind: What was done: `dropped`, `default` (filled in with it), `by_name`, `guessed`, or `resolved` (a text's
            variables or choices).
    """

    node_id: str
    message: str
    input_name: str | None = None
    kind: NoteKind = "guessed"


class InputErrorView(Struct, frozen=True, kw_only=True):
    """One thing wrong with one node.

    Attributes:
        node_id: The node.
        node_type: Its type.
        input_name: The input; null if the error concerns the whole node.
        type: Names the kind of error, for programs.
        message: One sentence: node, input, what was expected, what came.
        details: The short form.
        extra_info: JSON values for programs.
        dependent_outputs: Output nodes that cannot run because of it, the first hundred or fewer.
        more_dependent_outputs: How many more there are.
    """

    node_id: str
    node_type: str
    input_name: str | None
    type: str
    message: str
    details: str
    extra_info: dict[str, Any] = field(default_factory=dict[str, Any])
    dependent_outputs: list[str] = field(default_factory=list[str])
    more_dependent_outputs: int = 0


def view_notes(notes: Iterable[Note]) -> list[NoteView]:
    """Notes as they are sent and kept."""
    return [
        NoteView(node_id=note.node_id, message=note.message, input_name=note.input_name, kind=note.kind)
        for note in notes
    ]


def view_errors(errors: Iterable[InputError]) -> list[InputErrorView]:
    """Errors one by one."""
    return [
        InputErrorView(
            node_id=error.node_id,
            node_type=error.node_type,
            input_name=error.input_name,
            type=error.code,
            message=error.message,
            details=error.details,
            extra_info=dict(error.extra_info),
            dependent_outputs=list(error.dependent_outputs),
            more_dependent_outputs=error.more_outputs,
        )
        for error in errors
    ]

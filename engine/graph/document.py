"""From bytes to a Workflow: JSON with limits, then whichever format the document turns out to have.

Both formats also come wrapped: in a request body, in a dump of a picture's metadata, in a list of one, as templates.
The `parameters` text that other programs write is read by `engine.graph.a1111`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from engine.errors import WorkflowError
from engine.graph.a1111 import read_parameters
from engine.graph.a1111_text import is_parameters
from engine.graph.canvas import read_canvas
from engine.graph.canvas_records import is_canvas
from engine.graph.everywhere import without_controllers
from engine.graph.json_values import as_list, as_object, as_text
from engine.graph.registry import Registry
from engine.graph.workflow import Note, Workflow

_DEEPEST_WRAPPING = 8
_DOCUMENT_KEYS = ("workflow", "prompt")
PARAMETERS = "parameters"


def parse_json_text(text: str | bytes, what: str = "The file") -> Any:
    """Parse JSON as found in the wild: a byte order mark, NaN and Infinity, and repeated keys are accepted.

    Args:
        text: Text, or bytes in UTF-8 or what JSON also allows (UTF-16, UTF-32).
        what: What it is, for the message.

    Raises:
        WorkflowError: if it is not JSON, or nested too deep, or holds an integer of thousands of digits.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text))
        return json.loads(text.removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise WorkflowError(f"{what} is not text: byte {error.start} is not valid {error.encoding}.") from error
    except json.JSONDecodeError as error:
        raise WorkflowError(f"{what} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise WorkflowError(f"{what} is nested too deep to be a workflow.") from error
    except ValueError as error:
        raise WorkflowError(f"{what} holds a number that is too long to be one of a workflow.") from error


def choose_texts(texts: Mapping[str, str]) -> dict[str, Any] | None:
    """Those of the texts that a file carries which `read_workflow` can read; None if there are none.

    The canvas document and the API format go by their names. Some programs write both into one text, as a comment;
    and others no workflow at all but `parameters` in their own words, which come last.
    """
    found = {key: texts[key] for key in _DOCUMENT_KEYS if _is_json(texts.get(key, ""))}
    if found:
        return found
    for text in texts.values():
        with suppress(WorkflowError):
            record = as_object(parse_json_text(text)) if _is_json(text) else None
            if record is not None and _holds_workflow(record):
                return dict(record)
    parameters = texts.get(PARAMETERS, "")
    return {PARAMETERS: parameters} if is_parameters(parameters) else None


def read_workflow(
    document: object,
    registry: Registry,
    files: Callable[[str], Sequence[str]] | None = None,
    hashes: Callable[[], Mapping[str, tuple[str, str]]] | None = None,
) -> Workflow:
    """Read a workflow of either format, wrapped or not. What was dropped, filled in or guessed is in its `notes`.

    Where a document holds both formats, what is run is the API format, which says what made the picture (the canvas
    may hold the next seed already); the canvas document is kept, so that new pictures carry it on. `parameters` count
    only where there is neither.

    Args:
        document: As parsed from JSON, or the texts of a file by their names.
        registry: The node types that there are.
        files: The model files of a kind, which `parameters` name without folder and ending.
        hashes: Gives (folder, name) of model files by SHA-256, as far as known: `parameters` name some by hash.

    Raises:
        WorkflowError: if it is neither, or uses what is not supported.
    """
    wanted, extra, notes = _unwrap(document)
    parameters = as_text(wanted) or as_text((as_object(wanted) or {}).get(PARAMETERS))
    if is_canvas(wanted):
        record = as_object(wanted) or {}
        workflow = read_canvas(record, registry)
        workflow = replace(workflow, extra={**extra, **workflow.extra})
    elif is_parameters(parameters):
        workflow = replace(read_parameters(parameters, files, hashes), extra=extra)
    else:
        workflow = with_current_names(Workflow.from_api(wanted, extra), registry)
    return replace(workflow, notes=(*notes, *workflow.notes)) if notes else workflow


def with_current_names(workflow: Workflow, registry: Registry) -> Workflow:
    """The workflow with today's names of node types that were renamed, without nodes that only hand out links."""
    renamed = {
        node.id: replace(node, type=name)
        for node in workflow.nodes.values()
        if (name := registry.current_name(node.type)) != node.type
    }
    nodes = without_controllers({**workflow.nodes, **renamed} if renamed else workflow.nodes, registry)
    return workflow if nodes is workflow.nodes else replace(workflow, nodes=nodes)


def _unwrap(document: object) -> tuple[object, dict[str, Any], list[Note]]:
    """The workflow inside the wrapping, what else saved files should carry, and what of it could not be read."""
    extra: dict[str, Any] = {}
    notes: list[Note] = []
    for _ in range(_DEEPEST_WRAPPING):
        document = _parse_if_text(document)
        items = as_list(document)
        if items is not None:
            document = _only(items)
            continue
        record = as_object(document)
        if record is None or _is_workflow(record):
            return document, extra, notes
        if (templates := as_list(record.get("templates"))) is not None:
            document = _only([(as_object(template) or {}).get("data") for template in templates])
            continue
        inside = _read_wrapped(record, notes)
        prompt, canvas = inside.get("prompt"), inside.get("workflow")
        extra.update(_read_extra(record))
        if prompt is None and canvas is None:
            return document, extra, notes
        if prompt is not None and canvas is not None:
            extra.setdefault("workflow", canvas)
            document = prompt if any(_is_api_node(value) for value in prompt.values()) else canvas
        else:
            document = prompt if canvas is None else canvas
    raise WorkflowError("The workflow is wrapped in too many layers.")


def _read_wrapped(record: Mapping[str, Any], notes: list[Note]) -> dict[str, Mapping[str, Any]]:
    """The documents in a wrapping by their keys. One that is damaged is passed over if the other is not.

    Raises:
        WorkflowError: if one is damaged and there is no other.
    """
    inside: dict[str, Mapping[str, Any]] = {}
    failure: WorkflowError | None = None
    for key in _DOCUMENT_KEYS:
        try:
            found = as_object(_parse_if_text(record.get(key), f"The text {key!r}"))
        except WorkflowError as error:
            failure = error
            notes.append(Note("", str(error), kind="dropped"))
            continue
        if found is not None:
            inside[key] = found
    if failure is not None and not inside:
        raise failure
    return inside


def _is_workflow(record: Mapping[str, Any]) -> bool:
    """Whether an object is a workflow of either format, and not something around one."""
    return is_canvas(record) or any(_is_api_node(value) for value in record.values())


def _holds_workflow(record: Mapping[str, Any]) -> bool:
    return _is_workflow(record) or any(
        as_object(value) is not None or _is_json(as_text(value)) for value in map(record.get, _DOCUMENT_KEYS)
    )


def _is_json(text: str) -> bool:
    """Whether a text may be an object or a list in JSON."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def _is_api_node(value: object) -> bool:
    return "class_type" in (as_object(value) or {})


def _read_extra(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_object((as_object(record.get("extra_data")) or {}).get("extra_pnginfo")) or {}


def _parse_if_text(value: object, what: str = "The workflow inside the document") -> Any:
    """Metadata and templates hold documents as JSON text."""
    text = as_text(value)
    return parse_json_text(text, what) if _is_json(text) else value


def _only(items: list[Any]) -> Any:
    if len(items) != 1:
        raise WorkflowError(f"The file holds a list of {len(items)} documents; one workflow was expected.")
    return items[0]

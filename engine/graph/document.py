"""From bytes to a Workflow: JSON with limits, then whichever format the document turns out to have.

Both formats also come wrapped: in a request body, in a dump of a picture's metadata, in a list of one, as templates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.errors import WorkflowError
from engine.graph.canvas import read_canvas
from engine.graph.canvas_records import is_canvas
from engine.graph.json_values import as_list, as_object, as_text
from engine.graph.registry import Registry
from engine.graph.workflow import Workflow

_DEEPEST_WRAPPING = 8


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


def read_workflow(document: object, registry: Registry) -> Workflow:
    """Read a workflow of either format, wrapped or not. What was dropped, filled in or guessed is in its `notes`.

    Where a document holds both formats, what is run is the API format, which says what made the picture (the canvas
    may hold the next seed already); the canvas document is kept, so that new pictures carry it on.

    Raises:
        WorkflowError: if it is neither, or uses what is not supported.
    """
    wanted, extra = _unwrap(document)
    if is_canvas(wanted):
        record = as_object(wanted) or {}
        workflow = read_canvas(record, registry)
        return replace(workflow, extra={**extra, **workflow.extra})
    return with_current_names(Workflow.from_api(wanted, extra), registry)


def with_current_names(workflow: Workflow, registry: Registry) -> Workflow:
    """The workflow with today's names of node types that were renamed."""
    nodes = {
        node.id: replace(node, type=name)
        for node in workflow.nodes.values()
        if (name := registry.current_name(node.type)) != node.type
    }
    return replace(workflow, nodes={**workflow.nodes, **nodes}) if nodes else workflow


def _unwrap(document: object) -> tuple[object, dict[str, Any]]:
    """The workflow inside the wrapping, and what else saved files should carry."""
    extra: dict[str, Any] = {}
    for _ in range(_DEEPEST_WRAPPING):
        document = _parse_if_text(document)
        items = as_list(document)
        if items is not None:
            document = _only(items)
            continue
        record = as_object(document)
        if record is None or is_canvas(record) or any(_is_api_node(value) for value in record.values()):
            return document, extra
        if (templates := as_list(record.get("templates"))) is not None:
            document = _only([(as_object(template) or {}).get("data") for template in templates])
            continue
        prompt, canvas = _wrapped(record, "prompt"), _wrapped(record, "workflow")
        extra.update(_read_extra(record))
        if prompt is None and canvas is None:
            return document, extra
        if prompt is not None and canvas is not None:
            extra.setdefault("workflow", canvas)
            document = prompt if any(_is_api_node(value) for value in prompt.values()) else canvas
        else:
            document = prompt if canvas is None else canvas
    raise WorkflowError("The workflow is wrapped in too many layers.")


def _is_api_node(value: object) -> bool:
    return "class_type" in (as_object(value) or {})


def _wrapped(record: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return as_object(_parse_if_text(record.get(key)))


def _read_extra(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_object((as_object(record.get("extra_data")) or {}).get("extra_pnginfo")) or {}


def _parse_if_text(value: object) -> Any:
    """Metadata and templates hold documents as JSON text."""
    text = as_text(value)
    return parse_json_text(text, "The workflow inside the document") if text.lstrip()[:1] in ("{", "[") else value


def _only(items: list[Any]) -> Any:
    if len(items) != 1:
        raise WorkflowError(f"The file holds a list of {len(items)} documents; one workflow was expected.")
    return items[0]

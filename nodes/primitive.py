"""Values that stand alone on the canvas and may feed several nodes, and a look at any value."""

from __future__ import annotations

import json
from typing import Annotated, Any

from engine import NodeResult, Number, SeedControl, Socket, Text, node

_LARGEST = 2**63 - 1


@node("PrimitiveInt", category="utils/primitive", display_name="Int")
def integer(*, value: Annotated[int, Number(min=-_LARGEST, max=_LARGEST), SeedControl()]) -> int:
    """Give a whole number.

    Args:
        value: The number.
    """
    return value


@node("PrimitiveFloat", category="utils/primitive", display_name="Float")
def number(*, value: Annotated[float, Number(min=-_LARGEST, max=_LARGEST)]) -> float:
    """Give a number.

    Args:
        value: The number.
    """
    return value


@node("PrimitiveString", category="utils/primitive", display_name="String")
def text(*, value: str) -> str:
    """Give a line of text.

    Args:
        value: The text.
    """
    return value


@node("PrimitiveStringMultiline", category="utils/primitive", display_name="String (Multiline)")
def multiline_text(*, value: Annotated[str, Text(multiline=True)]) -> str:
    """Give a text of several lines.

    Args:
        value: The text.
    """
    return value


@node("PrimitiveBoolean", category="utils/primitive", display_name="Boolean")
def boolean(*, value: bool) -> bool:
    """Give yes or no.

    Args:
        value: Yes or no.
    """
    return value


@node("PreviewAny", category="utils", display_name="Preview Any", is_output=True)
def preview_any(*, source: Annotated[Any, Socket("*")]) -> NodeResult[None]:
    """Show a value of any type as text.

    Args:
        source: What to show: texts as they are, objects and lists as JSON, all else as Python writes it.
    """
    return NodeResult(ui={"text": [_as_text(source)]})


def _as_text(value: Any) -> str:
    is_data = value is None or issubclass(type(value), dict | list | tuple | bool)
    try:
        return json.dumps(value, ensure_ascii=False, indent=2) if is_data else str(value)
    except (TypeError, ValueError, RecursionError):  # it holds more than JSON has: tensors, models
        return repr(value)

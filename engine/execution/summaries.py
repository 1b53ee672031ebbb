"""What crossed a link, in a few characters: `1x4x64x64 fp32`, `42`, `"a fox"`; and how many values there were.

Only what a value says of itself is asked: nothing is computed, moved or waited for, so that a run is not held up.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.execution.cache import Outputs
from engine.graph.schema import ExecutionBlocker

_MOST_CHARACTERS = 60
_SHORT_NAMES = {"float": "fp", "bfloat": "bf"}
"""How people write number types: float16 is fp16."""
_MOST_LOOKED_AT = 8
"""Members of a record that are looked at for a tensor."""


@dataclass(frozen=True, slots=True)
class ValueSummary:
    """An output, in short.

    Attributes:
        count: How many values it has: one for each call of the node, or each element of a list.
        text: The first of them in at most some 60 characters; empty if there is nothing to say of it but its type.
    """

    count: int
    text: str


def summarize(outputs: Outputs) -> tuple[ValueSummary, ...]:
    """Each output of a node, in order. Never raises."""
    return tuple(ValueSummary(len(values), describe(values[0]) if values else "") for values in outputs)


def describe(value: Any) -> str:
    """A value in at most some 60 characters, as `ValueSummary.text`. Never raises."""
    try:
        return _cut(_describe(value))
    except Exception:  # objects of packs may do anything when they are looked at
        return ""


def _describe(value: Any) -> str:
    if (text := _tensor(value)) is not None:
        return text
    if value is None or isinstance(value, ExecutionBlocker):
        return "blocked" if value is not None else "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return f'"{_cut(" ".join(value[:200].split()), _MOST_CHARACTERS - 2)}"'
    if isinstance(value, Mapping):
        return _first_tensor(cast("Mapping[Any, Any]", value).values())
    if isinstance(value, (list, tuple)):
        return _sequence(cast("Sequence[Any]", value))
    return ""


def _sequence(values: Sequence[Any]) -> str:
    """Lists of conditionings: pairs of a tensor and options. Of all others, how long they are."""
    if not values:
        return "0 parts"
    first = values[0]
    parts = cast("Sequence[Any]", first if isinstance(first, (list, tuple)) else (first,))
    text = _tensor(parts[0]) if parts else None
    if text is None:
        return f"{len(values)} parts"
    return text if len(values) == 1 else f"{len(values)} parts, {text}"


def _first_tensor(values: Any) -> str:
    for _, value in zip(range(_MOST_LOOKED_AT), values, strict=False):
        if (text := _tensor(value)) is not None:
            return text
    return ""


def _tensor(value: Any) -> str | None:
    """Shape and number type of a tensor or an array."""
    for module, name in (("torch", "Tensor"), ("numpy", "ndarray")):
        kind = getattr(sys.modules.get(module), name, None)  # what nobody has imported, nothing can be
        if kind is not None and isinstance(value, kind):
            array: Any = value
            shape = "x".join(str(int(length)) for length in array.shape)
            return f"{shape} {_number_type(str(array.dtype))}".strip()
    return None


def _number_type(name: str) -> str:
    name = name.removeprefix("torch.")
    kind = name.rstrip("0123456789")
    return _SHORT_NAMES[kind] + name[len(kind) :] if kind in _SHORT_NAMES else name


def _cut(text: str, most: int = _MOST_CHARACTERS) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

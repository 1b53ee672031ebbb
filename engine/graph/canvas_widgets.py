"""`widgets_values` by position -> values by name: the fragile part of the canvas format.

Values stand in the order of the declaration, also for widgets that are inputs now; a seed is followed by what the
canvas does with it after each run. Files were written by other versions of a node, so lists may be longer or shorter,
and what a value is (a control word, a number, a choice) decides where the order leaves a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.graph.canvas_records import CanvasNode
from engine.graph.json_values import is_integer, show
from engine.graph.schema import MISSING, Input, NodeDef
from engine.graph.values import WIDGET_TYPES, default_of
from engine.graph.workflow import Note

CONTROL_WORDS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
_LEAST_RANDOM_SEED = 2**32
"""A number from here on is a seed that the canvas drew, hardly anything else (it draws up to 2^50)."""
_TYPES_KEPT = 1024
_SEED_NAMES = frozenset({"seed", "noise_seed"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a list of values: the place of each name, how many are of a wrong kind or left over."""

    places: dict[str, int]
    mismatches: int
    left_over: int


def name_values(node: CanvasNode, definition: NodeDef | None) -> tuple[dict[str, Any], list[Note]]:
    """The value of each widget by name, and what had to be filled in.

    Args:
        node: As saved.
        definition: Its type; None if it is unknown, and then only names that the file itself gives are used.
    """
    if definition is None:
        return _name_by_slots(node)
    widgets = widgets_of(definition)
    if isinstance(node.values, Mapping):
        values = {widget.name: node.values[widget.name] for widget in widgets if widget.name in node.values}
    else:
        values = {name: (node.values or [])[place] for name, place in places_of(node, definition).items()}
    names = {widget.name for widget in widgets}
    values.update({name: value for name, value in node.written.items() if name in names})
    notes: list[Note] = []
    for widget in widgets:
        if values.get(widget.name) is None:
            values.pop(widget.name, None)
            default = _shown_default(widget)
            if default is not MISSING:
                values[widget.name] = default
                notes.append(
                    Note(
                        node.id,
                        f"the file has no value; the default {show(default)} was taken",
                        widget.name,
                        kind="default",
                    )
                )
    return values, notes


def _shown_default(widget: Input) -> Any:
    """What a canvas shows, and so runs, where neither file nor declaration says anything; no file is guessed."""
    declared = default_of(widget)
    if declared is not MISSING:
        return declared
    match widget.type:
        case "INT" | "FLOAT":
            return max(widget.number.min or 0, 0) if widget.number is not None else 0
        case "BOOLEAN":
            return False
        case "STRING":
            return ""
        case _:
            return MISSING


@lru_cache(maxsize=_TYPES_KEPT)
def widgets_of(definition: NodeDef) -> tuple[Input, ...]:
    """The inputs that have a place in `widgets_values`: required ones first, then optional ones."""
    return _required_first(declared for declared in definition.inputs if declared.is_widget)


@lru_cache(maxsize=_TYPES_KEPT)
def _widgets_and_sockets(definition: NodeDef) -> tuple[Input, ...]:
    """The same with inputs that could be widgets and are only sockets."""
    return _required_first(declared for declared in definition.inputs if declared.type in WIDGET_TYPES)


def _required_first(inputs: Iterable[Input]) -> tuple[Input, ...]:
    return tuple(sorted(inputs, key=lambda declared: declared.kind == "optional"))


def places_of(node: CanvasNode, definition: NodeDef) -> dict[str, int]:
    """Where in its list of values a node has the value of each widget.

    Of all readings of the list, the one in which most values are of the right kind and fewest are left over.
    """
    widgets = widgets_of(definition)
    values = node.values if isinstance(node.values, list) else []
    readings = [_read_in_order(values, widgets)]
    with_sockets = _widgets_and_sockets(definition)
    if len(with_sockets) > len(widgets):  # frontends before 1.16 kept a place for widgets that are only sockets
        readings.append(_read_in_order(values, with_sockets))
    by_name = {widget.name: widget for widget in widgets}
    slots = [by_name[slot.name] for slot in node.inputs if slot.is_widget and slot.name in by_name]
    if slots and readings[0].mismatches:  # the version that wrote the file may have had other widgets
        by_slots = _read_in_order(values, slots)
        # Older files have slots for linked widgets only: such a reading explains a few values and loses the rest.
        if abs(by_slots.left_over) <= abs(readings[0].left_over):
            readings.append(by_slots)
    best = min(readings, key=lambda reading: (reading.mismatches, abs(reading.left_over)))
    return {name: place for name, place in best.places.items() if name in by_name}


def _read_in_order(values: Sequence[Any], widgets: Sequence[Input]) -> _Reading:
    """Give values to widgets in turn, passing over control values after seeds."""
    places: dict[str, int] = {}
    mismatches = 0
    place = 0
    for index, widget in enumerate(widgets):
        if place >= len(values):
            break
        places[widget.name] = place
        mismatches += not _is_plausible(widget, values[place])
        place += 1
        if _has_control(widget) and place < len(values) and _is_control(values, place, widgets[index + 1 :]):
            place += 2 if widget.type == "COMBO" else 1  # a controlled list is followed by its filter, too
    return _Reading(places, mismatches, len(values) - place - (len(widgets) - len(places)))


def _has_control(widget: Input) -> bool:
    if widget.seed_control:
        return True
    return widget.type == "INT" and widget.name in _SEED_NAMES and "control_after_generate" not in widget.options


def _is_control(values: Sequence[Any], place: int, rest: Sequence[Input]) -> bool:
    """Whether the value after a seed says what to do with the seed, or belongs to the next widget."""
    value = values[place]
    is_control_like = value is None or isinstance(value, bool) or (isinstance(value, str) and value in CONTROL_WORDS)
    if not is_control_like:
        return False
    may_be_next = bool(rest) and _is_plausible(rest[0], value)
    return not may_be_next or len(values) - place > len(rest)


def _is_plausible(widget: Input, value: Any) -> bool:
    """Whether a value is of the kind that the widget holds; nothing is plausible everywhere."""
    if value is None:
        return True
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match widget.type:
        case "INT" | "FLOAT":
            return is_number
        case "BOOLEAN":
            return isinstance(value, bool)
        case "STRING":
            return isinstance(value, str)
        case "COMBO" if isinstance(widget.choices, tuple) and not isinstance(value, list | dict):
            return value in widget.choices
        case "COMBO":
            return isinstance(value, str)
        case _:
            return True


def _name_by_slots(node: CanvasNode) -> tuple[dict[str, Any], list[Note]]:
    """Values of a node of unknown type, named by the slots of its widgets as far as there are any.

    Frontends from 1.16 on write a slot for every widget, older ones for those that became inputs. Where there are fewer
    slots than values, each slot takes the next value of its kind; the others are called by their places (`#2`), so that
    none is lost.
    """
    if isinstance(node.values, Mapping):
        return {**node.values, **node.written}, []
    listed = node.values or []
    slots = [slot for slot in node.inputs if slot.is_widget]
    if len(slots) == len(listed):
        values = listed
    else:
        values = [value for index, value in enumerate(listed) if not _is_control_after(listed, index)]
    names: dict[int, str] = {}
    place = 0
    for number, slot in enumerate(slots):
        spare = len(values) - place - (len(slots) - number)
        kind = Input(slot.name, slot.type)
        found = next((at for at in range(place, place + spare + 1) if _is_of_kind(kind, values[at])), None)
        if found is not None:
            names[found] = slot.name
            place = found + 1
    named = {names.get(place, f"#{place}"): value for place, value in enumerate(values)}
    notes: list[Note] = []
    if len(named) > len(names):
        reason = (
            f"the node type {node.type} is unknown; {len(named) - len(names)} of its values have no names but places"
        )
        notes.append(Note(node.id, reason))
    return {**named, **node.written}, notes


def _is_of_kind(slot: Input, value: Any) -> bool:
    """Stricter than plausible: a place is looked for, so 1.5 is no whole number."""
    is_fraction = isinstance(value, float) and not value.is_integer()
    return _is_plausible(slot, value) and not (slot.type == "INT" and is_fraction)


def _is_control_after(values: Sequence[Any], index: int) -> bool:
    """Whether a value says what to do with the seed before it: a word, or, in files of early 2023, true or false."""
    value, before = values[index], values[index - 1] if index else None
    if not is_integer(before):
        return False
    return (
        value in CONTROL_WORDS if isinstance(value, str) else isinstance(value, bool) and before >= _LEAST_RANDOM_SEED
    )

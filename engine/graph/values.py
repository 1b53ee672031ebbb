"""Literals of widgets: from what a file says to a value of the declared type, or what is wrong with it.

Files are written by many programs, so numbers may stand as texts, booleans as words, and model names with the slashes
of another system. What is certain is converted silently, what is a guess is said, what is neither is refused.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.graph.json_values import as_list, show
from engine.graph.schema import MISSING, SEED_MAX, Input

WIDGET_TYPES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})

_TRUE_WORDS = frozenset({"true", "yes", "on", "1"})
_FALSE_WORDS = frozenset({"false", "no", "off", "0", ""})
_OLD_SAMPLER_PREFIX = "sample_"
_CHOICES_SHOWN = 12
_CHOICES_IN_DETAILS = 20
_CHOICES_COMPARED = 5_000
_VALUES_COMPARED = 10


class UnusableValueError(Exception):
    """A literal cannot be used.

    Attributes:
        code: Wire type.
        expected: What should stand there, as the end of "should be ...".
        details: The short form of the protocol, after the input's name; empty for none.
    """

    def __init__(self, code: str, expected: str, details: str = "") -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self.details = details


class Choices:
    """The values that a COMBO may take, with the ways in which a file may mean one of them."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = tuple(values)
        self._by_text = {str(value): value for value in reversed(self.values)}
        self._comparisons_left = _VALUES_COMPARED
        self._by_slashes: dict[str, Any] | None = None
        self._by_base_name: dict[str, list[Any]] = {}

    def find(self, value: Any) -> tuple[Any, str] | None:
        """The choice that is meant and, where that is a guess, what was guessed; None if there is none."""
        if isinstance(value, str | float) or (isinstance(value, int) and abs(value) <= SEED_MAX):
            text = str(value)
            if text in self._by_text:
                return self._by_text[text], ""
            return self._find_file(text) or self._find_old_sampler(text)
        return None

    def describe(self, value: Any) -> str:
        """What could stand there instead, as the end of "should be ..."."""
        if not self.values:
            return "one of the files there are, and there are none"
        if len(self.values) <= _CHOICES_SHOWN:
            return "one of " + ", ".join(show(choice) for choice in self.values)
        texts = list(self._by_text)[:_CHOICES_COMPARED]
        near: list[str] = []
        if isinstance(value, str) and self._comparisons_left:
            self._comparisons_left -= 1
            near = difflib.get_close_matches(value[:200], texts, 3)
        shown = ", ".join(show(text) for text in near or self.values[:3])
        return f"one of {len(self.values)} choices, such as {shown}"

    def short(self) -> str:
        """The list as the protocol's details show it."""
        if len(self.values) > _CHOICES_IN_DETAILS:
            return f"(list of length {len(self.values)})"
        return str(list(self.values))

    def _find_file(self, text: str) -> tuple[Any, str] | None:
        if self._by_slashes is None:
            self._by_slashes = {name.replace("\\", "/"): value for name, value in self._by_text.items()}
            for name, value in self._by_slashes.items():
                self._by_base_name.setdefault(name.rpartition("/")[2], []).append(value)
        name = text.replace("\\", "/")
        if name in self._by_slashes:
            return self._by_slashes[name], ""
        found = self._by_base_name.get(name.rpartition("/")[2], [])
        if len(found) == 1:
            return found[0], f"{show(text)} is not there; {show(found[0])} has the same name and was taken"
        return None

    def _find_old_sampler(self, text: str) -> tuple[Any, str] | None:
        name = text.removeprefix(_OLD_SAMPLER_PREFIX)
        if name != text and name in self._by_text:
            return self._by_text[name], f"{show(text)} is the name that files of early 2023 use for {show(name)}"
        return None


@dataclass(frozen=True, slots=True)
class Coerced:
    """A literal of the declared type; `note` says what was guessed to get there."""

    value: Any
    note: str = ""


def coerce(declared: Input, value: Any, choices: Choices | None, *, check: bool = True) -> Coerced:
    """The literal as a value of the declared type.

    Args:
        declared: A widget; literals of types other than the five of the protocol are taken as they are.
        value: What the file says; not None.
        choices: Of a COMBO; None if they are not known here.
        check: Whether bounds and choices are looked at.

    Raises:
        UnusableValueError: if it cannot be converted, or is out of bounds, or none of the choices.
    """
    convert = _CONVERT.get(declared.type)
    if convert is not None:
        coerced = convert(declared, value)
        if check and declared.number is not None:
            _check_bounds(declared, coerced.value)
        return coerced
    if declared.type == "COMBO" and choices is not None and check:
        return _coerce_combo(declared, value, choices)
    return Coerced(value)


def takes_several(declared: Input) -> bool:
    """Whether the value is a list of choices: `multiselect`, or `multi_select`, which says how it is shown."""
    return bool(declared.options.get("multiselect") or declared.options.get("multi_select"))


def default_of(declared: Input) -> Any:
    """What a widget holds where a file says nothing: its default, or the first of its declared choices; or MISSING."""
    if declared.default is MISSING and isinstance(declared.choices, tuple) and takes_several(declared):
        return []
    if declared.default is MISSING and isinstance(declared.choices, tuple) and declared.choices:
        return declared.choices[0]
    return declared.default


def describe_expected(declared: Input) -> str:
    """What should stand at a widget, as the end of "should be ..."."""
    kinds = {"INT": "a whole number", "FLOAT": "a number", "STRING": "a text", "BOOLEAN": "true or false"}
    kind = kinds.get(declared.type, f"a {declared.type} value")
    number = declared.number
    if number is None or (number.min is None and number.max is None):
        return kind
    if number.max is None:
        return f"{kind} of {number.min} or more"
    return f"{kind} from {number.min} to {number.max}" if number.min is not None else f"{kind} up to {number.max}"


def _wrong_type(declared: Input) -> UnusableValueError:
    return UnusableValueError("invalid_input_type", describe_expected(declared))


def _to_int(declared: Input, value: Any) -> Coerced:
    if type(value) is int:
        return _bounded_int(declared, value)
    if isinstance(value, int):
        return Coerced(int(value))
    number: Any = value
    if isinstance(value, str):
        try:
            return _bounded_int(declared, int(value))
        except ValueError:
            number = _to_float(declared, value).value
    if not isinstance(number, float) or not math.isfinite(number):
        raise _wrong_type(declared)
    whole = _bounded_int(declared, int(number)).value
    return Coerced(whole, "" if whole == number else f"{number!r} is not whole; {whole} was taken")


def _bounded_int(declared: Input, value: int) -> Coerced:
    if abs(value) > SEED_MAX:  # no program has such integers, and their text may be longer than Python writes
        code = "value_bigger_than_max" if value > 0 else "value_smaller_than_min"
        raise UnusableValueError(code, describe_expected(declared))
    return Coerced(value)


def _to_float(declared: Input, value: Any) -> Coerced:
    if type(value) is float and math.isfinite(value):
        return Coerced(value)
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _wrong_type(declared)
    return Coerced(number)


def _to_text(declared: Input, value: Any) -> Coerced:
    if isinstance(value, str):
        return Coerced(value)
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) <= SEED_MAX):
        return Coerced(str(value))
    raise _wrong_type(declared)


def _to_bool(declared: Input, value: Any) -> Coerced:
    if isinstance(value, bool):
        return Coerced(value)
    if isinstance(value, int | float) and value == value:
        return Coerced(bool(value))
    if isinstance(value, str):
        word = value.strip().lower()
        for words, label, meaning in ((_TRUE_WORDS, "label_on", True), (_FALSE_WORDS, "label_off", False)):
            if word in words or value == declared.options.get(label):
                return Coerced(meaning)
    raise _wrong_type(declared)


_CONVERT: dict[str, Callable[[Input, Any], Coerced]] = {
    "INT": _to_int,
    "FLOAT": _to_float,
    "STRING": _to_text,
    "BOOLEAN": _to_bool,
}


def _check_bounds(declared: Input, value: Any) -> None:
    number = declared.number
    if number is None:
        return
    if number.min is not None and value < number.min:
        raise UnusableValueError("value_smaller_than_min", describe_expected(declared))
    if number.max is not None and value > number.max:
        raise UnusableValueError("value_bigger_than_max", describe_expected(declared))


def _coerce_combo(declared: Input, value: Any, choices: Choices) -> Coerced:
    wanted = as_list(value) if takes_several(declared) else None
    if wanted is not None:
        parts = [_coerce_combo_item(item, choices) for item in wanted]
        return Coerced([part.value for part in parts], "; ".join(part.note for part in parts if part.note))
    return _coerce_combo_item(value, choices)


def _coerce_combo_item(value: Any, choices: Choices) -> Coerced:
    found = choices.find(value)
    if found is None:
        raise UnusableValueError(
            "value_not_in_list", choices.describe(value), f"{show(value)} not in {choices.short()}"
        )
    return Coerced(*found)

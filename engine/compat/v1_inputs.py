"""`INPUT_TYPES` of a class -> the inputs of a declaration. Tolerant: what packs write is read as it is meant.

A specification is `(type,)` or `(type, {options})`; the type is a name, or a list of choices. Options go to the canvas
as they are; those that the engine knows are read besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from engine.compat.file_list import FileList
from engine.files import IMAGE_SUFFIXES
from engine.graph.plain_json import NotJsonError, plain_json
from engine.graph.schema import ANY_TYPE, MISSING, Input, ModelFile, Number, Text
from engine.graph.values import WIDGET_TYPES

_KINDS = ("required", "optional")
_UPLOADS = ("image_upload", "animated_image_upload")
_NO_WIDGET = ("forceInput", "rawLink")


def read_input_types(cls: type[Any]) -> Mapping[str, Any]:
    """What `INPUT_TYPES` returns, whichever way it was declared.

    Raises:
        TypeError: if it is no mapping.
    """
    declare: Callable[..., Any] = cls.INPUT_TYPES
    is_bound = getattr(declare, "__self__", None) is not None
    given = declare() if is_bound or isinstance(vars(cls).get("INPUT_TYPES"), staticmethod) else declare(cls)
    if not isinstance(given, Mapping):
        raise TypeError(f"INPUT_TYPES returned a {type(given).__name__}; it should be a dict with 'required'")
    return cast("Mapping[str, Any]", given)


def read_inputs(given: Mapping[str, Any]) -> tuple[Input, ...]:
    """The declared inputs, required ones first, each group in its own order.

    Args:
        given: What `INPUT_TYPES` returned.

    Raises:
        TypeError: if a specification cannot be read; names the input.
    """
    return tuple(
        _read_input(str(name), spec, kind)
        for kind in _KINDS
        for name, spec in dict(cast("Mapping[Any, Any]", given.get(kind) or {})).items()
    )


def read_hidden(given: Mapping[str, Any]) -> dict[str, str]:
    """Hidden inputs by name: what the node wants there, `PROMPT` for example."""
    hidden = cast("Mapping[Any, Any]", given.get("hidden") or {})
    return {
        str(name): _type_name(spec[0] if isinstance(spec, list | tuple) and spec else spec)
        for name, spec in hidden.items()
    }


def takes_anything(given: Mapping[str, Any]) -> bool:
    """Whether the optional inputs claim to contain every name: a subclass of dict that packs use for free inputs."""
    optional = given.get("optional")
    return isinstance(optional, dict) and type(optional) is not dict and "\0 no input is called this" in optional


def raw_links_of(given: Mapping[str, Any]) -> frozenset[str]:
    """Names of inputs that want the link itself."""
    return frozenset(
        str(name)
        for kind in _KINDS
        for name, spec in dict(cast("Mapping[Any, Any]", given.get(kind) or {})).items()
        if _options_of(spec).get("rawLink")
    )


def _read_input(name: str, spec: Any, kind: Any) -> Input:
    if not isinstance(spec, list | tuple) or not spec:
        raise TypeError(f"input {name!r} is declared as {spec!r:.80}; expected a tuple (type,) or (type, options)")
    given = _options_of(spec)
    choices = _choices_of(spec[0], given)
    type_name = "COMBO" if choices is not None else _type_name(spec[0])
    is_widget = type_name in WIDGET_TYPES and not any(given.get(flag) for flag in _NO_WIDGET)
    options = _json_only(given)
    default = _default_of(given, choices, is_widget=is_widget)
    return Input(
        name=name,
        type=type_name,
        kind=kind,
        is_widget=is_widget,
        default=default,
        choices=choices,
        number=_number_of(given) if type_name in ("INT", "FLOAT") else None,
        text=_text_of(given) if type_name == "STRING" else None,
        seed_control=bool(given.get("control_after_generate")),
        lazy=bool(given.get("lazy")),
        tooltip=str(given.get("tooltip") or ""),
        options=options,
    )


def _options_of(spec: Any) -> Mapping[str, Any]:
    options: Any = spec[1] if isinstance(spec, list | tuple) and len(cast("Sequence[Any]", spec)) > 1 else {}
    return cast("Mapping[str, Any]", options) if isinstance(options, Mapping) else {}


def _type_name(given: Any) -> str:
    """A type as text. Packs use subclasses of `str` that pretend to equal everything: `*` then."""
    if isinstance(given, str):
        return str.__str__(given) or ANY_TYPE
    name: Any = getattr(given, "value", None) or getattr(given, "__name__", None)  # an Enum, or a class
    return name if isinstance(name, str) else str(given)


def _choices_of(given: Any, options: Mapping[str, Any]) -> tuple[Any, ...] | ModelFile | None:
    """The choices of a COMBO, or the folder whose files they are; None if it is none, or only the browser knows."""
    listed: Any = given if isinstance(given, list | tuple | set | FileList) else None
    if listed is None and isinstance(given, str) and str.__str__(given) == "COMBO":
        listed = options.get("options", ())
    if listed is None or "remote" in options:
        return None
    if callable(listed):
        listed = listed()
    if isinstance(listed, FileList):
        return ModelFile(listed.folder, extra=tuple(listed.extra))
    values = tuple(cast("Sequence[Any]", listed))
    if any(options.get(flag) for flag in _UPLOADS):
        folder = options.get("image_folder")
        others = tuple(value for value in values if not str(value).lower().endswith(tuple(IMAGE_SUFFIXES)))
        return ModelFile(folder if folder in ("output", "temp") else "input", image_upload=True, extra=others)
    return values


def _default_of(options: Mapping[str, Any], choices: Any, *, is_widget: bool) -> Any:
    default = options.get("default", MISSING)
    if not is_widget or default is MISSING or default is None:
        return MISSING
    several = options.get("multiselect") or options.get("multi_select")
    if isinstance(choices, tuple) and default not in choices and not several:
        return MISSING  # a choice that is not there any more: the first one is taken
    try:
        return plain_json(default, "default")
    except NotJsonError:
        return MISSING


def _number_of(options: Mapping[str, Any]) -> Number:
    def number(key: str) -> Any:
        value = options.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None

    display = options.get("display")
    shown: Any = display if display in ("number", "slider", "knob", "color") else None
    return Number(number("min"), number("max"), number("step"), number("round"), shown)


def _text_of(options: Mapping[str, Any]) -> Text:
    multiline = bool(options.get("multiline"))
    return Text(multiline, bool(options.get("dynamicPrompts", multiline)), str(options.get("placeholder") or ""))


def _json_only(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that the canvas can be told."""
    told: dict[str, Any] = {}
    for name, value in options.items():
        try:
            told |= plain_json({str(name): value}, str(name))
        except NotJsonError:
            continue
    return told

"""Declarations of node types as JSON values, for a process that has no code of nodes and no torch.

`write_declaration` and `read_declaration` are inverse but for the code: a `NodeDef` that was read validates, converts
and describes itself as the one that was written, and raises when it is called. So do its companions (`needs`,
`fingerprint`, `validate`, `renew`), which it has whenever the original has them, with the same parameters: whether a
workflow can be validated without the code is for the reader to see, by `validate` and `renew` being None.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import fields
from typing import Any, NoReturn

from engine.errors import EngineError
from engine.graph.json_values import as_object
from engine.graph.plain_json import NotJsonError, plain_json
from engine.graph.schema import MISSING, Input, ModelFile, NodeDef, Number, Output, Text

_COMPANIONS = ("needs", "fingerprint", "validate", "renew")
_CODE = ("call", *_COMPANIONS)
_REST = "**"


def write_declaration(definition: NodeDef) -> dict[str, Any]:
    """A node type without its code: JSON values, defaults left out.

    What a pack declared that is no JSON is left out too: an option, a default, a bound that is no number.
    """
    written = _write_fields(definition, skip=("inputs", "outputs", "raw_links", *_CODE))
    if definition.raw_links:
        written["raw_links"] = sorted(definition.raw_links)
    written["inputs"] = [_write_input(declared) for declared in definition.inputs]
    written["outputs"] = [_write_fields(output) for output in definition.outputs]
    companions = {role: code for role in _COMPANIONS if (code := getattr(definition, role)) is not None}
    if companions:
        written["companions"] = {role: _parameter_names(code) for role, code in companions.items()}
    return written


def read_declaration(declaration: Mapping[str, Any]) -> NodeDef:
    """The node type again; its code raises `EngineError`.

    Raises:
        EngineError: if this is no declaration.
    """
    try:
        given = dict(declaration)
        companions = {
            role: _stand_in(given["type"], role, names) for role, names in given.pop("companions", {}).items()
        }
        given["inputs"] = tuple(_read_input(entry) for entry in given["inputs"])
        given["outputs"] = tuple(Output(**entry) for entry in given["outputs"])
        given["search_aliases"] = tuple(given.get("search_aliases", ()))
        given["raw_links"] = frozenset(given.get("raw_links", ()))
        return NodeDef(call=_stand_in(given["type"], "call", [_REST]), **companions, **given)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EngineError(f"This is no declaration of a node type: {error}.") from error


# -- writing ---------------------------------------------------------------------------------------------------------


def _write_fields(record: Any, skip: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of a record that differ from their defaults and are JSON."""
    written: dict[str, Any] = {}
    for each in fields(record):
        value = getattr(record, each.name)
        default = each.default if each.default_factory is NO_DEFAULT else each.default_factory()
        if each.name in skip or _is_same(value, default):
            continue
        try:
            written[each.name] = plain_json(value, each.name)
        except NotJsonError:
            if default is NO_DEFAULT:
                raise
    return written


def _is_same(value: Any, default: Any) -> bool:
    """Whether a field holds its default; the types of numbers count, as they show in JSON."""
    return value is default or (type(value) is type(default) and bool(value == default))


def _write_input(declared: Input) -> dict[str, Any]:
    written = _write_fields(declared, skip=("default", "choices", "number", "text", "options"))
    if declared.default is not MISSING:
        written |= _write_json("default", declared.default)
    if isinstance(declared.choices, ModelFile):
        written["choices"] = _write_fields(declared.choices)
    elif declared.choices is not None:
        written["choices"] = [value for choice in declared.choices for value in _write_json("", choice).values()]
    if declared.number is not None:
        written["number"] = _write_fields(declared.number)
    if declared.text is not None:
        written["text"] = _write_fields(declared.text)
    options: dict[str, Any] = {}
    for name, value in declared.options.items():
        options |= _write_json(name, value)
    if options:
        written["options"] = options
    return written


def _write_json(name: str, value: Any) -> dict[str, Any]:
    """The value under its name, or nothing if it is no JSON."""
    try:
        return plain_json({name: value}, name)
    except NotJsonError:
        return {}


def _parameter_names(code: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(code).parameters.values()
    rest = [_REST for parameter in parameters if parameter.kind is inspect.Parameter.VAR_KEYWORD]
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [parameter.name for parameter in parameters if parameter.kind in plain] + rest


# -- reading ---------------------------------------------------------------------------------------------------------


def _read_input(entry: Mapping[str, Any]) -> Input:
    given = dict(entry)
    choices: object = given.get("choices")
    if (folder := as_object(choices)) is not None:
        model_file: dict[str, Any] = {**folder, "extra": tuple(folder.get("extra", ()))}
        given["choices"] = ModelFile(**model_file)
    elif choices is not None:
        given["choices"] = tuple(given["choices"])
    if "number" in given:
        given["number"] = Number(**given["number"])
    if "text" in given:
        given["text"] = Text(**given["text"])
    return Input(**given)


def _stand_in(type_name: str, role: str, names: Sequence[str]) -> Callable[..., Any]:
    """Stands where the code was: has its parameters, raises when it is called."""

    def refuse(**_: object) -> NoReturn:
        raise EngineError(f"The {role!r} of node type {type_name!r} can only be called where its code is: in a worker.")

    kinds = inspect.Parameter
    parameters = [
        kinds("rest", kinds.VAR_KEYWORD) if name == _REST else kinds(name, kinds.KEYWORD_ONLY) for name in names
    ]
    code: Any = refuse
    code.__signature__ = inspect.Signature(parameters)
    return code

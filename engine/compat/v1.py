"""A class of a pack with `INPUT_TYPES` -> the `NodeDef` that our own nodes have; nothing else knows the difference.

Reads each attribute as packs write it, with the defaults that they rely on. The declaration is read again before runs
(`renew`), because choices may depend on files and on other packs.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from engine.compat.host import Host
from engine.compat.v1_call import CONTEXT, Instances, make_call
from engine.compat.v1_inputs import raw_links_of, read_hidden, read_input_types, read_inputs, takes_anything
from engine.errors import PackError, text_of
from engine.graph.schema import Input, NodeDef, Output

_DEFAULT_CATEGORY = "sd"
_SEPARATES_NODES = frozenset({"UNIQUE_ID", "DYNPROMPT"})
"""Hidden inputs through which a node's outputs may depend on which node it is."""


def adapt(type_name: str, cls: type[Any], host: Host, *, module: str, display_name: str | None = None) -> NodeDef:
    """The declaration of a class.

    Args:
        type_name: Its name in workflow files.
        cls: The class.
        host: What its calls may reach.
        module: Where it comes from, `custom_nodes.<pack>`.
        display_name: Its title on the canvas; the type name if not given.

    Raises:
        PackError: if the class cannot be read; names the type, the attribute and what was expected.
    """
    try:
        return _adapt(type_name, cls, host, Instances(cls), module, display_name or type_name)
    except BaseException as error:  # a pack's own code, which may do anything; the other nodes are not to suffer
        raise PackError(f"node type {type_name!r}: {type(error).__name__}: {text_of(error)}") from error


def _adapt(type_name: str, cls: type[Any], host: Host, instances: Instances, module: str, display_name: str) -> NodeDef:
    given = read_input_types(cls)
    hidden = read_hidden(given)
    outputs = _read_outputs(cls)
    call, is_async = make_call(host, instances, hidden, len(outputs))
    inputs = read_inputs(given)
    definition = NodeDef(
        type=type_name,
        display_name=display_name,
        category=str(getattr(cls, "CATEGORY", None) or _DEFAULT_CATEGORY),
        inputs=inputs,
        outputs=outputs,
        call=call,
        description=_description_of(cls),
        context_name=CONTEXT,
        is_output=getattr(cls, "OUTPUT_NODE", False) is True,
        is_async=is_async,
        takes_lists=bool(getattr(cls, "INPUT_IS_LIST", False)),
        takes_any_link=_takes_names(cls) or takes_anything(given),
        takes_any_value=takes_anything(given),
        raw_links=raw_links_of(given),
        hidden=hidden,
        needs=_needs_of(cls, instances),
        fingerprint=_fingerprint_of(cls, hidden),
        validate=_validate_of(cls),
        per_node=bool(getattr(cls, "NOT_IDEMPOTENT", False)) or not _SEPARATES_NODES.isdisjoint(hidden.values()),
        deprecated=bool(getattr(cls, "DEPRECATED", False)),
        experimental=bool(getattr(cls, "EXPERIMENTAL", False)),
        search_aliases=tuple(map(str, getattr(cls, "SEARCH_ALIASES", None) or ())),
        module=module,
    )
    return replace(definition, renew=partial(_renew, definition, cls)) if has_choices(inputs) else definition


def has_choices(inputs: Sequence[Input]) -> bool:
    """Whether any input has a list of choices of its own, which may be another one tomorrow."""
    return any(isinstance(declared.choices, tuple) for declared in inputs)


def _renew(definition: NodeDef, cls: type[Any]) -> NodeDef:
    """The declaration with its inputs read again; as it was, if the pack cannot say now."""
    try:
        inputs = read_inputs(read_input_types(cls))
    except BaseException:  # a pack's own code: it could when it was loaded
        return replace(definition, renew=partial(_renew, definition, cls))
    return replace(definition, inputs=inputs, renew=partial(_renew, definition, cls))


def _read_outputs(cls: type[Any]) -> tuple[Output, ...]:
    types = _sequence(getattr(cls, "RETURN_TYPES", ()))
    names, lists = _sequence(getattr(cls, "RETURN_NAMES", ())), _sequence(getattr(cls, "OUTPUT_IS_LIST", ()))
    tooltips = _sequence(getattr(cls, "OUTPUT_TOOLTIPS", ()))
    outputs: list[Output] = []
    for index, given in enumerate(types):
        type_name = "COMBO" if isinstance(given, list | tuple) else _text(given) or "*"
        name = _text(names[index]) if index < len(names) else ""
        tooltip = _text(tooltips[index]) if index < len(tooltips) else ""
        outputs.append(Output(name or type_name, type_name, index < len(lists) and bool(lists[index]), tooltip))
    return tuple(outputs)


def _sequence(given: Any) -> Sequence[Any]:
    """A tuple of what was given; packs forget the comma of a tuple of one."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        return () if given is None else (given,)
    return cast("Sequence[Any]", given)


def _text(given: Any) -> str:
    return str.__str__(given) if isinstance(given, str) else "" if given is None else str(given)


def _description_of(cls: type[Any]) -> str:
    given = getattr(cls, "DESCRIPTION", None)
    return given if isinstance(given, str) else ""


def _takes_names(cls: type[Any]) -> bool:
    """Whether the method takes inputs of any name."""
    method = getattr(cls, cls.FUNCTION)
    parameters = inspect.signature(method).parameters.values()
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)


def _needs_of(cls: type[Any], instances: Instances) -> Callable[..., Sequence[str]] | None:
    if not callable(getattr(cls, "check_lazy_status", None)):
        return None

    def needs(*, node_id: str, **inputs: Any) -> Sequence[str]:
        check = instances.of(node_id).check_lazy_status
        return settle(check(**accepted(check, inputs))) or ()

    return needs


def _fingerprint_of(cls: type[Any], hidden: Mapping[str, str]) -> Callable[..., Any] | None:
    function = getattr(cls, "IS_CHANGED", None)
    if not callable(function):
        return None
    ids = [name for name, kind in hidden.items() if kind == "UNIQUE_ID"]

    def fingerprint(*, node_id: str, **inputs: Any) -> Any:
        given = {**inputs, **dict.fromkeys(ids, node_id)}
        return settle(function(**accepted(function, given)))

    return fingerprint


def _validate_of(cls: type[Any]) -> Callable[..., bool | str] | None:
    function: Any = getattr(cls, "VALIDATE_INPUTS", None)
    if not callable(function):
        return None
    if not inspect.iscoroutinefunction(function):
        return cast("Callable[..., bool | str]", function)

    def validate(**values: Any) -> bool | str:
        return settle(function(**values))

    patched: Any = validate
    patched.__signature__ = inspect.signature(function)
    return validate


def accepted(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the function has a parameter for."""
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values()):
        return dict(values)
    return {name: value for name, value in values.items() if name in parameters}


def settle(answer: Any) -> Any:
    """The answer itself, or what a coroutine comes to; in a thread of its own where this one has a loop already."""
    if not inspect.iscoroutine(answer):
        return answer
    coroutine = cast("Coroutine[Any, Any, Any]", answer)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(asyncio.run(coroutine)))
    thread.start()
    thread.join()
    return answers[0]

"""A class with `define_schema` -> the `NodeDef` that our own nodes have.

The schema becomes the same specifications as `INPUT_TYPES` gives, which `v1_inputs` reads. The class has no state: each
call happens on a subclass of its own that holds the hidden values and refuses to be written to.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from engine.compat.host import Host, Running, run_node
from engine.compat.pack_models import for_packs, from_packs
from engine.compat.v1 import accepted, has_choices, settle
from engine.compat.v1_call import CONTEXT, hidden_values, read_result
from engine.compat.v1_inputs import read_inputs
from engine.compat.v3_io import ComfyNode, Declared, Hidden, NodeOutput, Schema
from engine.errors import PackError, text_of
from engine.graph.schema import ExecutionBlocker, NodeDef, NodeResult, Output

if TYPE_CHECKING:
    from engine.context import Context

_SEPARATES_NODES = frozenset({Hidden.unique_id, Hidden.dynprompt})


def is_v3(cls: type[Any]) -> bool:
    """Whether a class is of the newer kind."""
    return inspect.isclass(cls) and issubclass(cls, ComfyNode)


def adapt_v3(
    type_name: str, cls: type[ComfyNode], host: Host, *, module: str, display_name: str | None = None
) -> NodeDef:
    """The declaration of a class; arguments and errors as those of `engine.compat.v1.adapt`."""
    try:
        return _adapt(type_name, cls, host, module, display_name)
    except BaseException as error:  # a pack's own code, which may do anything; the other nodes are not to suffer
        raise PackError(f"node type {type_name!r}: {type(error).__name__}: {text_of(error)}") from error


def _adapt(type_name: str, cls: type[ComfyNode], host: Host, module: str, display_name: str | None) -> NodeDef:
    schema = cls.define_schema()
    call, is_async = _make_call(cls, schema, host)
    definition = NodeDef(
        type=type_name,
        display_name=display_name or schema.display_name or type_name,
        category=schema.category,
        inputs=_read_inputs(schema),
        outputs=tuple(
            Output(
                given.display_name or given.id or given.io_type,
                given.io_type,
                given.is_output_list,
                given.tooltip or "",
            )
            for given in schema.outputs
        ),
        call=call,
        description=schema.description or "",
        context_name=CONTEXT,
        is_output=bool(schema.is_output_node),
        is_async=is_async,
        takes_lists=bool(schema.is_input_list),
        takes_any_link=bool(schema.accept_all_inputs),
        takes_any_value=bool(schema.accept_all_inputs),
        raw_links=frozenset(given.id for given in schema.inputs if given.options.get("rawLink")),
        hidden=_hidden_of(schema),
        needs=_companion(cls, "check_lazy_status"),
        fingerprint=_companion(cls, "fingerprint_inputs"),
        validate=_validate_of(cls),
        per_node=bool(schema.not_idempotent) or not _SEPARATES_NODES.isdisjoint(schema.hidden),
        deprecated=bool(schema.is_deprecated),
        experimental=bool(schema.is_experimental),
        search_aliases=tuple(schema.search_aliases or ()),
        module=module,
    )
    is_changing = has_choices(definition.inputs)
    return replace(definition, renew=partial(_renew, definition, cls)) if is_changing else definition


def _renew(definition: NodeDef, cls: type[ComfyNode]) -> NodeDef:
    """The declaration with its inputs read again; as it was, if the pack cannot say now."""
    renewed = replace(definition, renew=partial(_renew, definition, cls))
    try:
        return replace(renewed, inputs=_read_inputs(cls.define_schema()))
    except BaseException:  # a pack's own code: it could when it was loaded
        return renewed


def _read_inputs(schema: Schema) -> Any:
    given: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
    for declared in schema.inputs:
        given["optional" if declared.optional else "required"][declared.id] = _spec(declared)
    return read_inputs(given)


def _spec(declared: Declared) -> tuple[str, dict[str, Any]]:
    options = dict(declared.options)
    folder = options.pop("image_folder", None)
    if (upload := options.pop("upload", None)) is not None:
        options[f"{upload}"] = True
    if folder is not None:
        options["image_folder"] = getattr(folder, "value", folder)
    return declared.io_type, options


def _hidden_of(schema: Schema) -> dict[str, str]:
    return {Hidden(each).name: Hidden(each).value for each in schema.hidden or ()}


def _make_call(cls: type[ComfyNode], schema: Schema, host: Host) -> tuple[Callable[..., Any], bool]:
    hidden, count = _hidden_of(schema), len(schema.outputs)

    def bind(context: Context) -> tuple[type[ComfyNode], Running]:
        values = hidden_values(hidden, context, {})
        return _lock(cls, SimpleNamespace(**{each.name: values.get(each.name) for each in Hidden})), Running(
            host, context
        )

    async def call_async(**inputs: Any) -> NodeResult[Any]:
        locked, running = bind(inputs.pop(CONTEXT))
        with run_node(running):
            return _read(await locked.execute(**{key: for_packs(value) for key, value in inputs.items()}), count)

    def call(**inputs: Any) -> NodeResult[Any]:
        locked, running = bind(inputs.pop(CONTEXT))
        with run_node(running):
            return _read(locked.execute(**{key: for_packs(value) for key, value in inputs.items()}), count)

    if not callable(getattr(cls, "execute", None)):
        raise TypeError("the class has no method 'execute'")
    is_async = inspect.iscoroutinefunction(cls.execute)
    return (call_async if is_async else call), is_async


class _Locked(type):
    """Makes a class that keeps nothing from one call to the next."""

    def __setattr__(cls, name: str, value: Any) -> None:
        raise AttributeError(
            f"{cls.__name__}.{name} cannot be set: a node of this kind has no state from one call to the next"
        )


def _lock(cls: type[ComfyNode], hidden: SimpleNamespace) -> Any:
    metaclass = _Locked if type(cls) is type else type("_Locked", (_Locked, type(cls)), {})
    return metaclass(cls.__name__, (cls,), {"hidden": hidden})


def _read(result: Any, count: int) -> NodeResult[Any]:
    if not isinstance(result, NodeOutput):
        return read_result(from_packs(None, result), count)
    if result.block_execution is not None:
        return NodeResult(ExecutionBlocker(result.block_execution) if count else None, _read_ui(result.ui))
    read = read_result(from_packs(None, result.result), count)
    return NodeResult(read.outputs, _read_ui(result.ui), result.expand)


def _read_ui(ui: Any) -> Mapping[str, Any] | None:
    return ui.as_dict() if hasattr(ui, "as_dict") else ui


def _companion(cls: type[ComfyNode], name: str) -> Callable[..., Any] | None:
    function: Any = getattr(cls, name, None)
    if not callable(function):
        return None

    def ask(*, node_id: str, **inputs: Any) -> Any:
        del node_id
        answer = settle(function(**accepted(function, inputs)))
        return answer if name != "check_lazy_status" else answer or ()

    return ask


def _validate_of(cls: type[ComfyNode]) -> Callable[..., bool | str] | None:
    function: Any = getattr(cls, "validate_inputs", None)
    if not callable(function):
        return None

    def validate(**values: Any) -> bool | str:
        return settle(function(**values))

    patched: Any = validate
    patched.__signature__ = inspect.signature(function)
    return validate

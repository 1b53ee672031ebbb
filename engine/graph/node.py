"""The decorator `@node`: a function's signature and docstring become a `NodeDef`.

Annotations say what sockets and widgets there are (`engine.types` and the metadata records of `engine.graph.schema`),
the docstring is the help. Authors' mistakes are `TypeError`s that name the node, the parameter and the remedy.
Nothing is registered here: `Registry.collect` looks for the `NodeDef`s that modules hold.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.graph.docstring import Docstring, parse_docstring
from engine.graph.schema import (
    MISSING,
    ExecutionBlocker,
    Input,
    Lazy,
    ModelFile,
    NodeDef,
    NodeResult,
    Number,
    Output,
    SeedControl,
    Socket,
    Text,
    Widget,
)

_WIDGET_TYPES: Mapping[Any, str] = types.MappingProxyType({int: "INT", float: "FLOAT", str: "STRING", bool: "BOOLEAN"})
_Meta = TypeVar("_Meta")


def node(
    type_name: str,
    *,
    category: str,
    display_name: str | None = None,
    output_names: Sequence[str] | None = None,
    is_output: bool = False,
    is_io: bool = False,
    takes_lists: bool = False,
    needs: Callable[..., Sequence[str]] | None = None,
    fingerprint: Callable[..., Any] | None = None,
    validate: Callable[..., bool | str] | None = None,
    per_node: bool = False,
    deprecated: bool = False,
    experimental: bool = False,
    search_aliases: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], NodeDef]:
    """Declare the keyword-only function below it as a node type.

    Args:
        type_name: The name in workflow files; never changes, whatever the function is called.
        category: Menu path, `a/b/c`.
        display_name: Title on the canvas; the type name if not given.
        output_names: Names of the outputs, where they are not the types or the fields of the NamedTuple.
        is_output: A root of execution.
        is_io: Mostly waits for files.
        takes_lists: Every parameter receives a list, in one call.
        needs: Names the lazy inputs that are wanted; parameters are inputs of the node.
        fingerprint: What else the content key must include; parameters are inputs of the node, or `settings`.
        validate: True or what is wrong; parameters are inputs of the node, or `settings`.
        per_node: Equal nodes don't share results.
        deprecated: Shown as outdated.
        experimental: Shown as experimental.
        search_aliases: Other words under which the canvas finds it.

    Raises:
        TypeError: by the decorator, if the signature does not declare a node; says what to change.
    """

    def declare(function: Callable[..., Any]) -> NodeDef:
        where = f"node {type_name!r} ({function.__module__}.{function.__qualname__})"
        doc = parse_docstring(function.__doc__)
        hints = _resolve_hints(function, where)
        inputs, context_name = _read_parameters(function, hints, doc, where)
        definition = NodeDef(
            type=type_name,
            display_name=display_name or type_name,
            category=category,
            inputs=inputs,
            outputs=_read_outputs(hints, doc, output_names, where),
            call=function,
            description=doc.description,
            context_name=context_name,
            is_output=is_output,
            is_async=inspect.iscoroutinefunction(function),
            is_io=is_io,
            takes_lists=takes_lists,
            needs=needs,
            fingerprint=fingerprint,
            validate=validate,
            per_node=per_node,
            deprecated=deprecated,
            experimental=experimental,
            search_aliases=tuple(search_aliases),
            module=function.__module__,
        )
        _check_companions(definition, where)
        return definition

    return declare


def _resolve_hints(function: Callable[..., Any], where: str) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise TypeError(f"{where}: {error}; annotations must name what the module imports or defines.") from error


# -- inputs ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Annotation:
    """An annotation taken apart: `list[Annotated[T, meta]] | None`."""

    base: Any
    metadata: list[Any] = field(default_factory=list[Any])
    is_optional: bool = False
    is_list: bool = False

    def find(self, kind: type[_Meta]) -> _Meta | None:
        """The last piece of metadata of this kind: an outer `Annotated` wins over an alias."""
        return next((meta for meta in reversed(self.metadata) if isinstance(meta, kind)), None)

    def options(self) -> dict[str, Any]:
        return {key: value for meta in self.metadata if isinstance(meta, Widget) for key, value in meta.options}


def _take_apart(annotation: Any) -> _Annotation:
    parts = _Annotation(annotation)
    while True:
        origin, arguments = get_origin(parts.base), get_args(parts.base)
        if origin is Annotated:
            parts.base, parts.metadata = arguments[0], [*arguments[1:], *parts.metadata]
        elif origin in (Union, types.UnionType) and len(rest := _without(arguments, ExecutionBlocker)) == 1:
            parts.is_optional = parts.is_optional or type(None) in arguments
            parts.base = rest[0]
        elif origin is list and not parts.is_list and parts.find(Socket) is None:
            parts.base, parts.is_list = arguments[0], True
        else:
            return parts


def _without(arguments: tuple[Any, ...], *unwanted: Any) -> list[Any]:
    return [argument for argument in arguments if argument not in (type(None), *unwanted)]


def _read_parameters(
    function: Callable[..., Any], hints: Mapping[str, Any], doc: Docstring, where: str
) -> tuple[tuple[Input, ...], str | None]:
    """The declared inputs in order, and the name of the parameter that takes the Context."""
    inputs: list[Input] = []
    context_name: str | None = None
    parameters = inspect.signature(function).parameters
    for name, parameter in parameters.items():
        at = f"{where}, parameter {name!r}"
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{at}: must be keyword-only and named; begin the parameter list with '*'.")
        if name not in hints:
            raise TypeError(f"{at}: has no annotation, so its type is unknown.")
        if getattr(hints[name], "is_node_context", False):
            context_name = name
            continue
        default = MISSING if parameter.default is inspect.Parameter.empty else parameter.default
        inputs.append(_read_input(name, _take_apart(hints[name]), default, doc.arguments.get(name, ""), at))
    unknown = sorted(set(doc.arguments) - set(parameters))
    if unknown:
        raise TypeError(f"{where}: the docstring describes {', '.join(unknown)}, which the function does not have.")
    return tuple(inputs), context_name


def _read_input(name: str, parts: _Annotation, default: Any, tooltip: str, at: str) -> Input:
    options = parts.options()
    is_optional = bool(options.pop("optional", False)) or parts.is_optional
    if parts.is_optional and default is not None:
        raise TypeError(f"{at}: 'T | None' declares an optional input, whose default must be None.")
    declared = Input(
        name=name,
        type=_type_name(parts, at),
        kind="optional" if is_optional else "required",
        default=MISSING if default is None else default,
        is_list=parts.is_list,
        lazy=parts.find(Lazy) is not None or Lazy in parts.metadata,
        tooltip=tooltip,
        options=options,
    )
    if parts.find(Socket) is not None:
        if default is not MISSING and not is_optional:
            raise TypeError(f"{at}: a socket has no default; make it 'T | None = None' if it may stay open.")
        return replace(declared, default=MISSING)
    return _read_widget(declared, parts, at)


def _type_name(parts: _Annotation, at: str) -> str:
    socket = parts.find(Socket)
    if socket is not None:
        return socket.type
    if get_origin(parts.base) is Literal or parts.find(ModelFile) is not None:
        return "COMBO"
    if parts.base in _WIDGET_TYPES:
        return _WIDGET_TYPES[parts.base]
    raise TypeError(
        f"{at}: {parts.base!r} is neither a widget type (int, float, str, bool, Literal) nor a socket type;"
        " use a name of engine.types, or Annotated[T, Socket('NAME')]."
    )


def _read_widget(declared: Input, parts: _Annotation, at: str) -> Input:
    number, text, model_file = parts.find(Number), parts.find(Text), parts.find(ModelFile)
    has_seed_control = parts.find(SeedControl) is not None or SeedControl in parts.metadata
    if number is not None and declared.type not in ("INT", "FLOAT"):
        raise TypeError(f"{at}: Number belongs to an int or a float, not to {parts.base!r}.")
    if text is not None and declared.type != "STRING":
        raise TypeError(f"{at}: Text belongs to a str that is no file name, not to {parts.base!r}.")
    if model_file is not None and parts.base is not str:
        raise TypeError(f"{at}: ModelFile belongs to a str, not to {parts.base!r}.")
    if has_seed_control and declared.type not in ("INT", "COMBO"):
        raise TypeError(f"{at}: SeedControl belongs to an int, not to {parts.base!r}.")
    choices = model_file if model_file is not None else get_args(parts.base) if declared.type == "COMBO" else None
    return replace(
        declared,
        is_widget=not declared.options.get("forceInput", False),
        choices=choices,
        number=number,
        text=text,
        seed_control=has_seed_control,
        default=_read_default(declared, choices, number, at),
    )


def _read_default(declared: Input, choices: object, number: Number | None, at: str) -> Any:
    """The default, of the declared type and within its bounds."""
    default: Any = declared.default
    if default is MISSING:
        return MISSING
    expected: Any = {"INT": int, "FLOAT": (int, float), "STRING": str, "BOOLEAN": bool}.get(declared.type, object)
    if not isinstance(default, expected) or (isinstance(default, bool) and declared.type in ("INT", "FLOAT")):
        raise TypeError(f"{at}: the default {default!r} is not a {declared.type}.")
    if isinstance(choices, tuple) and default not in choices:
        raise TypeError(f"{at}: the default {default!r} is none of the choices {choices!r}.")
    if number is not None:
        low = -math.inf if number.min is None else number.min
        high = math.inf if number.max is None else number.max
        if not low <= default <= high:
            raise TypeError(f"{at}: the default {default!r} is outside {low}..{high}.")
    return float(default) if declared.type == "FLOAT" else default


# -- outputs ---------------------------------------------------------------------------------------------------------


def _read_outputs(
    hints: Mapping[str, Any], doc: Docstring, names: Sequence[str] | None, where: str
) -> tuple[Output, ...]:
    if "return" not in hints:
        raise TypeError(f"{where}: has no return annotation; write '-> None' if it has no outputs.")
    annotation = _take_apart(hints["return"])
    if get_origin(annotation.base) is NodeResult:
        annotation = _take_apart(get_args(annotation.base)[0])
    outputs = _list_outputs(annotation, doc, where)
    if names is None:
        return outputs
    if len(names) != len(outputs):
        raise TypeError(f"{where}: output_names has {len(names)} names for {len(outputs)} outputs.")
    return tuple(replace(output, name=name) for output, name in zip(outputs, names, strict=True))


def _list_outputs(annotation: _Annotation, doc: Docstring, where: str) -> tuple[Output, ...]:
    base: Any = annotation.base
    if base in (None, type(None)):
        return ()
    if annotation.is_optional:
        raise TypeError(f"{where}: an output is always given; return ExecutionBlocker() to stop what depends on it.")
    if hasattr(base, "_fields"):  # a NamedTuple
        fields = get_type_hints(base, include_extras=True)
        help_by_name = parse_docstring(base.__doc__).arguments | doc.returned
        return tuple(
            _read_output(name, _take_apart(fields[name]), help_by_name.get(name, ""), f"{where}, output {name!r}")
            for name in fields
        )
    return (_read_output(None, annotation, doc.returns, f"{where}, return annotation"),)


def _read_output(name: str | None, parts: _Annotation, tooltip: str, at: str) -> Output:
    type_name = _type_name(parts, at)
    return Output(name=name or type_name, type=type_name, is_list=parts.is_list, tooltip=tooltip)


# -- companions ------------------------------------------------------------------------------------------------------


def _check_companions(definition: NodeDef, where: str) -> None:
    """The companion functions name only what the node has; lazy inputs and `needs` come together."""
    names = {declared.name for declared in definition.inputs}
    lazy = [declared.name for declared in definition.inputs if declared.lazy]
    if bool(lazy) != (definition.needs is not None):
        raise TypeError(f"{where}: lazy inputs ({', '.join(lazy) or 'none'}) and 'needs' belong together.")
    for role in ("needs", "fingerprint", "validate"):
        companion: Callable[..., Any] | None = getattr(definition, role)
        if companion is None:
            continue
        for parameter in inspect.signature(companion).parameters.values():
            is_rest = parameter.kind is inspect.Parameter.VAR_KEYWORD
            if not is_rest and parameter.name not in names | {"settings"}:
                raise TypeError(f"{where}: {role} has a parameter {parameter.name!r}, which is no input of the node.")

"""How one node is called: inputs gathered and spread over calls, lists mapped, results brought into one form.

Between nodes every output is a list of values, one for each call of the node that gave it. A node is called once for
each element of its longest list, shorter lists repeating their last; a parameter declared `list[T]` and every
parameter of a node that `takes_lists` receives the whole list. An `ExecutionBlocker` among the values skips the call.
Which node is called when, and what becomes of a failure, is for `engine.execution.executor`.
"""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.execution.cache import Outputs
from engine.graph.plain_json import NotJsonError, plain_json
from engine.graph.schema import ExecutionBlocker, NodeDef, NodeResult
from engine.graph.workflow import Link, Node
from engine.settings import Settings

log = logging.getLogger(__name__)

Lists = dict[str, list[Any]]
Call = dict[str, Any] | ExecutionBlocker
"""The keyword arguments of one call, or what stands in its way."""

MOST_UI_BYTES = 16 * 2**20
"""About how much one node may give to be shown; pictures are files, of which only the names are."""
_NOTHING: tuple[Any, ...] = ()


class WrongResultError(Exception):
    """A node gave something else than it declares: the node's mistake, not the user's."""


@dataclass(slots=True)
class Answer:
    """What one call gave.

    Attributes:
        slots: One value for each output; a list where the output is declared a list.
        ui: What is to be shown.
        expand: A sub-graph to run in place of the node.
    """

    slots: Sequence[Any]
    ui: Mapping[str, Sequence[Any]] | None = None
    expand: Mapping[str, Any] | None = None


def gather_inputs(node: Node, values: Mapping[str, Outputs], raw_links: Collection[str] = ()) -> Lists:
    """Every input of a node as a list. What is not computed, a lazy input that nobody wanted, is `[None]`.

    Args:
        node: Which.
        values: Outputs by node id.
        raw_links: Inputs that get the link itself, as the API format writes it.
    """
    lists: Lists = {}
    for name, value in node.inputs.items():
        if type(value) is Link and name in raw_links:
            lists[name] = [[value.node_id, value.output]]
        elif type(value) is Link:
            outputs = values.get(value.node_id)
            lists[name] = [None] if outputs is None else outputs[value.output]
        else:
            lists[name] = [value]
    return lists


def arrange_calls(definition: NodeDef, lists: Lists) -> list[Call]:
    """The arguments of each call, without the `Context`."""
    if definition.takes_lists:
        blocker = find_blocker(lists.values())
        return [blocker if blocker is not None else {name: list(values) for name, values in lists.items()}]
    whole = {declared.name for declared in definition.inputs if declared.is_list}
    lengths = {len(values) for name, values in lists.items() if name not in whole}
    if 0 in lengths:
        return []
    blocker = find_blocker(lists[name] for name in whole if name in lists) if whole else None
    return [
        blocker if blocker is not None else _arguments_of_call(lists, whole, index)
        for index in range(max(lengths, default=1))
    ]


def _arguments_of_call(lists: Lists, whole: Collection[str], index: int) -> Call:
    arguments: dict[str, Any] = {}
    for name, values in lists.items():
        value: Any
        if name in whole:
            value = list(values)  # a copy: the cache and other nodes hold the list itself
        else:
            value = values[index] if index < len(values) else values[-1]
            if type(value) is ExecutionBlocker:
                return value
        arguments[name] = value
    return arguments


def find_blocker(lists: Iterable[Iterable[Any]]) -> ExecutionBlocker | None:
    """The first blocker among some values, or None. One with a message goes before those without."""
    found: ExecutionBlocker | None = None
    for values in lists:
        for value in values:
            if type(value) is ExecutionBlocker:
                if value.message:
                    return value
                found = found or value
    return found


def ask_needs(definition: NodeDef, lists: Lists, node_id: str) -> list[str]:
    """The names of the inputs that a node says it needs, as given by its `needs` for each call.

    Besides inputs, a companion may name `node_id`.

    Raises:
        WrongResultError: if it names inputs that the node does not declare.
    """
    assert definition.needs is not None
    wanted: dict[str, None] = {}
    for call in arrange_calls(definition, lists):
        if not isinstance(call, ExecutionBlocker):
            answer = definition.needs(**_select(definition.needs, definition, call, node_id=node_id))
            wanted.update(dict.fromkeys([answer] if isinstance(answer, str) else answer or ()))
    unknown = [name for name in wanted if definition.input(name) is None]
    if unknown:
        raise WrongResultError(
            f"its 'needs' asks for {', '.join(map(repr, unknown))}, which it does not declare"
            f" (it has {', '.join(declared.name for declared in definition.inputs)})"
        )
    return list(wanted)


def ask_fingerprint(definition: NodeDef, node: Node, settings: Settings) -> Any:
    """What a node wants its content key to include. If it fails, something that equals nothing: the node will run."""
    assert definition.fingerprint is not None
    literals = {name: value for name, value in node.inputs.items() if type(value) is not Link}
    try:
        extra = {"settings": settings, "node_id": node.id}
        return definition.fingerprint(**_select(definition.fingerprint, definition, literals, **extra))
    except KeyboardInterrupt:  # the user's
        raise
    except BaseException as error:  # what is wrong will show when the node is called
        log.debug("the fingerprint of node %s failed: %s", node.label, type(error).__name__)
        return math.nan


def _select(
    function: Callable[..., Any], definition: NodeDef, values: Mapping[str, Any], **extra: Any
) -> dict[str, Any]:
    """The arguments that a companion function of a node names; None for an input that has no value."""
    parameters = inspect.signature(function).parameters
    takes_all = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    names = [declared.name for declared in definition.inputs if takes_all or declared.name in parameters]
    given = {name: value for name, value in extra.items() if name in parameters}
    return given | {name: values.get(name) for name in names}


def read_answer(definition: NodeDef, result: Any) -> Answer:
    """What a node returned, in one form.

    Raises:
        WrongResultError: if it does not have as many outputs as declared.
    """
    if type(result) is NodeResult:
        given = cast("NodeResult[Any]", result)
        return Answer(_read_slots(definition, given.outputs), given.ui, given.expand)
    return Answer(_read_slots(definition, result))


def _read_slots(definition: NodeDef, outputs: Any) -> Sequence[Any]:
    declared = len(definition.outputs)
    if declared == 0:
        return _NOTHING
    if type(outputs) is ExecutionBlocker:
        return (outputs,) * declared
    if declared == 1:
        # The one field of a NamedTuple that declares one output; any other tuple is a value.
        return outputs if len(_fields_of(outputs)) == 1 else (outputs,)
    if not isinstance(outputs, (tuple, list)):
        raise WrongResultError(f"it returned a {type(outputs).__name__} and declares {declared} outputs")
    slots = cast("Sequence[Any]", outputs)
    if len(slots) != declared:
        raise WrongResultError(f"it returned {len(slots)} outputs and declares {declared}")
    return slots


def _fields_of(value: object) -> tuple[str, ...]:
    """The names of a NamedTuple's fields; none for anything else."""
    return getattr(cast("object", value), "_fields", ()) if isinstance(value, tuple) else ()


def blocked_answer(definition: NodeDef, blocker: ExecutionBlocker) -> Answer:
    """What stands for a call that was not made: the blocker in every output, for what depends on it."""
    return Answer((blocker,) * len(definition.outputs))


def merge_answers(definition: NodeDef, answers: Sequence[Answer]) -> Outputs:
    """The outputs of all calls of a node: for each output one list. A `Link` stays, to be resolved later.

    Raises:
        WrongResultError: if a list was declared and something else was given.
    """
    outputs: Outputs = tuple([] for _ in definition.outputs)
    for answer in answers:
        for declared, values, value in zip(definition.outputs, outputs, answer.slots, strict=True):
            if not declared.is_list or type(value) is ExecutionBlocker or type(value) is Link:
                values.append(value)
            elif isinstance(value, (list, tuple)):
                values.extend(cast("Sequence[Any]", value))
            else:
                raise WrongResultError(f"its output {declared.name!r} should be a list, not {type(value).__name__}")
    return outputs


def follow_links(outputs: Outputs, values: Mapping[str, Outputs]) -> Outputs:
    """Outputs in which every `Link` is replaced by all that it leads to.

    Raises:
        WrongResultError: if it leads to an output that its node does not have.
    """
    if not any(type(value) is Link for slot in outputs for value in slot):
        return outputs
    followed: Outputs = tuple([] for _ in outputs)
    for slot, new in zip(outputs, followed, strict=True):
        for value in slot:
            if type(value) is not Link:
                new.append(value)
                continue
            source = values[value.node_id]
            if not 0 <= value.output < len(source):
                raise WrongResultError(
                    f"it links to output {value.output} of {value.node_id!r}, which has no such output"
                )
            new.extend(source[value.output])
    return followed


def merge_ui(answers: Iterable[Answer]) -> dict[str, list[Any]] | None:
    """What all calls of a node gave to be shown, joined by key.

    Raises:
        WrongResultError: if it is no JSON, or too much: it is kept, stored and sent to clients.
    """
    joined: dict[str, list[Any]] | None = None
    for answer in answers:
        if answer.ui is not None:
            joined = {} if joined is None else joined
            for key, items in _ui_lists(answer.ui):
                joined.setdefault(key, []).extend(items)
    if joined is None:
        return None
    try:
        return plain_json(joined, "ui", limit_bytes=MOST_UI_BYTES)
    except NotJsonError as error:
        raise WrongResultError(f"what it gave to be shown cannot be: {error}") from error


def _ui_lists(ui: object) -> list[tuple[str, Iterable[Any]]]:
    """By key, what is to be shown. Packs write a text or an object where a list should be; its parts are taken."""
    if not isinstance(ui, Mapping):
        raise WrongResultError(f"its ui should be an object of lists by name, not {type(ui).__name__}")
    lists = list(cast("Mapping[str, Any]", ui).items())
    for key, items in lists:
        if not isinstance(items, (list, tuple, str, Mapping)):  # anything else might never end
            raise WrongResultError(f"ui[{key!r}] should be a list, not {type(items).__name__}")
    return lists

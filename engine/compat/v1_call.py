"""How a class of a pack is called: one instance for each node, hidden inputs filled in, results brought into one form.

Packs keep state in `self` from run to run, so the instance of a node id stays. Results come as a tuple, as a dict of
`ui`, `result` and `expand`, as a blocker, or not at all.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from engine.compat.dynamic_prompt import DynamicPrompt
from engine.compat.host import Host, Running, run_node
from engine.compat.pack_models import for_packs, from_packs
from engine.execution.calls import WrongResultError
from engine.graph.schema import ExecutionBlocker, NodeResult

if TYPE_CHECKING:
    from engine.context import Context

CONTEXT = "skein_context"
"""The parameter that takes the context; no pack has an input of this name."""
_MOST_INSTANCES = 10_000


class Instances:
    """The instance of a class for each node id; the longest unused ones go when there are very many.

    Args:
        cls: The pack's class.
    """

    def __init__(self, cls: type[Any]) -> None:
        self.cls = cls
        self._by_node: OrderedDict[str, Any] = OrderedDict()

    def of(self, node_id: str) -> Any:
        """The instance of a node."""
        if node_id not in self._by_node:
            self._by_node[node_id] = self.cls()
        self._by_node.move_to_end(node_id)
        if len(self._by_node) > _MOST_INSTANCES:
            self._by_node.popitem(last=False)
        return self._by_node[node_id]


def make_call(
    host: Host, instances: Instances, hidden: Mapping[str, str], output_count: int
) -> tuple[Callable[..., Any], bool]:
    """The function that calls a class's method, and whether it is a coroutine function.

    Args:
        host: What the pack may reach.
        instances: Of the class.
        hidden: Names of hidden inputs, and what they want.
        output_count: How many outputs are declared.

    Raises:
        TypeError: if the class has no `FUNCTION`, or no such method.
    """
    given: Any = getattr(instances.cls, "FUNCTION", None)
    name: str = given if isinstance(given, str) else ""
    method = getattr(instances.cls, name, None)
    if not callable(method):
        raise TypeError(f"FUNCTION is {given!r}, and the class has no method of this name")

    def bind(context: Context, inputs: dict[str, Any]) -> tuple[Callable[..., Any], dict[str, Any], Running]:
        own = {key: for_packs(value) for key, value in inputs.items()}
        given = {**own, **hidden_values(hidden, context, inputs)}
        return getattr(instances.of(context.node_id), name), given, Running(host, context)

    def read(result: Any, bound: Callable[..., Any]) -> NodeResult[Any]:
        return read_result(from_packs(getattr(bound, "__self__", None), result), output_count)

    async def call_async(**inputs: Any) -> NodeResult[Any]:
        bound, given, running = bind(inputs.pop(CONTEXT), inputs)
        with run_node(running):
            return read(await bound(**given), bound)

    def call(**inputs: Any) -> NodeResult[Any]:
        bound, given, running = bind(inputs.pop(CONTEXT), inputs)
        with run_node(running):
            return read(bound(**given), bound)

    is_async = inspect.iscoroutinefunction(method)
    return (call_async if is_async else call), is_async


def hidden_values(hidden: Mapping[str, str], context: Context, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine gives for hidden inputs, by name.

    Args:
        hidden: Names, and what they want.
        context: Of the node that runs.
        inputs: What the file gives.
    """
    values: dict[str, Any] = {}
    for name, kind in hidden.items():
        match kind:
            case "PROMPT":
                values[name] = context.prompt
            case "EXTRA_PNGINFO":
                values[name] = context.extra_pnginfo
            case "UNIQUE_ID":
                values[name] = context.node_id
            case "DYNPROMPT":
                values[name] = DynamicPrompt(context)
            case "AUTH_TOKEN_COMFY_ORG" | "API_KEY_COMFY_ORG":
                values[name] = context.submitter.secrets.get(kind.lower())
            case _ if name in inputs:  # what it wants means nothing to us, but the file gives a value
                values[name] = inputs[name]
            case _:
                continue
    return values


def read_result(result: Any, output_count: int) -> NodeResult[Any]:
    """What the method returned, as our own nodes return it.

    Raises:
        WrongResultError: if it has fewer outputs than declared, or none of the forms.
    """
    if isinstance(result, NodeResult):
        return cast("NodeResult[Any]", result)
    if isinstance(result, Mapping):
        record = cast("Mapping[str, Any]", result)
        return NodeResult(_outputs(record.get("result"), output_count), record.get("ui"), record.get("expand"))
    return NodeResult(_outputs(result, output_count))


def _outputs(given: Any, count: int) -> Any:
    """One value, a tuple of them, or None, by how many are declared. More than declared are left out."""
    if count == 0:
        return None
    if given is None:
        return None if count == 1 else (None,) * count
    if isinstance(given, ExecutionBlocker):
        return given
    if not isinstance(given, tuple | list):
        raise WrongResultError(f"it returned a {type(given).__name__}; expected a tuple of {count} outputs")
    values = cast("Sequence[Any]", given)
    if len(values) < count:
        raise WrongResultError(f"it returned {len(values)} outputs and declares {count}")
    return values[0] if count == 1 else tuple(values[:count])

"""A few node types without any computation, and random workflows made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from hypothesis import strategies as st

from engine.graph.node import node
from engine.graph.registry import Registry
from engine.graph.schema import Lazy, ModelFile, NodeResult, Number, SeedControl, Socket, Text, Widget
from engine.graph.workflow import Link, Node, Workflow

Int = Annotated[int, Socket("INT")]
Image = Annotated[bytes, Socket("IMAGE", shape="b h w c", range=(0, 1))]
Anything = Annotated[Any, Socket("*")]


@node("Value", category="test")
def value(*, value: Annotated[int, Number(min=0, max=100)] = 1) -> int:
    return value


@node("Add", category="test")
def add(*, a: Int | None = None, b: Int | None = None, bias: int = 0) -> int:
    return (a or 0) + (b or 0) + bias


@node("Show", category="test", is_output=True)
def show(*, source: Anything) -> NodeResult[None]:
    return NodeResult(ui={"text": [str(source)]})


def _wanted(flag: bool) -> list[str]:
    return ["yes" if flag else "no"]


@node("Choose", category="test", needs=_wanted)
def choose(*, flag: bool, yes: Annotated[Int | None, Lazy()] = None, no: Annotated[Int | None, Lazy()] = None) -> int:
    return (yes if flag else no) or 0


@node("Draw", category="test")
def draw(
    *,
    seed: Annotated[int, Number(min=0, max=2**64 - 1), SeedControl()] = 0,
    steps: Annotated[int, Number(min=1, max=100)] = 20,
    cfg: Annotated[float, Number(min=0.0, max=30.0, step=0.1)] = 8.0,
    sampler: Literal["euler", "heun", "dpmpp_2m"] = "euler",
    text: Annotated[str, Text(multiline=True, dynamic_prompts=True)],
    tiled: bool = False,
    model: Annotated[str, ModelFile("checkpoints")],
    mask: Annotated[bytes, Socket("MASK")] | None = None,
    scale: Annotated[float, Widget.of(optional=True)] = 1.0,
) -> Image:
    return b""


@node("Save", category="test", is_output=True)
def save(*, images: Image, prefix: str = "out") -> None:
    return None


REGISTRY = Registry([value, add, show, choose, draw, save])


def files(folder: str) -> Sequence[str]:
    """The model files that there are."""
    return ["v1/small.safetensors", "large.safetensors"] if folder == "checkpoints" else []


def workflow(*nodes: Node) -> Workflow:
    """A workflow of these nodes."""
    return Workflow({node.id: node for node in nodes})


def chain(length: int) -> Workflow:
    """`Value` -> `Add` -> ... -> `Show`, with ids `0`, `1`, ..., `end`."""
    nodes = [Node("0", "Value", {"value": 1})]
    nodes += [Node(str(place), "Add", {"a": Link(str(place - 1), 0)}) for place in range(1, length)]
    return workflow(*nodes, Node("end", "Show", {"source": Link(str(length - 1), 0)}))


@st.composite
def graphs(draw: st.DrawFn, *, acyclic: bool = True, largest: int = 12) -> Workflow:
    """A random workflow of `Value`, `Add` and `Show`, in any order in the file."""
    size = draw(st.integers(1, largest))
    nodes: list[Node] = []
    for place in range(size):
        sources = (
            [node.id for node in nodes if node.type != "Show"] if acyclic else [f"n{other}" for other in range(size)]
        )
        kinds = ["Value"] if not sources else ["Value", "Add", "Add", "Add", "Show"]
        kind = draw(st.sampled_from(kinds))
        link = st.sampled_from(sources).map(lambda source: Link(source, 0)) if sources else st.none()
        match kind:
            case "Value":
                inputs: dict[str, Any] = {"value": draw(st.integers(0, 3))}
            case "Add":
                inputs = {"a": draw(link), "b": draw(st.none() | link), "bias": draw(st.integers(0, 2))}
            case _:
                inputs = {"source": draw(link)}
        nodes.append(Node(f"n{place}", kind, {name: value for name, value in inputs.items() if value is not None}))
    return workflow(*draw(st.permutations(nodes)))


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
"""Anything that JSON can say, NaN and infinity included."""


def sources(node: Node) -> list[str]:
    """Ids of the nodes that a node reads."""
    return [value.node_id for value in node.inputs.values() if isinstance(value, Link)]


def upstream(workflow: Workflow, targets: Sequence[str]) -> set[str]:
    """The targets and all nodes that they need."""
    found: set[str] = set()
    pending = list(targets)
    while pending:
        node_id = pending.pop()
        if node_id not in found:
            found.add(node_id)
            pending += sources(workflow.nodes[node_id])
    return found

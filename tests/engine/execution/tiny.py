"""Node types that compute next to nothing, one for each thing that the executor must do; and graphs made of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor

from engine.context import Context
from engine.errors import InputValueError
from engine.graph.node import node
from engine.graph.registry import Registry
from engine.graph.schema import ExecutionBlocker, Lazy, NodeDef, NodeResult, Socket

Anything = Annotated[Any, Socket("*")]
Int = Annotated[int, Socket("INT")]
Latent = Annotated[Tensor, Socket("LATENT")]

CALLS: list[str] = []
"""The tags of the nodes that were called, in order; cleared before each test."""


@node("Value", category="test")
def value(*, value: int = 0, tag: str = "") -> int:
    CALLS.append(tag)
    return value


@node("Sum", category="test")
def add(*, a: Int | None = None, b: Int | None = None, c: Int | None = None, bias: int = 0, tag: str = "") -> int:
    CALLS.append(tag)
    return (a or 0) * 3 + (b or 0) * 5 + (c or 0) * 7 + bias


@node("Next", category="test")
def give_next(*, a: Int) -> int:
    return a + 1


class DivMod(NamedTuple):
    quotient: int
    rest: int


@node("DivMod", category="test")
def div_mod(*, a: Int, b: int = 10, tag: str = "") -> DivMod:
    CALLS.append(tag)
    return DivMod(*divmod(a, b))


@node("Range", category="test")
def count_to(*, n: int = 0, tag: str = "") -> list[int]:
    CALLS.append(tag)
    return list(range(n))


@node("Total", category="test")
def total(*, values: list[Int], scale: Int | None = None, tag: str = "") -> int:
    CALLS.append(tag)
    answer = sum(values) * (1 if scale is None else scale)
    values.clear()  # what a node does with its own list is nobody else's business
    return answer


@node("Lists", category="test", takes_lists=True)
def take_lists(*, a: Int, b: Int | None = None, tag: str = "") -> str:
    CALLS.append("".join(str(tag)))
    return f"{a} {b}"


@node("Show", category="test", is_output=True)
def show(*, source: Anything, tag: str = "") -> NodeResult[None]:
    CALLS.append(tag)
    return NodeResult(ui={"text": [str(source)]})


def _choose(flag: bool) -> list[str]:
    return ["yes" if flag else "no"]


@node("Choose", category="test", needs=_choose)
def choose(
    *,
    flag: bool = True,
    yes: Annotated[Anything | None, Lazy()] = None,
    no: Annotated[Anything | None, Lazy()] = None,
    tag: str = "",
) -> Anything:
    CALLS.append(tag)
    return yes if flag else no


def _ask_until_positive(a: int | None, b: int | None, c: int | None) -> list[str]:
    for name, value in {"a": a, "b": b, "c": c}.items():
        if value is None:
            return [name]
        if value > 0:
            break
    return []


@node("FirstPositive", category="test", needs=_ask_until_positive)
def first_positive(
    *,
    a: Annotated[Int | None, Lazy()] = None,
    b: Annotated[Int | None, Lazy()] = None,
    c: Annotated[Int | None, Lazy()] = None,
    tag: str = "",
) -> int:
    CALLS.append(tag)
    return next((each for each in (a, b, c) if each is not None and each > 0), 0)


@node("Greedy", category="test", needs=lambda: ["a", "moon", "stars"])
def greedy(*, a: Annotated[Int | None, Lazy()] = None) -> int:
    return a or 0


@node("Block", category="test")
def block(*, source: Anything, message: str = "", when: bool = True, tag: str = "") -> Anything:
    CALLS.append(tag)
    return ExecutionBlocker(message or None) if when else source


@node("BlockOdd", category="test")
def block_odd(*, a: Int, message: str = "") -> int | ExecutionBlocker:
    return ExecutionBlocker(message or None) if a % 2 else a


@node("Fail", category="test")
def fail(*, source: Anything | None = None, how: str = "ValueError", message: str = "broken") -> int:
    raise {"ValueError": ValueError, "InputValueError": InputValueError, **FAILURES}[how](message)


FAILURES: dict[str, type[BaseException]] = {
    "SystemExit": SystemExit,
    "KeyboardInterrupt": KeyboardInterrupt,
    "GeneratorExit": GeneratorExit,
    "CancelledError": asyncio.CancelledError,
    "MemoryError": MemoryError,
}


@node("Wrong", category="test")
def give_one_of_two() -> DivMod:
    return (1,)  # pyright: ignore[reportReturnType]  (the mistake is the point)


@node("WrongList", category="test")
def give_no_list() -> list[int]:
    return 3  # pyright: ignore[reportReturnType]  (the mistake is the point)


@node("Noise", category="test")
def noise(*, size: int = 1, seed: int = 0, tag: str = "") -> Latent:
    CALLS.append(tag)
    return torch.full((size,), float(seed))


@node("Tail", category="test")
def tail(*, latent: Latent, tag: str = "") -> Latent:
    CALLS.append(tag)
    return latent[1:]


@node("Steps", category="test")
def steps(*, total: int = 3, preview: bool = False, ctx: Context) -> int:
    for index in range(total):
        ctx.progress(index + 1, total)
        if preview:
            ctx.preview(torch.zeros(2, 2, 3))
    return total


@node("WhoAmI", category="test")
def who_am_i(*, tag: str = "", ctx: Context) -> Anything:
    return {"id": ctx.node_id, "prompt": ctx.prompt, "extra": ctx.extra_pnginfo}


@node("InferenceMode", category="test", per_node=True)
def tell_mode() -> bool:
    return torch.is_inference_mode_enabled()


@node("Expand", category="test")
def expand(
    *, source: Anything | None = None, graph: Anything, outputs: Anything, tag: str = ""
) -> NodeResult[Anything]:
    """Give back the graph that a test wants."""
    CALLS.append(tag)
    return NodeResult(expand=graph["graph"], outputs=outputs["outputs"])


@node("Countdown", category="test")
def count_down(*, n: Int, by: int = 1, tag: str = "") -> NodeResult[Int]:
    """A loop: a node that expands to itself until it is done."""
    CALLS.append(tag)
    if n <= 0:
        return NodeResult(outputs=0)
    inner = {
        "less": {"class_type": "Sum", "inputs": {"bias": n - by}},
        "again": {"class_type": "Countdown", "inputs": {"n": ["less", 0], "by": by}},
        "more": {"class_type": "Next", "inputs": {"a": ["again", 0]}},
    }
    link: Any = ["more", 0]
    return NodeResult(expand=inner, outputs=link)


@node("Sleep", category="test")
async def sleep(*, source: Anything | None = None, times: int = 1, tag: str = "") -> str:
    for _ in range(times):
        await asyncio.sleep(0)
    CALLS.append(tag)
    return tag


@node("FailLater", category="test")
async def fail_later(*, how: str = "ValueError") -> int:
    await asyncio.sleep(0)
    raise {"ValueError": ValueError, **FAILURES}[how]("broken")


@node("Never", category="test")
async def wait_for_ever(*, ctx: Context) -> int:
    ctx.progress(0, 1)
    await asyncio.Event().wait()
    return 0


@node("Save", category="test", is_output=True, is_io=True)
def save(*, source: Anything, name: str = "x", tag: str = "", ctx: Context) -> NodeResult[None]:
    CALLS.append(tag)
    path = ctx.settings.directory("output") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(source))
    return NodeResult(ui={"images": [{"filename": name, "subfolder": "", "type": "output"}]})


@node("WrongUi", category="test", is_output=True)
def give_wrong_ui() -> NodeResult[None]:
    ui: Any = [1, 2]
    return NodeResult(ui=ui)


@node("Always", category="test", fingerprint=lambda: float("nan"))
def always(*, tag: str = "") -> int:
    CALLS.append(tag)
    return 1


def _break(tag: str) -> int:
    return len(tag) // 0


@node("BrokenFingerprint", category="test", fingerprint=_break)
def broken_fingerprint(*, tag: str = "") -> int:
    CALLS.append(tag)
    return 1


REGISTRY = Registry(each for each in list(globals().values()) if isinstance(each, NodeDef))


def graph(**nodes: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """`graph(a=("Value", {"value": 1}))` in API format; texts like `@a` and `@a.1` are links."""
    return {
        name: {"class_type": type_name, "inputs": {key: _read_link(value) for key, value in inputs.items()}}
        for name, (type_name, inputs) in nodes.items()
    }


def _read_link(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    name, _, output = value[1:].partition(".")
    return [name, int(output or 0)]


# -- random graphs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dag:
    """Sums of earlier sums.

    Attributes:
        sources: By node, up to three earlier nodes.
        biases: By node.
        shown: The nodes that an output shows.
    """

    sources: list[list[int]]
    biases: list[int]
    shown: list[int]

    def graph(self) -> dict[str, Any]:
        nodes: dict[str, Any] = {}
        for index, (sources, bias) in enumerate(zip(self.sources, self.biases, strict=True)):
            links = {name: f"@n{source}" for name, source in zip("abc", sources, strict=False)}
            nodes[f"n{index}"] = ("Sum", {**links, "bias": bias, "tag": f"n{index}"})
        for index in self.shown:
            nodes[f"show{index}"] = ("Show", {"source": f"@n{index}", "tag": f"show{index}"})
        return graph(**nodes)

    def evaluate(self) -> list[int]:
        values: list[int] = []
        for sources, bias in zip(self.sources, self.biases, strict=True):
            factors = zip((3, 5, 7), sources, strict=False)
            values.append(sum(factor * values[source] for factor, source in factors) + bias)
        return values

    def upstream(self, wanted: list[int]) -> set[int]:
        found: set[int] = set()
        for index in reversed(range(len(self.sources))):
            if index in wanted or any(index in self.sources[reader] for reader in found):
                found.add(index)
        return found

    def downstream(self, index: int) -> set[int]:
        found = {index}
        for reader in range(index + 1, len(self.sources)):
            if found & set(self.sources[reader]):
                found.add(reader)
        return found


@st.composite
def dags(draw: st.DrawFn) -> Dag:
    size = draw(st.integers(1, 14))
    sources = [draw(st.lists(st.integers(0, index - 1), max_size=3)) if index else list[int]() for index in range(size)]
    biases = [draw(st.integers(-5, 5)) for _ in range(size)]
    shown = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4, unique=True))
    return Dag(sources, biases, sorted(shown))

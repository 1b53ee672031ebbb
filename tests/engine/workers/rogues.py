"""Node types that test what a worker survives, and a few well-behaved ones to see that it did."""

from __future__ import annotations

import ctypes
import math
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import InputValueError
from engine.graph.node import node
from engine.graph.schema import NodeResult, SeedControl, Socket

Anything = Annotated[Any, Socket("*")]
Image = Annotated[Tensor, Socket("IMAGE")]


class OddError(BaseException):
    """Not an `Exception`."""


class MuteError(Exception):
    """Cannot be shown."""

    def __str__(self) -> str:
        raise OddError


class Evil:
    """Fails at whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise OddError(name)

    def __repr__(self) -> str:
        raise OddError("repr")


@node("Good", category="test", is_output=True, per_node=True)
def good(*, text: str = "fine", seed: Annotated[int, SeedControl()] = 5) -> NodeResult[None]:
    return NodeResult(ui={"text": [text, seed]})


@node("Make", category="test")
def make(*, size: int = 1000) -> Image:
    return torch.zeros(1, size, size, 3)


@node("Keep", category="test", is_output=True)
def keep(*, image: Image) -> NodeResult[None]:
    return NodeResult(ui={"shape": list(image.shape)})


@node("Raise", category="test", is_output=True)
def raise_error(*, what: str = "") -> NodeResult[None]:
    match what:
        case "exit":
            sys.exit("enough")
        case "interrupt":
            raise KeyboardInterrupt
        case "base":
            raise OddError("odd")
        case "generator exit":
            raise GeneratorExit
        case "mute":
            raise MuteError
        case "long":
            raise ValueError("x" * 10_000_000)
        case "surrogate":
            raise ValueError("half \ud800 a pair")
        case "recursion":
            return raise_error(what=what)
        case "stop iteration":
            raise StopIteration
        case "input":
            input("your name? ")
        case _:
            raise InputValueError("what: this cannot be used")
    return NodeResult()


@node("Return", category="test", is_output=True)
def return_value(*, what: str = "") -> NodeResult[None]:
    nested: list[Any] = []
    nested.append(nested)
    shown: dict[str, Any] = {
        "nan": math.nan,
        "bytes": b"x",
        "tensor": torch.zeros(3),
        "numpy": np.float32(1),
        "object": object(),
        "nested": nested,
        "surrogate": "\ud800",
        "huge": "x" * 20_000_000,
        "evil": Evil(),
        "integer": 10**30,
    }
    return NodeResult(ui={"shown": [1, {"value": shown[what]}]})


@node("Give", category="test")
def give(*, what: str = "") -> Anything:
    return Evil() if what == "evil" else what


@node("Take", category="test", is_output=True)
def take(*, value: Anything) -> NodeResult[None]:
    raise ValueError("taken")


@node("Count", category="test", is_output=True, per_node=True)
def count(*, steps: int = 10, pause_s: float = 0.0, strange: bool = False, ctx: Context) -> NodeResult[None]:
    for step in range(steps):
        ctx.progress(step + 1, steps)
        if pause_s:
            time.sleep(pause_s)
    if strange:
        for value in (math.nan, None, "x", Evil()):
            ctx.on_progress(value, 1)  # pyright: ignore[reportArgumentType]
    return NodeResult()


@node("Paint", category="test", is_output=True, per_node=True)
def paint(*, pictures: int = 10, pause_s: float = 0.0, strange: bool = False, ctx: Context) -> NodeResult[None]:
    for index in range(pictures):
        ctx.preview(torch.full((1, 8, 16, 3), index / pictures))
        time.sleep(pause_s)
    if strange:
        for picture in (torch.zeros(0), torch.zeros(2, 2), torch.zeros(4, 4, 7), torch.full((4, 4, 3), math.nan)):
            ctx.preview(picture)
            ctx.preview("no picture")  # pyright: ignore[reportArgumentType]
    return NodeResult()


@node("Wait", category="test", is_output=True, per_node=True)
def wait(*, flag: str = "", how: str = "sleep") -> NodeResult[None]:
    """Deaf to interrupts; says in a file that it has begun."""
    Path(flag).write_text("here")
    if how == "with the lock":
        ctypes.PyDLL(None).sleep(300)  # holds Python's lock, so no other thread of the process runs
    time.sleep(300)
    return NodeResult()


@node("Leave", category="test", is_output=True, per_node=True)
def leave(*, ctx: Context) -> NodeResult[None]:
    """Leaves a thread behind that goes on telling."""

    def talk() -> None:
        for step in range(100):
            ctx.on_progress(step, 100)
            time.sleep(0.002)

    threading.Thread(target=talk, daemon=True).start()
    return NodeResult()


@node("Grow", category="test", is_output=True, per_node=True)
def grow(*, how: str = "tensor") -> NodeResult[None]:
    """Takes memory until there is no more."""
    if how == "at once":
        torch.empty(2**40)
    held: list[Any] = []
    while True:
        held.append(torch.ones(2**24) if how == "tensor" else bytearray(2**26) if how == "bytes" else [0] * 2**20)


@node("Shout", category="test", is_output=True, per_node=True)
def shout(*, lines: int = 10) -> NodeResult[None]:
    for index in range(lines):
        print(f"line {index} of a flood that nobody reads")  # noqa: T201
    return NodeResult()


def _check(what: str) -> bool | str:
    match what:
        case "exit":
            sys.exit(3)
        case "base":
            raise OddError("odd")
        case "mute":
            raise MuteError
        case "wait":
            time.sleep(300)
        case "no":
            return "no, not this"
        case _:
            return True
    return True


@node("Checked", category="test", is_output=True, validate=_check)
def checked(*, what: str = "") -> NodeResult[None]:
    return NodeResult(ui={"what": [what]})


def _stamp(what: str) -> Any:
    match what:
        case "exit":
            sys.exit(3)
        case "base":
            raise OddError("odd")
        case "evil":
            return Evil()
        case _:
            return b"\xff"


@node("Stamped", category="test", is_output=True, fingerprint=_stamp)
def stamped(*, what: str = "") -> NodeResult[None]:
    return NodeResult(ui={"what": [what]})

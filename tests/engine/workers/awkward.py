"""Node types that do what no node should, one for each way in which a worker can be lost or left without an answer."""

from __future__ import annotations

import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

from engine.context import Context
from engine.graph.node import node
from engine.graph.schema import ModelFile, NodeResult, Socket

Anything = Annotated[Any, Socket("*")]


@node("Show", category="test", is_output=True)
def show(*, value: Anything | None = None, text: str = "") -> NodeResult[None]:
    return NodeResult(ui={"text": [text or str(value)]})


@node("Text", category="test")
def give_text(*, text: str = "") -> str:
    return text


@node("Crash", category="test", is_output=True)
def crash(*, how: str = "segfault", status: int = 3) -> NodeResult[None]:
    match how:
        case "segfault":
            ctypes.string_at(0)
        case "_exit":
            os._exit(status)
        case "exit":
            sys.exit(status)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "interrupt":
            raise KeyboardInterrupt
        case "base":
            raise _Odd
        case _:
            raise _Mute
    return NodeResult()


class _Odd(BaseException):
    pass


class _Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@node("Wait", category="test", is_output=True)
def wait(*, seconds: float = 3600.0, flag: str = "") -> NodeResult[None]:
    """Deaf: looks at no interrupt. Leaves its pid in the file `flag`, where one is named."""
    if flag:
        Path(flag).write_text(str(os.getpid()))
    time.sleep(seconds)
    return NodeResult(ui={"text": [f"waited {seconds}"]})


@node("Obey", category="test", is_output=True)
def obey(*, flag: str = "", ctx: Context) -> NodeResult[None]:
    """Waits for an interrupt."""
    if flag:
        Path(flag).write_text("here")
    for step in range(100_000):
        ctx.progress(step, 100_000)
        time.sleep(0.01)
    return NodeResult()


@node("Spin", category="test", is_output=True)
def spin() -> NodeResult[None]:
    while True:
        pass


@node("Eat", category="test", is_output=True)
def eat(*, mebibytes: int = 100, in_child: bool = False, seconds: float = 30.0) -> NodeResult[None]:
    if in_child:
        code = f"import time; food = b'x' * ({mebibytes} << 20); time.sleep({seconds})"
        subprocess.run([sys.executable, "-c", code], check=False)
        return NodeResult()
    food: list[bytearray] = []
    for _ in range(mebibytes):
        food.append(bytearray(b"x" * (1 << 20)))
    time.sleep(seconds)
    return NodeResult(ui={"text": [str(len(food))]})


@node("Odd", category="test", is_output=True)
def give_odd(*, what: str = "nan") -> NodeResult[None]:
    values: dict[str, Any] = {"nan": math.nan, "bytes": b"\0", "object": object(), "text": "\ud800"}
    return NodeResult(ui={"text": [values[what]]})


@node("Print", category="test", is_output=True)
def print_words(*, text: str = "") -> NodeResult[None]:
    print(text, flush=True)  # noqa: T201
    os.write(2, f"raw {text}\n".encode())
    return NodeResult(ui={"text": [text]})


@node("Pick", category="test", is_output=True)
def pick(*, name: Annotated[str, ModelFile("checkpoints")] = "", seconds: float = 0.0) -> NodeResult[None]:
    time.sleep(seconds)
    return NodeResult(ui={"text": [name]})


def _have_a_say(*, how: str) -> bool | str:
    if how == "crash":
        ctypes.string_at(0)
    if how == "hang":
        time.sleep(3600)
    return True if how == "fine" else f"how cannot be {how!r}"


@node("Choosy", category="test", is_output=True, validate=_have_a_say)
def choosy(*, how: str = "fine") -> NodeResult[None]:
    return NodeResult(ui={"text": [how]})

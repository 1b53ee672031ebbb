"""A pack that does what no node should, one way for each `how`; copied into `custom_nodes/` by the tests that need it.

A pack is code of somebody else that the worker runs: nothing that it does may reach the server, the queue or the next
prompt. `Fine` behaves, so that the tests can see that all the rest still does.
"""

from __future__ import annotations

import ctypes
import math
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import torch


class _Odd(BaseException):
    pass


class _Mute(Exception):
    def __str__(self) -> str:
        raise _Odd

    __repr__ = __str__


class _Evil:
    def __getattribute__(self, name: str) -> Any:
        raise _Odd(name)


def _misbehave(how: str) -> Any:
    match how:
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.abort()
        case "_exit":
            os._exit(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            sys.exit(3)
        case "interrupt":
            raise KeyboardInterrupt
        case "base":
            raise _Odd
        case "mute":
            raise _Mute
        case "recursion":
            return _misbehave(how)
        case "memory":
            held = [bytearray(b"x" * 2**26) for _ in range(1_000)]
            time.sleep(len(held))
        case "close":
            os.closerange(3, 1_000)
            time.sleep(30)
        case "thread":
            threading.Thread(target=ctypes.string_at, args=(0,)).start()
            time.sleep(30)
        case "group":
            os.killpg(0, signal.SIGTERM)
            time.sleep(30)
        case "stop iteration":
            raise StopIteration
        case _ if how.startswith("endless:"):
            Path(how.removeprefix("endless:")).write_text(str(os.getpid()), encoding="utf-8")
            while True:
                time.sleep(1)
        case "":
            return None
        case _:
            raise ValueError(how)
    return None


def _odd_value(how: str) -> Any:
    nested: list[Any] = []
    nested.append(nested)
    values: dict[str, Any] = {
        "nan": math.nan,
        "infinity": math.inf,
        "bytes": b"x",
        "object": object(),
        "tensor": torch.zeros(2),
        "nested": nested,
        "surrogate": "\ud800",
        "evil": _Evil(),
        "keys": {(1, 2): 3},
    }
    return values[how]


class Fine:
    """Behaves."""

    RETURN_TYPES = ("STRING",)
    FUNCTION = "run"
    CATEGORY = "test"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"text": ("STRING", {"default": "fine"})}}

    def run(self, text: str) -> dict[str, Any]:
        return {"ui": {"text": [text]}, "result": (text,)}


class Trouble(Fine):
    """Misbehaves when it runs."""

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"how": ("STRING", {"default": ""})}}

    def run(self, how: str) -> dict[str, Any]:  # type: ignore[override]
        _misbehave(how)
        return {"ui": {"text": [how]}, "result": (how,)}


class OddResult(Trouble):
    """Returns what cannot be written as JSON."""

    def run(self, how: str) -> Any:  # type: ignore[override]
        match how:
            case "nothing":
                return None
            case "number":
                return 7
            case "ui list":
                return {"ui": [1, 2]}
            case "too many":
                return (1, 2, 3)
            case _:
                return {"ui": {"shown": [{"value": _odd_value(how)}]}, "result": ("x",)}


class Validating(Trouble):
    """Misbehaves when it is asked whether its inputs are right."""

    @classmethod
    def VALIDATE_INPUTS(cls, how: str) -> Any:
        return True if _misbehave(how) is None else how

    def run(self, how: str) -> Any:  # type: ignore[override]
        return {"ui": {"text": [how]}, "result": (how,)}


class Changing(Validating):
    """Misbehaves when it is asked whether it has changed."""

    VALIDATE_INPUTS = None  # type: ignore[assignment]

    @classmethod
    def IS_CHANGED(cls, how: str) -> Any:
        _misbehave(how)
        return math.nan


class Declaring(Fine):
    """Declares differently each time, and worse."""

    asked = 0

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        cls.asked += 1
        if cls.asked % 2:
            raise _Odd
        return {"required": {"text": ("STRING", {"default": math.nan, "max": math.inf, "more": b"bytes"})}}


class Slow(Fine):
    """Is deaf to interrupts; names its process in the file `flag`."""

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"seconds": ("FLOAT", {"default": 1.0, "max": 1e6}), "flag": ("STRING", {"default": ""})}}

    def run(self, seconds: float, flag: str) -> dict[str, Any]:  # type: ignore[override]
        if flag:
            Path(flag).write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(seconds)
        return {"ui": {"text": [str(seconds)]}, "result": ("",)}


class Mark(Slow):
    """Leaves a line in the file `flag` when it has run, after a while."""

    def run(self, seconds: float, flag: str) -> dict[str, Any]:  # type: ignore[override]
        time.sleep(seconds)
        file, _, name = flag.rpartition(":")
        with open(file, "a", encoding="utf-8") as marks:
            marks.write(f"{name}\n")
        return {"ui": {"text": [name]}, "result": ("",)}


class Parricide(Fine):
    """Kills the server, but not before that knows which node runs."""

    def run(self, text: str) -> dict[str, Any]:
        time.sleep(0.5)
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(30)
        return {}


class Noise:
    """A picture that does not compress."""

    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "run"
    CATEGORY = "test"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"size": ("INT", {"default": 64, "max": 1_000_000}), "seed": ("INT", {"default": 0})}}

    def run(self, size: int, seed: int) -> Any:
        generator = torch.Generator().manual_seed(seed)
        return (torch.rand(1, size, size, 3, generator=generator),)


NODE_CLASS_MAPPINGS: dict[str, Any] = {
    cls.__name__: cls
    for cls in (Fine, Trouble, OddResult, Validating, Changing, Declaring, Slow, Mark, Parricide, Noise)
}
